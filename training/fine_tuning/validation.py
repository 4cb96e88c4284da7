"""Whole dialogues with a user on the validation cases: by them epochs and mixtures are chosen."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.labels import bounding_box
from imaging.measures import dice
from training.click_rounds import composed
from training.click_samples import ClickSample
from training.corrupted_masks import corrupt_mask
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
Shape = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Dialogue:
    """One structure of one case as a user finds it: CT, truth, and the mask before the clicks.

    ``is_mended`` says that the network first mends the mask without a click, as it does with
    what the automatic network found.
    """

    structure: str
    hu: NDArray[np.float32]
    target: NDArray[np.bool_]
    start: NDArray[np.bool_]
    is_mended: bool
    seed: int

    def dice(self, answer: Answer) -> float:
        """Mean Dice over the numbers of clicks, and before the first where there is a mask."""
        rng = np.random.default_rng((VALIDATION_SEED, self.seed))
        sample = ClickSample(self.hu, self.target, self.start.astype(np.float32))
        found = []
        mask = self.start
        if self.is_mended:
            mask = answer(sample)
            found.append(dice(mask, self.target))
        for count in range(1, max(CLICK_COUNTS) + 1):
            sample.mask = mask.astype(np.float32)
            click = click_in_largest_error(self.target, mask, np.ones(3))
            if click is not None:  # else nothing is wrong any more
                sample.add(click, rng)
                mask = composed(mask, answer(sample), sample)
            if count in CLICK_COUNTS:
                found.append(dice(mask, self.target))
        return statistics.fmean(found)


class ValidationSet:
    """The same dialogues for every epoch: each structure of each case, from the first click on."""

    def __init__(self, dialogues: Sequence[Dialogue]) -> None:
        self._dialogues = tuple(dialogues)

    @classmethod
    def of(
        cls,
        cases: Sequence[TrainingCase],
        spacing_mm: float,
        automatic_structures: Collection[str] = (),
    ) -> ValidationSet:
        """Cut the pieces; none where there are no cases.

        ``automatic_structures`` begin with a wrong mask, the others with none.
        """
        dialogues: list[Dialogue] = []
        structures = sorted({name for case in cases for name in case.names.values()})
        for structure in structures:
            own = [case for case in cases if structure in case.names.values()]
            for case in own[:MOST_CASES]:
                is_mended = structure in automatic_structures
                dialogues.append(_dialogue(case, structure, spacing_mm, len(dialogues), is_mended))
        return cls(dialogues)

    def __len__(self) -> int:
        """How many dialogues there are."""
        return len(self._dialogues)

    def dice(self, answer: Answer) -> dict[str, float]:
        """Mean Dice over the dialogues, by structure."""
        values: defaultdict[str, list[float]] = defaultdict(list)
        for dialogue in self._dialogues:
            values[dialogue.structure].append(dialogue.dice(answer))
        return {structure: statistics.fmean(found) for structure, found in values.items()}


def _dialogue(
    case: TrainingCase, structure: str, spacing_mm: float, seed: int, is_mended: bool
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
    if is_mended:
        rng = np.random.default_rng((VALIDATION_SEED, seed, 0xA))
        start = corrupt_mask(target, (patch.labels > 0) & ~target, rng)
    return Dialogue(structure, patch.hu, target, start, is_mended, seed)
