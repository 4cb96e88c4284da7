"""Axis-aligned resampling between a volume's own grid and a network's grid, one axis at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def block_mean(array: NDArray[np.generic], factors: Sequence[int]) -> NDArray[np.float32]:
    """Average blocks of ``factors`` voxels; what is left over at the far ends is dropped.

    Voxel ``n`` of the result has its centre at index ``n * factor + (factor - 1) / 2`` of the
    input. Works slab by slab, so a large CT never exists as float in whole.
    """
    fk, fj, fi = factors
    k, j, i = (size // factor for size, factor in zip(array.shape, factors, strict=True))
    result = np.empty((k, j, i), np.float32)
    for slab in range(k):
        block = array[slab * fk : (slab + 1) * fk, : j * fj, : i * fi]
        rows = block.astype(np.float32).sum(axis=0) if fk > 1 else block[0].astype(np.float32)
        rows = rows.reshape(j, fj, i, fi).sum(axis=(1, 3)) if fj * fi > 1 else rows
        result[slab] = rows / (fk * fj * fi)
    return result


def interpolate_axis(
    array: NDArray[np.float32], axis: int, positions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Linear interpolation along one axis at fractional indices; ends are repeated outside."""
    last = array.shape[axis] - 1
    clipped = np.clip(positions, 0, last)
    below = np.minimum(clipped.astype(np.intp), max(last - 1, 0))
    above = np.minimum(below + 1, last)
    shape = [1, 1, 1]
    shape[axis] = -1
    weight = (clipped - below).astype(np.float32).reshape(shape)
    low = np.take(array, below, axis)
    high: NDArray[np.float32] = np.take(array, above, axis)
    high -= low
    high *= weight
    high += low
    return high


def interpolate(
    array: NDArray[np.float32], positions_kji: Sequence[NDArray[np.float64]]
) -> NDArray[np.float32]:
    """Trilinear interpolation on the product grid of three lists of fractional indices.

    Only the part of ``array`` that the positions reach is read, and axes that shrink go first,
    so that later passes touch less.
    """
    reached, positions = [], []
    for indices, size in zip(positions_kji, array.shape, strict=True):
        low = int(np.clip(indices.min(), 0, size - 1))
        high = int(np.clip(indices.max() + 1, low, size - 1))
        reached.append(slice(low, high + 1))
        positions.append(indices - low)
    array = array[tuple(reached)]
    growth = [len(p) / n for p, n in zip(positions, array.shape, strict=True)]
    for axis in np.argsort(growth):
        array = interpolate_axis(array, int(axis), positions[int(axis)])
    return array
