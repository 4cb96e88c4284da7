"""Connects the actions of the film of slices with it, and remembers its spacing."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.gui.main_window import MainWindow
from app.settings import SettingsStore
from viewer.scenes.film_sheet import FILM_SPACINGS_MM
from viewer.widgets.quad_view import QuadView
from viewer.widgets.translation import tr
from viewer.widgets.view_grid import FILM_KEY


class FilmLogic(QObject):
    """How far apart the slices of the film lie."""

    def __init__(self, window: MainWindow, views: QuadView, settings: SettingsStore) -> None:
        super().__init__(window)
        self._views = views
        self._settings = settings
        actions = window.actions_by_key
        actions["film_sparser"].triggered.connect(partial(self._change_spacing, 1))
        actions["film_denser"].triggered.connect(partial(self._change_spacing, -1))
        views.film.spacing_requested.connect(self._change_spacing)
        self._show_spacing(settings.settings.film_spacing_mm)

    def _change_spacing(self, step: int, _checked: bool = False) -> None:
        """Go to the next usual distance, and let the film be seen."""
        now_mm = self._views.film.sheet.spacing_mm
        others = [mm for mm in FILM_SPACINGS_MM if (mm - now_mm) * step > 0]
        if others:
            spacing_mm = min(others, key=lambda mm: abs(mm - now_mm))
            kept = self._settings.settings
            self._settings.change(kept.model_copy(update={"film_spacing_mm": spacing_mm}))
            self._show_spacing(spacing_mm)
        self._views.maximise(FILM_KEY)

    def _show_spacing(self, spacing_mm: float) -> None:
        self._views.film.set_spacing(spacing_mm)
        title = tr("Film of axial slices, every {mm:g} mm", mm=spacing_mm)
        self._views.set_title(FILM_KEY, title)
