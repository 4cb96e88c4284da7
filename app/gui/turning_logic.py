"""Connects the actions that turn the planes with the views."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.gui.main_window import MainWindow
from viewer.widgets.quad_view import QuadView
from viewer.widgets.translation import tr, translatable

TURN = "turn_planes"
HINT = translatable(
    "Drag around the crosshair to turn the two other planes; a click moves it. "
    "Straighten planes shows the CT's own slices again."
)


class TurningLogic(QObject):
    """Oblique planes: made straight by one key; hand tools say that they need straight ones."""

    def __init__(self, window: MainWindow, views: QuadView) -> None:
        super().__init__(window)
        self._window = window
        self._views = views
        window.actions_by_key["straighten_planes"].triggered.connect(self._straighten)
        for widget in views.slice_widgets.values():
            widget.own_slice_needed.connect(self._say_that_it_is_oblique)

    def _straighten(self, _checked: bool = False) -> None:
        self._views.turner.straighten()

    def _say_that_it_is_oblique(self) -> None:
        self._window.banner.show_notice(
            tr(
                "This plane is oblique: drawing and measuring work on the CT's own slices. "
                "Straighten planes (View menu) shows them again."
            )
        )
