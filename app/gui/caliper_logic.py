"""Connects the measuring tools with the calipers on the slices."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.gui.main_window import MainWindow
from viewer.scenes.calipers import CaliperKind
from viewer.widgets.quad_view import QuadView
from viewer.widgets.translation import tr, translatable

CALIPER_TOOLS = {kind.value: kind for kind in CaliperKind}

HINTS = {
    "ruler": translatable(
        "Drag from one end to the other, or click both. Del deletes, Esc gives up."
    ),
    "angle": translatable("Click one end, the corner, the other end. Del deletes, Esc gives up."),
    "region": translatable("Drag from the middle of a circle outwards. Del deletes, Esc gives up."),
}


class CaliperLogic(QObject):
    """Rulers, angles and circles: which one is drawn, and deleting them.

    Del also deletes a click that was chosen in the list of clicks: it means what was chosen last.
    """

    def __init__(self, window: MainWindow, views: QuadView) -> None:
        super().__init__(window)
        self._window = window
        self._views = views
        self._is_measuring = False
        actions = window.actions_by_key
        actions["delete_caliper"].triggered.connect(self._on_delete)
        actions["clear_calipers"].triggered.connect(self._on_clear)
        window.side.clicks.go_to_requested.connect(lambda _point: views.calipers.choose(None))
        views.calipers.changed.connect(self._on_calipers_changed)

    def choose_tool(self, key: str) -> None:
        """A tool of the window was chosen, perhaps none of these."""
        kind = CALIPER_TOOLS.get(key)
        self._is_measuring = kind is not None
        if kind is not None:
            self._views.set_caliper_kind(kind)

    def _on_delete(self, _checked: bool = False) -> None:
        if not self._is_measuring and self._window.side.clicks.delete_chosen():
            return
        if self._views.calipers.delete() is None:
            self._say_that_there_is_none()

    def _on_calipers_changed(self) -> None:
        if self._views.calipers.chosen is not None:
            self._window.side.clicks.choose_none()

    def _on_clear(self, _checked: bool = False) -> None:
        if self._views.calipers.calipers:
            self._views.calipers.clear()
        else:
            self._say_that_there_is_none()

    def _say_that_there_is_none(self) -> None:
        self._window.banner.show_notice(tr("There is no measurement to delete on this CT."))
