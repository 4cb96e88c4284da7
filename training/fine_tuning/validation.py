"""Fixed click tasks on the validation cases: by them the best epoch is chosen."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.measures import dice
from training.click_rounds import composed
from training.click_samples import ClickSample, ClickSampler
from training.patches import TrainingCase

TASKS_OF_A_STRUCTURE = 6
VALIDATION_SHAPE = (48, 64, 64)
VALIDATION_SEED = 20

Answer = Callable[[ClickSample], NDArray[np.bool_]]


class ValidationSet:
    """The same patches with the same clicks for every epoch, some for each structure."""

    def __init__(self, tasks: Sequence[tuple[str, ClickSample]]) -> None:
        self._tasks = tuple(tasks)

    @classmethod
    def of(cls, cases: Sequence[TrainingCase], spacing_mm: float) -> ValidationSet:
        """Draw the tasks; none where there are no cases."""
        tasks = []
        structures = sorted({name for case in cases for name in case.names.values()})
        for number, structure in enumerate(structures):
            rng = np.random.default_rng((VALIDATION_SEED, number))
            own = [_only(case, structure) for case in cases if structure in case.names.values()]
            sampler = ClickSampler(own, [1.0] * len(own), spacing_mm)
            tasks += [
                (structure, sampler.draw(VALIDATION_SHAPE, rng))
                for _ in range(TASKS_OF_A_STRUCTURE)
            ]
        return cls(tasks)

    def dice(self, answer: Answer) -> dict[str, float]:
        """Mean Dice of the answers, composed as the program composes them, by structure."""
        values: defaultdict[str, list[float]] = defaultdict(list)
        for structure, sample in self._tasks:
            mask = composed(sample.mask > 0.5, answer(sample), sample)
            values[structure].append(dice(mask, sample.target))
        return {structure: statistics.fmean(found) for structure, found in values.items()}


def _only(case: TrainingCase, structure: str) -> TrainingCase:
    """The case with one structure to be drawn; the others stay what surrounds it."""
    names = {value: name for value, name in case.names.items() if name == structure}
    return TrainingCase(case.name, case.hu, case.labels, names, case.spacing_mm, case.is_native)
