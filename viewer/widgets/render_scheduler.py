"""Decides which view is rendered at once and which may follow a moment later."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

from viewer.widgets.render_turns import RenderTurns
from viewer.widgets.scene_widget import SceneWidget

FOLLOW_DELAY_MS = 40
"""One of the views beside the pointer follows the crosshair about this often."""

COSTLY_MS = 25.0
"""A view that took longer to render would make the one under the pointer jerk."""

PAUSE_MS = 150
"""Such a view follows once nothing was asked for this long: the finger rests."""


class RenderScheduler(QObject):
    """Keeps the view under the pointer fluent while the others follow.

    The requests of one turn of the event loop are one rendering of each view. With software
    OpenGL four views take 50 ms on idle processors, so while the user drags or scrolls in one of
    them the other three follow, one at a time, and those that are costly, as surfaces of many
    organs are, when the user pauses.

    Attributes:
        turns: keeps those apart that may be rendered now.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.turns = RenderTurns(self)
        self._waiting: list[SceneWidget] = []
        self._timer = self._make_timer(FOLLOW_DELAY_MS, self._render_next)
        self._pause = self._make_timer(PAUSE_MS, self._render_costly)

    def request(self, widgets: Iterable[SceneWidget], leader: SceneWidget | None = None) -> None:
        """Render ``leader`` next and the others soon; without one, all as their turns come."""
        for widget in widgets:
            if leader is None or widget is leader:
                if widget in self._waiting:
                    self._waiting.remove(widget)
                widget.request_render()
            elif widget not in self._waiting:
                self._waiting.append(widget)
        if self._waiting:
            self._pause.start()  # anew: the pause begins when the last request was made
            self._follow_on()

    def stop(self) -> None:
        """Forget what waits."""
        self._timer.stop()
        self._pause.stop()
        self.turns.stop()
        self._waiting.clear()

    def _make_timer(self, interval_ms: int, function: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(function)
        return timer

    def _follow_on(self) -> None:
        if not self._timer.isActive() and any(not _is_costly(one) for one in self._waiting):
            self._timer.start()

    def _render_next(self) -> None:
        cheap = next((one for one in self._waiting if not _is_costly(one)), None)
        if cheap is not None:
            self._waiting.remove(cheap)
            cheap.request_render()
        self._follow_on()

    def _render_costly(self) -> None:
        """Show one costly view; where there are more, each after a pause."""
        costly = next((one for one in self._waiting if _is_costly(one)), None)
        if costly is not None:
            self._waiting.remove(costly)
            costly.request_render()
        if self._waiting:
            self._pause.start()


def _is_costly(widget: SceneWidget) -> bool:
    return widget.render_ms > COSTLY_MS
