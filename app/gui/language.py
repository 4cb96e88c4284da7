"""Which languages the window speaks, and how it begins to speak one."""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources
from app.gui.sentence_patterns import SentencePatterns
from viewer.widgets.translation import SENTENCE_CONTEXT

logger = logging.getLogger(__name__)

SYSTEM_LANGUAGE = "system"
ENGLISH = "en"
TRANSLATED = ("de",)
"""Languages beside English, which is in the source."""


def language_to_speak(wanted: str, system_locale: QLocale) -> str:
    """The language for what the settings say: the system's where they leave it to that."""
    if wanted == SYSTEM_LANGUAGE:
        wanted = system_locale.name().partition("_")[0]
    return wanted if wanted in TRANSLATED else ENGLISH


def speak(wanted: str, application: QCoreApplication) -> None:
    """Let the window and Qt's own dialogs speak the language that the settings name.

    Call it before the first widget is made: texts are looked up when they are first shown.
    Numbers follow, so that a field takes what a label shows.
    """
    language = language_to_speak(wanted, QLocale.system())
    locale = QLocale.c() if language == ENGLISH else QLocale(language)
    # "1.500" must not become fifteen hundred where a point means thousands.
    locale.setNumberOptions(
        QLocale.NumberOption.OmitGroupSeparator | QLocale.NumberOption.RejectGroupSeparator
    )
    QLocale.setDefault(locale)
    if language == ENGLISH:
        return
    qt_folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    ours = resources.path("translations")
    for file in (qt_folder / f"qtbase_{language}.qm", ours / f"maskwright_{language}.qm"):
        translator = QTranslator(application)
        if translator.load(str(file)):
            application.installTranslator(translator)
        else:
            logger.warning("the translation %s cannot be read", file.name)
    source = ours / f"maskwright_{language}.ts"
    application.installTranslator(_SentenceTranslator(source, application))


class _SentenceTranslator(QTranslator):
    """Finds the translations of sentences whose gaps are filled already."""

    def __init__(self, source: Path, parent: QCoreApplication) -> None:
        super().__init__(parent)
        self._source = source

    def isEmpty(self) -> bool:
        """Never, so that Qt asks."""
        return False

    def translate(
        self,
        context: str,
        source_text: str,
        disambiguation: str | None = None,  # noqa: ARG002 - Qt's signature
        n: int = -1,  # noqa: ARG002
    ) -> str:
        """The sentence in this language; None, Qt's null string, where another one may know it."""
        found = self._patterns.translate(source_text) if context == SENTENCE_CONTEXT else ""
        return found or None  # type: ignore[return-value]  # an empty text would be shown

    @cached_property
    def _patterns(self) -> SentencePatterns:
        return SentencePatterns.read(self._source)
