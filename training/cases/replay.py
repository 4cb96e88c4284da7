"""Plays the clicks of a label version again, with whatever model is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.labels import LabelEdit, LabelMap
from imaging.measures import dice
from imaging.retraction import edit_after, mask_after, retraction
from imaging.structures import structure_by_name
from inference.messages import ClickRequest, MaskProposal
from training.cases.provenance import (
    AutomaticStep,
    ClickStep,
    MovedClickStep,
    Step,
    effective_steps,
)

PlayableStep = ClickStep | MovedClickStep | AutomaticStep
"""What a model can be asked again."""

EVERY_VALUE = frozenset(range(1, 256))
"""Other structures are locked, as they are in the window from the start."""


class Responder(Protocol):
    """What a replay needs of a model with an open CT."""

    def segment(self, structure: str) -> MaskProposal:
        """Find a structure without clicks."""

    def respond(self, request: ClickRequest) -> MaskProposal:
        """Answer the newest click about a structure."""


@dataclass(frozen=True, slots=True, eq=False)
class ReplayedStep:
    """One step played again.

    Attributes:
        step: a click, a moved one or an automatic step of the version.
        mask: the structure's mask afterwards, shape (k, j, i).
        edit: what the step changed; None where it changed nothing.
        voxels_changed: by the replay; the step itself has what it was then.
        dice: of the mask with the version's own, the end of the work.
    """

    step: PlayableStep
    mask: NDArray[np.bool_]
    edit: LabelEdit | None
    voxels_changed: int
    dice: float

    @property
    def structure(self) -> str:
        """What the step is about."""
        return (
            self.step.structure
            if isinstance(self.step, AutomaticStep)
            else (self.step.click.structure)
        )


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """The steps of a version that a model can play, and how many it cannot.

    ``left_out`` counts edits by hand, imports and steps back: their masks are not kept.
    """

    steps: tuple[PlayableStep, ...]
    left_out: int


def replay_plan(steps: Sequence[Step]) -> ReplayPlan:
    """What can be played of a version's steps, undone ones taken away."""
    done = effective_steps(steps)
    playable = tuple(step for step in done if isinstance(step, PlayableStep))
    return ReplayPlan(playable, len(done) - len(playable))


def replay(
    plan: ReplayPlan,
    start: NDArray[np.uint8],
    stored: NDArray[np.uint8],
    model: Responder,
    clicks_before: Iterable[Click] = (),
) -> Iterator[ReplayedStep]:
    """Play the steps one by one, from the labels before them; runs on the model's thread.

    ``start`` are the labels that the version began from, ``stored`` those that it keeps;
    ``clicks_before`` are those of earlier versions, which the model heard too. Other structures
    are not touched, as in the window.
    """
    labels = LabelMap.from_array(start)
    clicks = list(clicks_before)
    placed: dict[Click, list[LabelEdit]] = {}  # newest first
    for step in plan.steps:
        if isinstance(step, AutomaticStep):
            structure = structure_by_name(step.structure)
            proposal = model.segment(structure.name)
            taken_back = None
        else:
            structure = structure_by_name(step.click.structure)
            taken_back = _taken_back(step, clicks, placed, labels)
            clicks.append(step.click)
            own = tuple(click for click in clicks if click.structure == structure.name)
            mask = mask_after(labels, taken_back, structure.label_value)
            proposal = model.respond(ClickRequest(structure.name, own, mask))
        before = labels.mask(structure.label_value)
        edit = edit_after(
            labels,
            taken_back,
            proposal.mask,
            structure.label_value,
            box=proposal.box,
            locked_values=EVERY_VALUE,
        )
        if edit is not None:
            labels.apply(edit)
            if not isinstance(step, AutomaticStep):
                placed.setdefault(step.click, []).insert(0, edit)
        after = labels.mask(structure.label_value)
        yield ReplayedStep(
            step,
            after,
            edit,
            int(np.count_nonzero(before != after)),
            dice(after, stored == structure.label_value),
        )


def _taken_back(
    step: ClickStep | MovedClickStep,
    clicks: list[Click],
    placed: dict[Click, list[LabelEdit]],
    labels: LabelMap,
) -> LabelEdit | None:
    """What takes back a moved click's old answer; the click itself goes out of ``clicks``."""
    if not isinstance(step, MovedClickStep):
        return None
    old = replace(step.click, point_lps=step.from_point_lps)
    if old in clicks:
        clicks.remove(old)
    placed[step.click] = placed.pop(old, [])
    return retraction(labels, placed[step.click])
