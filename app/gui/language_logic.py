"""Keeps which language the window is to speak."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.gui.language_actions import LANGUAGE_ACTIONS, LANGUAGE_PREFIX
from app.gui.main_window import MainWindow
from app.settings import Settings, SettingsStore
from viewer.widgets.translation import tr


class LanguageLogic(QObject):
    """The choice of a language, which the next start follows."""

    def __init__(self, window: MainWindow, settings: SettingsStore) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        for spec in LANGUAGE_ACTIONS:
            language = spec.key.removeprefix(LANGUAGE_PREFIX)
            action = window.actions_by_key[spec.key]
            action.setChecked(language == settings.settings.language)
            action.triggered.connect(partial(self._choose, language))

    def _choose(self, language: str, _checked: bool = True) -> None:
        kept = self._settings.settings.model_dump() | {"language": language}
        self._settings.change(Settings.model_validate(kept))
        self._settings.save()
        self._window.banner.show_done(
            tr("The window speaks the chosen language from the next start on.")
        )
