"""Undo and redo over label edits and clicks alike."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from psygnal import Signal

from imaging.clicks import Click, ClickList
from imaging.labels import LabelEdit, LabelMap

MAX_HISTORY_BYTES = 1_000_000_000
"""Oldest changes are forgotten beyond this; a click on a spleen takes about 2 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One step of undo: a label edit, a change of the clicks, or both.

    ``name`` completes "Undo ..." in the menu. ``label_edit`` is None where no voxel changed.
    """

    name: str
    label_edit: LabelEdit | None
    clicks_before: tuple[Click, ...]
    clicks_after: tuple[Click, ...]

    @property
    def byte_count(self) -> int:
        """Memory that this step holds."""
        return self.label_edit.byte_count if self.label_edit else 0


class EditHistory:
    """Applies changes to a label map and its clicks, and takes them back."""

    changed = Signal()
    """Something was done, undone or redone."""

    def __init__(
        self, labels: LabelMap, clicks: ClickList, max_bytes: int = MAX_HISTORY_BYTES
    ) -> None:
        self._labels = labels
        self._clicks = clicks
        self._max_bytes = max_bytes
        self._done: deque[Change] = deque()
        self._undone: list[Change] = []

    @property
    def undo_name(self) -> str | None:
        """Name of the change that undo would take back; None if there is none."""
        return self._done[-1].name if self._done else None

    @property
    def redo_name(self) -> str | None:
        """Name of the change that redo would repeat; None if there is none."""
        return self._undone[-1].name if self._undone else None

    @property
    def byte_count(self) -> int:
        """Memory that all remembered changes hold."""
        return sum(change.byte_count for change in (*self._done, *self._undone))

    def do(self, change: Change) -> None:
        """Apply a change and remember it; what was undone before is forgotten."""
        self._undone.clear()
        self._apply(change.label_edit, change.clicks_after)
        self._done.append(change)
        while len(self._done) > 1 and self.byte_count > self._max_bytes:
            self._done.popleft()
        self.changed.emit()

    def undo(self) -> Change | None:
        """Take the last change back and return it; None if there is none."""
        if not self._done:
            return None
        change = self._done.pop()
        edit = change.label_edit
        self._apply(edit.reversed() if edit else None, change.clicks_before)
        self._undone.append(change)
        self.changed.emit()
        return change

    def redo(self) -> Change | None:
        """Repeat the change that was undone last and return it; None if there is none."""
        if not self._undone:
            return None
        change = self._undone.pop()
        self._apply(change.label_edit, change.clicks_after)
        self._done.append(change)
        self.changed.emit()
        return change

    def _apply(self, edit: LabelEdit | None, clicks: tuple[Click, ...]) -> None:
        if edit is not None:
            self._labels.apply(edit)
        if clicks != self._clicks.clicks:
            self._clicks.replace(clicks)
