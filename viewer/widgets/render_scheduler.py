"""Decides which view is rendered at once and which may follow a moment later."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer

from viewer.widgets.scene_widget import SceneWidget

FOLLOW_DELAY_MS = 60
"""Views beside the pointer follow the crosshair about this often."""


class RenderScheduler(QObject):
    """Keeps the view under the pointer fluent while the others follow.

    Qt already merges the requests of one turn of the event loop into one rendering of each
    view. With software OpenGL four views take 50 ms, so while the user drags or scrolls in
    one of them the other three are rendered at a lower rate.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: set[SceneWidget] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FOLLOW_DELAY_MS)
        self._timer.timeout.connect(self._render_waiting)

    def request(self, widgets: Iterable[SceneWidget], leader: SceneWidget | None = None) -> None:
        """Render ``leader`` at the next paint and the others soon; without one, all at once."""
        for widget in widgets:
            if leader is None or widget is leader:
                self._waiting.discard(widget)
                widget.request_render()
            else:
                self._waiting.add(widget)
        if self._waiting and not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Forget what waits."""
        self._timer.stop()
        self._waiting.clear()

    def _render_waiting(self) -> None:
        widgets, self._waiting = self._waiting, set()
        for widget in widgets:
            widget.request_render()
