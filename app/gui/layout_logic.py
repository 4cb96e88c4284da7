"""Connects the actions of layouts with the views, and remembers the layout."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.gui.main_window import MainWindow
from app.settings import SettingsStore
from viewer.scenes.planes import Plane
from viewer.widgets.quad_view import QuadView
from viewer.widgets.view_grid import FILM_KEY, VIEW_KEYS, VOLUME_KEY, Arrangement, Layout, ViewKey

_ALONE: dict[str, ViewKey] = {
    "layout_axial": Plane.AXIAL,
    "layout_coronal": Plane.CORONAL,
    "layout_sagittal": Plane.SAGITTAL,
    "layout_volume": VOLUME_KEY,
    "layout_film": FILM_KEY,
}
_TOGETHER = {"layout_four": Layout.SQUARE, "layout_large": Layout.LARGE}


class LayoutLogic(QObject):
    """Which views are seen, and where; the next start shows the same."""

    def __init__(self, window: MainWindow, views: QuadView, settings: SettingsStore) -> None:
        super().__init__(window)
        self._actions = window.actions_by_key
        self._views = views
        self._settings = settings
        for key, which in _ALONE.items():
            self._actions[key].triggered.connect(partial(self._maximise, which))
        for key, layout in _TOGETHER.items():
            self._actions[key].triggered.connect(partial(self._set_layout, layout))
        self._actions["reset_layout"].triggered.connect(self._reset)
        views.arrangement_changed.connect(self._on_arrangement_changed)
        kept = settings.settings
        views.arrange(
            Arrangement(
                Layout(kept.view_layout),
                _key(kept.large_view) or Plane.AXIAL,
                _key(kept.maximised_view),
            )
        )
        self._show_arrangement(views.arrangement)
        self._actions["same_zoom"].toggled.connect(self._on_same_zoom)
        self._actions["same_zoom"].setChecked(kept.has_same_zoom)

    def _on_same_zoom(self, wanted: bool) -> None:
        self._views.zoom_link.set_on(wanted)
        kept = self._settings.settings
        self._settings.change(kept.model_copy(update={"has_same_zoom": wanted}))

    def _maximise(self, which: ViewKey, _checked: bool = True) -> None:
        self._views.maximise(which)

    def _set_layout(self, layout: Layout, _checked: bool = True) -> None:
        self._views.set_layout(layout)

    def _reset(self, _checked: bool = True) -> None:
        self._views.arrange(Arrangement())

    def _on_arrangement_changed(self, arrangement: Arrangement) -> None:
        self._show_arrangement(arrangement)
        kept = {
            "view_layout": arrangement.layout.value,
            "large_view": _name(arrangement.large),
            "maximised_view": _name(arrangement.maximised),
        }
        self._settings.change(self._settings.settings.model_copy(update=kept))

    def _show_arrangement(self, arrangement: Arrangement) -> None:
        for key, which in _ALONE.items():
            if which == arrangement.maximised:
                self._actions[key].setChecked(True)
                return
        for key, layout in _TOGETHER.items():
            if layout is arrangement.layout:
                self._actions[key].setChecked(True)


def _name(key: ViewKey | None) -> str:
    return key.value if isinstance(key, Plane) else key or ""


def _key(name: str) -> ViewKey | None:
    return next((key for key in (*VIEW_KEYS, FILM_KEY) if _name(key) == name), None)
