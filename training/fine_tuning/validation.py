"""Whole dialogues with a user on the validation cases: by them epochs and mixtures are chosen.

A structure that the model segments without clicks begins with what it really finds in the case, for
that is what a fine-tuned click network mends; invented errors did not show what it got wrong there.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imaging.labels import bounding_box
from imaging.measures import dice
from training.click_rounds import composed
from training.click_samples import ClickSample
from training.patches import TrainingCase, plain_patch
from training.simulated_clicks import click_in_largest_error

CLICK_COUNTS = (1, 3, 5)
"""The Dice after so many clicks count, as at the gate."""

CONTEXT_VOXELS = 12
SIDE_MULTIPLE = 16
SIDE_RANGE = (48, 64)
"""The piece is cut around the structure, as the program cuts it, but no larger than training's."""

MOST_CASES = 4
"""Of each structure; more take longer than they tell."""

VALIDATION_SEED = 20

Answer = Callable[[ClickSample], NDArray[np.bool_]]
Find = Callable[[TrainingCase, str], NDArray[np.bool_]]
"""What is found of a structure without clicks, on the case's own grid; empty for nothing."""
Shape = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Dialogue:
    """One structure of one case as a user finds it: CT, truth, and the mask before the clicks.

    ``start`` is what the automatic network found; the click network first mends it without a click.
    """

    structure: str
    hu: NDArray[np.float32]
    target: NDArray[np.bool_]
    start: NDArray[np.bool_]
    seed: int

    def dice(self, answer: Answer) -> tuple[float | None, list[float]]:
        """The Dice before the first click where there is a mask, and after numbers of clicks."""
        rng = np.random.default_rng((VALIDATION_SEED, self.seed))
        sample = ClickSample(self.hu, self.target, self.start.astype(np.float32))
        without: float | None = None
        found: list[float] = []
        mask = self.start
        if mask.any():
            mask = answer(sample)
            without = dice(mask, self.target)
        for count in range(1, max(CLICK_COUNTS) + 1):
            sample.mask = mask.astype(np.float32)
            click = click_in_largest_error(self.target, mask, np.ones(3))
            if click is not None:  # else nothing is wrong any more
                sample.add(click, rng)
                mask = composed(mask, answer(sample), sample)
            if count in CLICK_COUNTS:
                found.append(dice(mask, self.target))
        return without, found


class ValidationSet:
    """The same dialogues for every epoch: each structure of each case, from the first click on."""

    def __init__(self, dialogues: Sequence[Dialogue]) -> None:
        self._dialogues = tuple(dialogues)

    @classmethod
    def of(
        cls,
        cases: Sequence[TrainingCase],
        spacing_mm: float,
        find: Find | None = None,
    ) -> ValidationSet:
        """Cut the pieces; none where there are no cases. ``find`` says where structures begin."""
        dialogues: list[Dialogue] = []
        structures = sorted({name for case in cases for name in case.names.values()})
        for structure in structures:
            own = [case for case in cases if structure in case.names.values()]
            for case in own[:MOST_CASES]:
                found = find(case, structure) if find is not None else None
                dialogues.append(_dialogue(case, structure, spacing_mm, len(dialogues), found))
        return cls(dialogues)

    def __len__(self) -> int:
        """How many dialogues there are."""
        return len(self._dialogues)

    def dice(self, answer: Answer) -> dict[str, float]:
        """Mean Dice over the dialogues, by structure."""
        values: defaultdict[str, list[float]] = defaultdict(list)
        for dialogue in self._dialogues:
            without, clicked = dialogue.dice(answer)
            every = clicked if without is None else [without, *clicked]
            values[dialogue.structure].append(statistics.fmean(every))
        return {structure: statistics.fmean(found) for structure, found in values.items()}

    def dice_by_part(self, answer: Answer) -> dict[str, float]:
        """Mean Dice over the dialogues, by structure without clicks and with them."""
        values: defaultdict[str, list[float]] = defaultdict(list)
        for dialogue in self._dialogues:
            without, clicked = dialogue.dice(answer)
            values[dialogue.structure].append(statistics.fmean(clicked))
            if without is not None:
                values[f"{dialogue.structure} without a click"].append(without)
        return {part: statistics.fmean(found) for part, found in values.items()}


def _dialogue(
    case: TrainingCase,
    structure: str,
    spacing_mm: float,
    seed: int,
    found: NDArray[np.bool_] | None,
) -> Dialogue:
    value = next(value for value, name in case.names.items() if name == structure)
    box = bounding_box(case.labels == value)
    assert box is not None  # names holds only what is there
    low = np.array([part.start for part in box], np.float64)
    high = np.array([part.stop - 1 for part in box], np.float64)
    sides = (high - low) * case.spacing_mm / spacing_mm + 2 * CONTEXT_VOXELS
    sides = np.ceil(np.clip(sides, *SIDE_RANGE) / SIDE_MULTIPLE).astype(int) * SIDE_MULTIPLE
    shape = (int(sides[0]), int(sides[1]), int(sides[2]))
    patch = plain_patch(case, (low + high) / 2, shape, spacing_mm)
    target = patch.labels == value
    start = np.zeros_like(target)
    if found is not None:
        as_found = replace(case, labels=found.astype(np.int16))
        start = plain_patch(as_found, (low + high) / 2, shape, spacing_mm).labels > 0
    return Dialogue(structure, patch.hu, target, start, seed)
