"""The texts of the window in the language of the user; English is the key and the fallback.

Qt looks them up in the translators that start-up has installed (`app/gui/language.py`), so
nothing here knows a language. Logs, files and the command line stay English.
"""

from __future__ import annotations

from string import Formatter

from PySide6.QtCore import QCoreApplication, QLocale

WINDOW_CONTEXT = "Window"
"""Texts that the window itself says: the arguments of `tr` and `translatable`, and its actions."""

SENTENCE_CONTEXT = "Sentence"
"""Texts that come from layers without Qt, composed already."""


def tr(text: str, /, **parts: object) -> str:
    """A text of the window in the user's language, its named gaps filled by ``parts``.

    ``text`` is a literal, or was marked as `translatable`: the translations are collected from
    the source. Fractions get the language's decimal mark.
    """
    translated = QCoreApplication.translate(WINDOW_CONTEXT, text)
    return _FORMATTER.vformat(translated, (), parts) if parts else translated


def tr_count(one: str, many: str, /, count: int, **parts: object) -> str:
    """The text for one, or the text for none or several; ``{count}`` is a gap of both."""
    if count == 1:
        return tr(one, count=count, **parts)
    return tr(many, count=count, **parts)


def tr_sentence(sentence: str) -> str:
    """A sentence of a layer without Qt in the user's language, or as it is.

    Such a layer says what happened in English (errors, findings, names of structures and steps);
    this is for the place that shows it.
    """
    return QCoreApplication.translate(SENTENCE_CONTEXT, sentence) if sentence else sentence


def tr_number(value: float, format_spec: str) -> str:
    """A number with the decimal mark of the language."""
    return _FORMATTER.format_field(value, format_spec)


def translatable(text: str) -> str:
    """Mark a literal that is translated later, where it is shown: `tr` finds its translation."""
    return text


class _NumberFormatter(Formatter):
    """Writes fractions with the decimal mark of the language."""

    def format_field(self, value: object, format_spec: str) -> str:
        text: str = super().format_field(value, format_spec)
        return text.replace(".", QLocale().decimalPoint()) if isinstance(value, float) else text


_FORMATTER = _NumberFormatter()
