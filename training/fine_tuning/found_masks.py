"""What a model finds without clicks in cases that were prepared for a training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.automatic import AutomaticSegmenter
from inference.messages import IsCancelled
from inference.model_package import ModelPackage
from training.fine_tuning.shared_answers import fast_engine
from training.fine_tuning.validation import Find
from training.patches import TrainingCase

FOUND = 0.5
"""A voxel above this probability belongs to the structure, as in the window."""


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """A prepared case as the automatic network looks at it; see ``WorkingGrid``."""

    array: NDArray[np.float32]
    spacing_mm: NDArray[np.float64]


def finder(package: ModelPackage, is_cancelled: IsCancelled) -> Find | None:
    """What asks the package's automatic network, before the click network mends its answer.

    None where the package has no such network. Some seconds for each case; raises
    ``CancelledError`` if it is cancelled meanwhile.
    """
    spec = package.automatic
    if spec is None:
        return None
    segmenter = AutomaticSegmenter(spec, fast_engine()(spec.network.checked()))

    def find(case: TrainingCase, structure: str) -> NDArray[np.bool_]:
        if structure not in spec.structures:
            return np.zeros(case.labels.shape, bool)
        grid = _Grid(np.asarray(case.hu), case.spacing_mm)
        probability = segmenter.probability(
            grid, structure, lambda _share, _what: None, is_cancelled
        )
        found: NDArray[np.bool_] = probability > FOUND
        return found

    return find
