"""A replay as it is watched: the labels after each step, one of them shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.labels import LabelEdit, LabelMap
from training.cases.provenance import AutomaticStep, clicks_after
from training.cases.records import LabelVersion
from training.cases.replay import PlayableStep, ReplayedStep, ReplayPlan


@dataclass(frozen=True, slots=True, eq=False)
class ReplaySource:
    """What a replay needs of the project.

    Attributes:
        version: whose steps are played.
        plan: the steps, and how many cannot be played.
        start: the labels before the first step, uint8, shape (k, j, i).
        stored: the labels that the version keeps.
        clicks_before: the clicks of earlier versions.
    """

    version: LabelVersion
    plan: ReplayPlan
    start: NDArray[np.uint8]
    stored: NDArray[np.uint8]
    clicks_before: tuple[Click, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlayedStep:
    """A step as a film keeps it: without the whole mask, with what it changed.

    ``dice`` is of the structure's mask with the version's own, the end of the work.
    """

    step: PlayableStep
    structure: str
    edit: LabelEdit | None
    voxels_changed: int
    dice: float

    @classmethod
    def of(cls, played: ReplayedStep) -> PlayedStep:
        """The same step, smaller."""
        return cls(played.step, played.structure, played.edit, played.voxels_changed, played.dice)

    @property
    def point_lps(self) -> tuple[float, float, float] | None:
        """Where the click is, in mm; None for an automatic step."""
        return None if isinstance(self.step, AutomaticStep) else self.step.click.point_lps


class ReplayFilm:
    """Grows while the model plays; ``labels`` are those after ``position`` steps.

    It has labels of its own: nothing of the open case is touched.
    """

    def __init__(self, source: ReplaySource) -> None:
        self.source = source
        self.labels = LabelMap.from_array(source.start)
        self.position = 0
        self._steps: list[PlayedStep] = []

    @property
    def steps(self) -> tuple[PlayedStep, ...]:
        """What was played so far, oldest first."""
        return tuple(self._steps)

    @property
    def step_count(self) -> int:
        """How many steps there will be."""
        return len(self.source.plan.steps)

    @property
    def is_complete(self) -> bool:
        """Whether all steps were played."""
        return len(self._steps) == self.step_count

    @property
    def shown(self) -> PlayedStep | None:
        """The step whose outcome is shown; None before the first."""
        return self._steps[self.position - 1] if self.position else None

    @property
    def clicks(self) -> tuple[Click, ...]:
        """The clicks up to the shown step, oldest first."""
        played = (step.step for step in self._steps[: self.position])
        return clicks_after(self.source.clicks_before, played)

    def append(self, step: PlayedStep) -> None:
        """Take the next step in; it is not shown yet."""
        self._steps.append(step)

    def go_to(self, position: int) -> None:
        """Show the labels after so many steps, as far as they were played."""
        wanted = min(max(position, 0), len(self._steps))
        while self.position < wanted:
            edit = self._steps[self.position].edit
            if edit is not None:
                self.labels.apply(edit)
            self.position += 1
        while self.position > wanted:
            self.position -= 1
            edit = self._steps[self.position].edit
            if edit is not None:
                self.labels.apply(edit.reversed())
