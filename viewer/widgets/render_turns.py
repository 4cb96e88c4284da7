"""Gives each view a turn of the event loop of its own to be rendered in."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from viewer.widgets.scene_widget import SceneWidget


class RenderTurns(QObject):
    """One view is rendered at a time, and mouse, keys and timers are heard in between.

    Left to itself, Qt paints all views that changed in one go: with software OpenGL an answer,
    an undo, a new size or another CT then holds up the window for the sum of four pictures. Here
    the view under the pointer comes first, then the cheapest, and none is overtaken by one that
    is asked for again later. A view that Qt paints before its turn shows the picture it has.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[SceneWidget, int] = {}
        self._turn = 0
        self._asked_s = 0.0
        self._has_turn: SceneWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._render_next)

    @property
    def quiet_ms(self) -> float:
        """For how long no view was asked for."""
        return 1000 * (time.perf_counter() - self._asked_s)

    def govern(self, widgets: Iterable[SceneWidget]) -> None:
        """Let these views be rendered in turn from now on."""
        for widget in widgets:
            widget.take_turns(self)

    def has_turn(self, widget: SceneWidget) -> bool:
        """Whether this view is to be rendered when it is painted now."""
        return widget is self._has_turn

    def request(self, widget: SceneWidget) -> None:
        """Render a view when its turn comes."""
        self._asked_s = time.perf_counter()
        self._waiting.setdefault(widget, self._turn)
        self._timer.start()

    def stop(self) -> None:
        """Forget what waits."""
        self._timer.stop()
        self._waiting.clear()

    def _render_next(self) -> None:
        # Some were painted meanwhile for another reason, or are hidden: these have their turn
        # when they are shown.
        stale = {w: turn for w, turn in self._waiting.items() if w.is_stale and w.isVisible()}
        self._waiting = stale
        if not stale:
            return
        self._turn += 1
        chosen = min(stale, key=lambda w: (stale[w], not w.underMouse(), w.render_ms))
        del stale[chosen]
        self._has_turn = chosen
        try:
            chosen.repaint()
        finally:
            self._has_turn = None
        if self._waiting:
            self._timer.start()
