"""Plays the slices of a view like a film."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.scenes.slice_scene import SliceScene
from viewer.scenes.view_state import ViewState

INTERVAL_MS = 66
"""Fifteen slices a second, as reading rooms do; a slow computer shows fewer, none twice."""


class Cine(QObject):
    """Moves the shared cursor through one plane, from its end back to its beginning."""

    playing_changed = Signal(bool)

    def __init__(self, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._scene: SliceScene | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.step)

    @property
    def is_playing(self) -> bool:
        """Whether slices are moving."""
        return self._timer.isActive()

    def play(self, scene: SliceScene) -> None:
        """Play a plane from where it is."""
        was_playing = self.is_playing
        self._scene = scene
        self._timer.start()
        if not was_playing:
            self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stay where it is now."""
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def step(self) -> None:
        """Show the next slice towards head, front or left, after the last one the first."""
        scene = self._scene
        if scene is None or scene.frame is None:
            self.stop()
            return
        frame = scene.frame
        step = 1 if frame.is_slice_forward else -1
        point_lps = scene.point_on_slice((scene.slice_index + step) % frame.slice_count)
        if point_lps is not None:
            self._state.set_cursor(point_lps)
