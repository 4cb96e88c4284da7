"""Decides which view is rendered at once and which may follow a moment later."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer

from viewer.widgets.scene_widget import SceneWidget

FOLLOW_DELAY_MS = 40
"""One of the views beside the pointer follows the crosshair about this often."""


class RenderScheduler(QObject):
    """Keeps the view under the pointer fluent while the others follow.

    Qt already merges the requests of one turn of the event loop into one rendering of each
    view. With software OpenGL four views take 50 ms on idle processors, so while the user
    drags or scrolls in one of them the other three are rendered in turn, one at a time.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[SceneWidget] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FOLLOW_DELAY_MS)
        self._timer.timeout.connect(self._render_next)

    def request(self, widgets: Iterable[SceneWidget], leader: SceneWidget | None = None) -> None:
        """Render ``leader`` at the next paint and the others soon; without one, all at once."""
        for widget in widgets:
            if leader is None or widget is leader:
                if widget in self._waiting:
                    self._waiting.remove(widget)
                widget.request_render()
            elif widget not in self._waiting:
                self._waiting.append(widget)
        if self._waiting and not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Forget what waits."""
        self._timer.stop()
        self._waiting.clear()

    def _render_next(self) -> None:
        if self._waiting:
            self._waiting.pop(0).request_render()
        if self._waiting:
            self._timer.start()
