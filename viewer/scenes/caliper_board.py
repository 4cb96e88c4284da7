"""The measurements that were drawn on the slices of a case, and which one is chosen."""

from __future__ import annotations

from collections.abc import Iterable

from psygnal import Signal

from imaging.volume import Volume
from viewer.scenes.calipers import Caliper, caliper_lines
from viewer.scenes.planes import Plane


class CaliperBoard:
    """Owner of a case's calipers; they go with the case.

    The draft is the one that is being drawn; it is drawn like the others and counts when it is
    complete.
    """

    changed = Signal()

    def __init__(self) -> None:
        self._volume: Volume | None = None
        self._calipers: list[Caliper] = []
        self._draft: Caliper | None = None
        self._chosen: int | None = None
        self._lines: dict[Caliper, tuple[str, ...]] = {}

    @property
    def calipers(self) -> tuple[Caliper, ...]:
        """All that are complete, the oldest first."""
        return tuple(self._calipers)

    @property
    def draft(self) -> Caliper | None:
        """The one that is being drawn."""
        return self._draft

    @property
    def chosen(self) -> Caliper | None:
        """The one that the next deletion is about."""
        return None if self._chosen is None else self._calipers[self._chosen]

    def show_volume(self, volume: Volume | None) -> None:
        """Measure on another CT; the same one keeps what was drawn."""
        if volume is self._volume:
            return
        self._volume = volume
        self.clear()

    def on_slice(self, plane: Plane, slice_index: int) -> tuple[Caliper, ...]:
        """Those of one slice, and the draft if it is there."""
        everything: Iterable[Caliper] = self._calipers
        if self._draft is not None:
            everything = (*self._calipers, self._draft)
        return tuple(
            caliper
            for caliper in everything
            if caliper.plane is plane and caliper.slice_index == slice_index
        )

    def lines_of(self, caliper: Caliper) -> tuple[str, ...]:
        """What a caliper says; worked out once while it is on the board."""
        if self._volume is None:
            return ()
        if caliper not in self._lines:
            known = (*self._calipers, self._draft)
            self._lines = {key: lines for key, lines in self._lines.items() if key in known}
            self._lines[caliper] = caliper_lines(caliper, self._volume)
        return self._lines[caliper]

    def set_draft(self, caliper: Caliper | None) -> None:
        """Show what is being drawn; None gives it up."""
        if caliper != self._draft:
            self._draft = caliper
            self.changed.emit()

    def keep_draft(self) -> None:
        """Let the draft count, and choose it; one without extent is given up."""
        draft, self._draft = self._draft, None
        if draft is not None and draft.is_complete:
            self._calipers.append(draft)
            self._chosen = len(self._calipers) - 1
        self.changed.emit()

    def choose(self, caliper: Caliper | None) -> None:
        """Say which one the next deletion is about."""
        chosen = self._calipers.index(caliper) if caliper in self._calipers else None
        if chosen != self._chosen:
            self._chosen = chosen
            self.changed.emit()

    def change_chosen(self, caliper: Caliper) -> None:
        """Put another one in the place of the chosen one, unless it has no extent."""
        if self._chosen is not None and caliper.is_complete:
            self._calipers[self._chosen] = caliper
            self.changed.emit()

    def delete(self) -> Caliper | None:
        """Delete the chosen one, else the newest; returns it, None if there was none."""
        if not self._calipers:
            return None
        deleted = self._calipers.pop(-1 if self._chosen is None else self._chosen)
        self._chosen = None
        self.changed.emit()
        return deleted

    def clear(self) -> None:
        """Delete all."""
        self._calipers, self._draft, self._chosen = [], None, None
        self._lines = {}
        self.changed.emit()
