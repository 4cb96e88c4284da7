"""The case that is open: its volume, labels, clicks and history, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from imaging.clicks import Click, ClickList
from imaging.history import Change, EditHistory
from imaging.labels import LabelEdit, LabelMap
from imaging.measures import MM3_PER_ML, voxel_counts
from imaging.structures import Structure, all_structures, structure_by_name
from imaging.volume import Volume

EVERY_VALUE = frozenset(range(1, 256))


class StepKind(Enum):
    """How a step was taken."""

    DONE = auto()
    UNDONE = auto()
    REDONE = auto()


class CaseSession:
    """One open case. Labels and recorded clicks change only through ``do``, ``undo``, ``redo``."""

    structures_changed = Signal()
    """Which structures are listed, shown, locked or active, or their volumes."""
    clicks_changed = Signal()
    """The clicks to show: recorded ones, and those still waiting for their answer."""
    masks_changed = Signal(frozenset)
    """The label values whose voxels changed."""
    history_changed = Signal()
    """Something can be undone, redone or saved that could not before, or the reverse."""
    step_taken = Signal(Change, StepKind)
    """What was done, undone or redone just now."""

    def __init__(
        self,
        volume: Volume,
        structures: Iterable[str],
        *,
        path: Path | None = None,
        series_uid: str | None = None,
        labels: NDArray[np.uint8] | None = None,
        clicks: Iterable[Click] = (),
        case_id: int | None = None,
    ) -> None:
        """Open a case.

        ``structures`` are listed from the start, the first is active. ``path`` is None for
        a CT that is no file, such as the sample case; ``series_uid`` says which series of a
        folder it is, where the folder has several. ``case_id`` is its number in the open
        project; None for a CT of its own.
        """
        self.volume = volume
        self._voxel_mm3 = volume.geometry.voxel_volume_mm3
        self.path = path
        self.series_uid = series_uid
        self.case_id = case_id
        self.labels = (
            LabelMap(volume.geometry.shape) if labels is None else LabelMap.from_array(labels)
        )
        self.clicks = ClickList(clicks)
        self._history = EditHistory(self.labels, self.clicks)
        self._revision = 0
        self._states: list[int] = [0]  # revision ids of the states that undo can reach
        self._undone_states: list[int] = []
        self._saved_state = 0
        self._pending: tuple[Click, ...] = ()
        self._replaced: tuple[Click, ...] = ()
        self._counts = np.zeros(256, np.int64) if labels is None else voxel_counts(labels)
        self._listed = [structure_by_name(name).name for name in structures]
        present = (s.name for s in all_structures() if self._counts[s.label_value])
        self._listed.extend(name for name in present if name not in self._listed)
        self._listed = self._listed or [all_structures()[0].name]
        self._active = self._listed[0]
        self._hidden: set[str] = set()
        self._unlocked: set[str] = set()

    # Structures

    @property
    def structures(self) -> tuple[Structure, ...]:
        """The listed structures, in the order of the list."""
        return tuple(structure_by_name(name) for name in self._listed)

    @property
    def active(self) -> Structure:
        """The structure that clicks are about."""
        return structure_by_name(self._active)

    def activate(self, name: str) -> None:
        """Make clicks be about another structure; lists and shows it if need be."""
        if name not in self._listed:
            self._listed.append(name)
        self._active = name
        self._hidden.discard(name)
        self.structures_changed.emit()

    def is_visible(self, name: str) -> bool:
        """Whether the structure is drawn."""
        return name not in self._hidden

    def set_visible(self, name: str, visible: bool) -> None:
        """Draw a structure or hide it."""
        (self._hidden.discard if visible else self._hidden.add)(name)
        self.structures_changed.emit()

    def toggle_solo(self, name: str) -> None:
        """Draw this structure and no other; where that is so already, draw all."""
        others = {structure.name for structure in all_structures()} - {name}
        self._hidden = set() if self._hidden == others else others
        self.structures_changed.emit()

    def is_locked(self, name: str) -> bool:
        """Whether edits of other structures leave this one alone; so it is from the start."""
        return name not in self._unlocked

    def set_locked(self, name: str, locked: bool) -> None:
        """Protect a structure from edits of others, or open it to them."""
        (self._unlocked.discard if locked else self._unlocked.add)(name)
        self.structures_changed.emit()

    @property
    def locked_values(self) -> frozenset[int]:
        """Label values that edits of other structures may not overwrite."""
        unlocked = {structure_by_name(name).label_value for name in self._unlocked}
        return EVERY_VALUE - unlocked

    def volume_ml(self, name: str) -> float:
        """Volume of a structure now, in millilitres."""
        count = int(self._counts[structure_by_name(name).label_value])
        return count * self._voxel_mm3 / MM3_PER_ML

    @property
    def is_empty(self) -> bool:
        """Whether no voxel belongs to any structure."""
        return not self._counts[1:].any()

    # Clicks that wait for their answer

    @property
    def pending_clicks(self) -> tuple[Click, ...]:
        """Clicks that were placed and not yet answered, oldest first; no undo steps yet."""
        return self._pending

    @property
    def settled_clicks(self) -> tuple[Click, ...]:
        """The recorded clicks but those that a waiting one will replace, oldest first."""
        replaced = {id(click) for click in self._replaced}
        return tuple(click for click in self.clicks if id(click) not in replaced)

    @property
    def shown_clicks(self) -> tuple[Click, ...]:
        """All clicks to draw, oldest first."""
        return (*self.settled_clicks, *self._pending)

    def set_pending(self, clicks: Iterable[Click], replaced: Iterable[Click] = ()) -> None:
        """Put other waiting clicks in place of all; ``replaced`` are recorded ones that move."""
        self._pending, self._replaced = tuple(clicks), tuple(replaced)
        self.clicks_changed.emit()

    # History

    @property
    def revision(self) -> int:
        """Counts every do, undo and redo; an answer to an older revision no longer fits."""
        return self._revision

    @property
    def undo_name(self) -> str | None:
        """Name of what undo takes back; None if there is nothing."""
        return self._history.undo_name

    @property
    def redo_name(self) -> str | None:
        """Name of what redo repeats; None if there is nothing."""
        return self._history.redo_name

    def last_edit(self) -> LabelEdit | None:
        """The newest change of the labels that undo can reach; None if there is none."""
        return self._history.last_edit()

    @property
    def history_bytes(self) -> int:
        """Memory that undo and redo hold."""
        return self._history.byte_count

    @property
    def is_modified(self) -> bool:
        """Whether the labels or clicks differ from those saved or opened last."""
        return self._states[-1] != self._saved_state

    def placings_of(self, click: Click) -> tuple[Change, ...]:
        """The undo steps that brought a click where it is, newest first, as far as undo reaches."""
        return self._history.placings_of(click)

    def do(self, change: Change) -> None:
        """Apply a change and make it an undo step."""
        self._history.do(change)
        self._undone_states.clear()
        self._states.append(self._revision + 1)
        self._after(change, StepKind.DONE)

    def undo(self) -> None:
        """Take the last step back, and what it goes with; nothing happens if there is none."""
        change = self._history.undo()
        while change is not None:
            self._undone_states.append(self._states.pop())
            self._after(change, StepKind.UNDONE)
            change = self._history.undo() if change.is_joined else None

    def redo(self) -> None:
        """Repeat the step that was undone last, and what goes with it, if there is one."""
        change = self._history.redo()
        while change is not None:
            self._states.append(self._undone_states.pop())
            self._after(change, StepKind.REDONE)
            change = self._history.redo() if self._history.is_redo_joined else None

    def mark_saved(self, revision_state: int) -> None:
        """Remember that the state of that mark is on disk; see ``state``."""
        self._saved_state = revision_state
        self.history_changed.emit()

    @property
    def state(self) -> int:
        """A mark of the labels and clicks as they are; undo and redo return to older marks."""
        return self._states[-1]

    def _after(self, change: Change, kind: StepKind) -> None:
        self._revision += 1
        if change.label_edit is not None:
            changed = frozenset(value for value, _, _ in self._history.value_changes if value)
            for value, lost, gained in self._history.value_changes:
                self._counts[value] += gained - lost
            self.masks_changed.emit(changed)
            for structure in all_structures():
                if self._counts[structure.label_value] and structure.name not in self._listed:
                    self._listed.append(structure.name)
            self.structures_changed.emit()
        if change.clicks_before != change.clicks_after:
            self.clicks_changed.emit()
        self.step_taken.emit(change, kind)
        self.history_changed.emit()
