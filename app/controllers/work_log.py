"""What was done to the open case since its last version: steps in order, and seconds spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from app.controllers.case_controller import IMPORT
from app.controllers.case_session import CaseSession, StepKind
from app.controllers.click_queue import MOVE
from imaging.geometry import VolumeGeometry
from imaging.history import Change
from imaging.labels import LabelEdit
from imaging.measures import MM3_PER_ML
from imaging.packed_edit import PackedEdit, ValueChange
from imaging.structures import structure_by_name
from training.cases.provenance import (
    AutomaticStep,
    ClickStep,
    GoBackStep,
    ImportStep,
    ManualStep,
    ModelUsed,
    MovedClickStep,
    Provenance,
    RedoStep,
    Step,
    UndoStep,
    WorkStep,
)

MAX_PAUSE_S = 60.0
"""A longer pause between two steps counts as this much: nobody looks at one slice for an hour."""

AUTOMATIC = "automatic "
GO_BACK = "return to version "
REPLAY = "replay of version "
"""How the names of such changes begin."""


class WorkLog:
    """Follows one session; ``provenance`` is what a version of it remembers."""

    def __init__(self, session: CaseSession, clock: Callable[[], float]) -> None:
        """``clock`` counts seconds."""
        self._session = session
        self._clock = clock
        self._steps: list[Step] = []
        self._uses_model = False
        self._last_s = clock()
        self._spent_s = 0.0
        session.step_taken.connect(self._on_step_taken)

    @property
    def step_count(self) -> int:
        """How many steps are remembered; a mark for ``forget``."""
        return len(self._steps)

    def provenance(self, model: ModelUsed | None, engine: str) -> Provenance:
        """What happened since the last version; the model is named only if it took part."""
        self.tick()
        if not self._uses_model:
            model, engine = None, ""
        return Provenance(model, engine, tuple(self._steps), round(self._spent_s, 1))

    def forget(self, step_count: int, seconds: float) -> None:
        """Drop what a version has remembered: so many steps, so much time."""
        del self._steps[:step_count]
        self._spent_s = max(0.0, self._spent_s - seconds)
        self._uses_model = any(isinstance(step, _OF_MODEL) for step in self._steps)

    def tick(self) -> None:
        """The user is here: count the time since they were last."""
        now_s = self._clock()
        self._spent_s += min(now_s - self._last_s, MAX_PAUSE_S)
        self._last_s = now_s

    def stop(self) -> None:
        """Follow no more."""
        self._session.step_taken.disconnect(self._on_step_taken)

    def _on_step_taken(self, change: Change, kind: StepKind) -> None:
        self.tick()
        step = _STEPS[kind] or step_of(change, self._session.volume.geometry)
        self._uses_model = self._uses_model or isinstance(step, _OF_MODEL)
        self._steps.append(step)


_OF_MODEL = ClickStep | MovedClickStep | AutomaticStep
"""Steps that the model answered."""

_STEPS: dict[StepKind, Step | None] = {
    StepKind.DONE: None,
    StepKind.UNDONE: UndoStep(),
    StepKind.REDONE: RedoStep(),
}


def step_of(change: Change, geometry: VolumeGeometry) -> WorkStep:
    """A change as a version remembers it."""
    edit, before, after = change.label_edit, change.clicks_before, change.clicks_after
    is_replay = change.name.startswith(REPLAY)
    if len(after) == len(before) + 1 and after[:-1] == before and not is_replay:
        click = after[-1]
        return ClickStep(click, *_effect(edit, click.structure, geometry))
    if change.name.startswith(AUTOMATIC):
        structure = change.name.removeprefix(AUTOMATIC)
        return AutomaticStep(structure, *_effect(edit, structure, geometry))
    if change.name.startswith(MOVE):
        (old,) = (Counter(before) - Counter(after)).elements()
        effect = _effect(edit, old.structure, geometry)
        return MovedClickStep(after[-1], old.point_lps, *effect)
    count = sum(change.gained for change in _value_changes(edit))
    if change.name.startswith(IMPORT):
        return ImportStep(change.name.removeprefix(IMPORT), count)
    if change.name.startswith(GO_BACK):
        return GoBackStep(int(change.name.removeprefix(GO_BACK)))
    removed = tuple((Counter(before) - Counter(after)).elements())
    return ManualStep(change.name, count, clicks_removed=removed)


def _effect(edit: LabelEdit | None, structure: str, geometry: VolumeGeometry) -> tuple[int, float]:
    """How many voxels of a structure an edit changed, and its growth in mL."""
    value = structure_by_name(structure).label_value
    for change in _value_changes(edit):
        if change.label_value == value:
            growth_ml = (change.gained - change.lost) * geometry.voxel_volume_mm3 / MM3_PER_ML
            return change.gained + change.lost, round(growth_ml, 4)
    return 0, 0.0


def _value_changes(edit: LabelEdit | None) -> tuple[ValueChange, ...]:
    if edit is None:
        return ()
    return (edit.packed or PackedEdit.of(edit)).value_changes
