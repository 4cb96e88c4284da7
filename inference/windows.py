"""Overlapping windows over a volume: where they lie, and the blend of a network's answers."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imaging.labels import Box

SIGMA_SHARE = 0.125
"""Of a window's side: the width of MONAI's Gaussian blending."""

LEAST_WEIGHT = 1e-3
"""No voxel of a window weighs less, so that corners seen once keep their value."""

UNSEEN_LOGIT = 30.0
"""Background where nobody looked: its share becomes 1 in float32."""


def scan_starts(length: int, window: int, overlap: float) -> tuple[int, ...]:
    """Where windows begin along an axis of at least a window: as MONAI's sliding window has it."""
    interval = window if length == window else max(int(window * (1 - overlap)), 1)
    number = 1
    while (number - 1) * interval + window < length:
        number += 1
    return tuple(min(n * interval, length - window) for n in range(number))


def blending_weights(
    window: tuple[int, int, int], blending: Literal["constant", "gaussian"]
) -> NDArray[np.float32]:
    """How much each voxel of a window counts, as MONAI's importance map."""
    if blending == "constant":
        return np.ones(window, np.float32)
    weights = np.ones((1, 1, 1), np.float32)
    for axis, side in enumerate(window):
        x = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
        shape = [1, 1, 1]
        shape[axis] = side
        weights = weights * np.exp(x**2 / (-2 * (SIGMA_SHARE * side) ** 2)).reshape(shape)
    least = max(float(weights.min()), LEAST_WEIGHT)
    return np.maximum(weights, np.float32(least)).astype(np.float32)


class WindowBlend:
    """The weighted mean of logits from windows, on one grid; untouched parts take no memory."""

    def __init__(
        self, classes: int, shape: tuple[int, int, int], weights: NDArray[np.float32]
    ) -> None:
        self._sum = np.zeros((classes, *shape), np.float32)
        self._weight = np.zeros(shape, np.float32)
        self._weights = weights

    def add(self, box: Box, logits: NDArray[np.float32]) -> None:
        """Count a window's logits (classes, r, a, s) at ``box``."""
        for total, one in zip(self._sum, logits, strict=True):
            total[box] += one * self._weights
        self._weight[box] += self._weights

    def foreground(self, box: Box) -> NDArray[np.bool_]:
        """Where in ``box`` any class is above background; false where no window was."""
        background = self._sum[0][box]
        above = np.zeros(background.shape, bool)
        for total in self._sum[1:]:
            above |= total[box] > background
        return above

    def mean(self, box: Box) -> NDArray[np.float32]:
        """Logits (classes, r, a, s) in ``box``; where no window was, certain background."""
        weight = self._weight[box]
        mean: NDArray[np.float32] = self._sum[(slice(None), *box)].copy()
        mean /= np.maximum(weight, np.float32(LEAST_WEIGHT))
        mean[0][weight == 0] = UNSEEN_LOGIT
        return mean
