"""Measures of the open case's structures, kept up to date while somebody looks at them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from psygnal import Signal

from app.controllers.case_session import CaseSession
from app.controllers.follower import Follower
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread
from imaging.labels import Box
from imaging.live_measures import LiveMeasures
from imaging.structure_measures import StructureMeasures
from imaging.structures import Structure

Measured = tuple[int, StructureMeasures | None]


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """One structure in the table.

    Attributes:
        structure: which one.
        volume_ml: of the mask as it is now, always.
        measures: the newest; None where it has no voxel or was not measured yet.
        is_current: whether they are about the mask as it is now.
    """

    structure: Structure
    volume_ml: float
    measures: StructureMeasures | None
    is_current: bool


class CaseMeasures:
    """Follows one case; all methods are called on the GUI thread.

    One structure at a time is measured, on the executor, so that strokes and surfaces do not wait:
    the active one first, then those that changed.
    """

    changed = Signal()
    """A row, or which rows there are."""
    failed = Signal(str)

    def __init__(
        self, session: CaseSession, executor: Executor, call_in_gui_thread: CallInGuiThread
    ) -> None:
        self._session = session
        self._is_wanted = False
        self._live: dict[int, LiveMeasures] = {}
        self._found: dict[int, StructureMeasures | None] = {}
        self._boxes: list[Box] = []
        self._due: deque[int] = deque()
        self._running: int | None = None
        self._follower: Follower[Measured] = Follower(
            self._measure_next, self._on_measured, executor, call_in_gui_thread
        )
        session.labels.changed.connect(self._on_labels_changed)
        session.masks_changed.connect(self._on_masks_changed)
        session.structures_changed.connect(self._on_structures_changed)

    @property
    def rows(self) -> tuple[MeasuredRow, ...]:
        """The listed structures in their order."""
        return tuple(self._row(structure) for structure in self._session.structures)

    @property
    def is_busy(self) -> bool:
        """Whether a row is still being measured."""
        return bool(self._due) or self._running is not None

    def set_wanted(self, wanted: bool) -> None:
        """Measure from now on, or let it be: then edits are only noted."""
        self._is_wanted = wanted
        if wanted:
            self._measure_missing()
        self.changed.emit()

    def close(self) -> None:
        """Follow no more."""
        self._follower.close()
        session = self._session
        session.labels.changed.disconnect(self._on_labels_changed)
        session.masks_changed.disconnect(self._on_masks_changed)
        session.structures_changed.disconnect(self._on_structures_changed)

    def _row(self, structure: Structure) -> MeasuredRow:
        value, volume_ml = structure.label_value, self._session.volume_ml(structure.name)
        is_current = not volume_ml or (
            value in self._found and value not in self._due and value != self._running
        )
        measures = self._found.get(value) if volume_ml else None
        return MeasuredRow(structure, volume_ml, measures, is_current)

    def _on_masks_changed(self, label_values: frozenset[int]) -> None:
        for value in label_values:
            live = self._live.get(value)
            if live is None:
                continue  # its first look will be at the whole map
            for box in self._boxes:
                live.mark(box)
            if value not in self._due:
                self._due.append(value)
        self._boxes.clear()
        self._start_next()

    def _on_labels_changed(self, box: Box) -> None:
        self._boxes.append(box)

    def _on_structures_changed(self) -> None:
        if self._is_wanted:
            self._measure_missing()
        self.changed.emit()

    def _measure_missing(self) -> None:
        session = self._session
        for structure in (session.active, *session.structures):
            value = structure.label_value
            if value not in self._live and session.volume_ml(structure.name):
                self._live[value] = LiveMeasures(
                    session.labels.array, value, session.volume.geometry, session.volume.array
                )
                self._due.append(value)
        self._start_next()

    def _start_next(self) -> None:
        if self._is_wanted and self._due and self._running is None:
            self._running = self._due.popleft()
            self._follower.follow()

    def _measure_next(self) -> Measured:
        """On the executor; nothing changes ``_running`` before its outcome is delivered."""
        value = self._running
        if value is None:
            raise AssertionError("a structure was chosen before")
        return value, self._live[value].measures()

    def _on_measured(self, future: Future[Measured]) -> None:
        running, self._running = self._running, None
        try:
            value, measures = result_of(future, "Measuring")
        except WorkFailedError as error:
            if running is not None:
                self._found[running] = None
            self.failed.emit(str(error))
        else:
            self._found[value] = measures
        self._start_next()
        self.changed.emit()
