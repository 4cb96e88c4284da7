"""Does an engine compute what the reference computes? Two answers, one verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEEDED_DICE = 0.999

SMALLEST_CLASS = 200
"""A class with fewer voxels in the reference says nothing."""

BRIGHTEST_SHARE = 0.1
"""Where the reference finds nothing, this part of it is compared that comes nearest."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How near an engine's logits come to the reference's.

    Attributes:
        dice: of the masks, for the class that agrees least.
        largest_difference: of two logits of the same voxel, counted from background's where there
            are several classes.
    """

    dice: float
    largest_difference: float

    @property
    def is_enough(self) -> bool:
        """Whether the engine may be used."""
        return self.dice >= NEEDED_DICE


def agreement(logits: NDArray[np.float32], reference: NDArray[np.float32]) -> Agreement:
    """Compare logits (1, classes, k, j, i) with the reference's.

    Raises:
        ValueError: if the shapes differ.
    """
    if logits.shape != reference.shape:
        raise ValueError(f"logits of {logits.shape} and {reference.shape} cannot be compared")
    change = logits - reference
    if change.shape[1] > 1:
        change -= change[:, :1].copy()
    difference = float(np.abs(change).max())
    classes, expected = logits[0].argmax(axis=0), reference[0].argmax(axis=0)
    scores = []
    for label in range(1, reference.shape[1]):
        if np.count_nonzero(expected == label) >= SMALLEST_CLASS:
            scores.append(_dice(classes == label, expected == label))
    if not scores:
        margin, expected_margin = _margin(logits[0]), _margin(reference[0])
        least = np.quantile(expected_margin, 1 - BRIGHTEST_SHARE)
        scores.append(_dice(margin > least, expected_margin > least))
    return Agreement(min(scores), difference)


def _margin(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far the first class is from being the answer; with one class, its logit."""
    margin: NDArray[np.float32] = (
        logits[0] if len(logits) == 1 else logits[1:].max(axis=0) - logits[0]
    )
    return margin


def _dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    total = int(one.sum()) + int(other.sum())
    return 2 * int((one & other).sum()) / total if total else 1.0
