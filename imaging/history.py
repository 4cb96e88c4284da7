"""Undo and redo over label edits and clicks alike."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from psygnal import Signal

from imaging.clicks import Click, ClickList
from imaging.labels import LabelEdit, LabelMap
from imaging.packed_edit import PackedEdit, ValueChange

MAX_HISTORY_BYTES = 200_000_000
"""Oldest changes are forgotten beyond this; a brush stroke takes about 2 kB, an organ 100 kB."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One step of undo: a label edit, a change of the clicks, or both.

    ``name`` completes "Undo ..." in the menu. ``label_edit`` is None where no voxel changed.
    """

    name: str
    label_edit: LabelEdit | None
    clicks_before: tuple[Click, ...]
    clicks_after: tuple[Click, ...]
    is_joined: bool = False
    """It goes with the change before it: undo and redo take both."""


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A change as it is remembered."""

    name: str
    packed: PackedEdit | None
    clicks_before: tuple[Click, ...]
    clicks_after: tuple[Click, ...]
    is_joined: bool

    @classmethod
    def of(cls, change: Change) -> _Step:
        edit = change.label_edit
        packed = None if edit is None else edit.packed or PackedEdit.of(edit)
        before, after = change.clicks_before, change.clicks_after
        return cls(change.name, packed, before, after, change.is_joined)

    @property
    def byte_count(self) -> int:
        return self.packed.byte_count if self.packed else 0

    @property
    def value_changes(self) -> tuple[ValueChange, ...]:
        return self.packed.value_changes if self.packed else ()

    def change(self, labels: LabelMap, *, is_applied: bool) -> Change:
        edit = self.packed.unpacked(labels, is_applied=is_applied) if self.packed else None
        return Change(self.name, edit, self.clicks_before, self.clicks_after, self.is_joined)


class EditHistory:
    """Applies changes to a label map and its clicks, and takes them back.

    Steps are kept packed, and the oldest are forgotten where they take too much memory: their
    number has no limit.
    """

    changed = Signal()
    """Something was done, undone or redone."""

    def __init__(
        self, labels: LabelMap, clicks: ClickList, max_bytes: int = MAX_HISTORY_BYTES
    ) -> None:
        self._labels = labels
        self._clicks = clicks
        self._max_bytes = max_bytes
        self._done: deque[_Step] = deque()
        self._undone: list[_Step] = []
        self._byte_count = 0
        self._value_changes: tuple[ValueChange, ...] = ()

    @property
    def value_changes(self) -> tuple[ValueChange, ...]:
        """What the newest do, undo or redo took from each label value and gave to it."""
        return self._value_changes

    @property
    def undo_name(self) -> str | None:
        """Name of the change that undo would take back; None if there is none."""
        return self._done[-1].name if self._done else None

    @property
    def redo_name(self) -> str | None:
        """Name of the change that redo would repeat; None if there is none."""
        return self._undone[-1].name if self._undone else None

    @property
    def is_redo_joined(self) -> bool:
        """Whether the change that redo would repeat goes with the one before it."""
        return bool(self._undone) and self._undone[-1].is_joined

    @property
    def byte_count(self) -> int:
        """Memory that all remembered changes hold."""
        return self._byte_count

    def last_edit(self) -> LabelEdit | None:
        """The newest change of the labels that undo can reach; None if there is none."""
        packed = next((step.packed for step in reversed(self._done) if step.packed), None)
        return None if packed is None else packed.unpacked(self._labels, is_applied=True)

    def placings_of(self, click: Click) -> tuple[Change, ...]:
        """The change that placed a click, and those that placed it before it was moved there.

        Newest first; empty where nothing of it is remembered.
        """
        found: list[Change] = []
        followed: Click | None = click
        for step in reversed(self._done):
            if followed is None:
                break
            if step.clicks_after.count(followed) > step.clicks_before.count(followed):
                edit = step.packed.original(self._labels) if step.packed else None
                found.append(Change(step.name, edit, step.clicks_before, step.clicks_after))
                gone = Counter(step.clicks_before) - Counter(step.clicks_after)
                followed = next(iter(gone), None)
        return tuple(found)

    def do(self, change: Change) -> None:
        """Apply a change and remember it; what was undone before is forgotten."""
        self._byte_count -= sum(step.byte_count for step in self._undone)
        self._undone.clear()
        self._apply(change.label_edit, change.clicks_after)
        step = _Step.of(change)
        self._value_changes = step.value_changes
        self._done.append(step)
        self._byte_count += step.byte_count
        while len(self._done) > 1 and self._byte_count > self._max_bytes:
            self._byte_count -= self._done.popleft().byte_count
        self.changed.emit()

    def undo(self) -> Change | None:
        """Take the last change back and return it; None if there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        change = step.change(self._labels, is_applied=True)
        edit = change.label_edit
        self._apply(edit.reversed() if edit else None, change.clicks_before)
        self._value_changes = tuple(
            ValueChange(value, lost=gained, gained=lost)
            for value, lost, gained in step.value_changes
        )
        self._undone.append(step)
        self.changed.emit()
        return change

    def redo(self) -> Change | None:
        """Repeat the change that was undone last and return it; None if there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        change = step.change(self._labels, is_applied=False)
        self._apply(change.label_edit, change.clicks_after)
        self._value_changes = step.value_changes
        self._done.append(step)
        self.changed.emit()
        return change

    def _apply(self, edit: LabelEdit | None, clicks: tuple[Click, ...]) -> None:
        if edit is not None:
            self._labels.apply(edit)
        if clicks != self._clicks.clicks:
            self._clicks.replace(clicks)
