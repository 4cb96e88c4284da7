"""Resampling axis by axis as matrices: from a CT to a network's grid, and classes back to the CT.

Averages and linear interpolation on axis-aligned grids are one matrix for each axis, with rows that
sum to 1. A CT then goes slice by slice through two small sparse products, so that it never exists
as float in whole; and classes come back only inside the box in which they can win.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from imaging.labels import Box

Matrices = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""One (out, in) matrix for each of the axes k, j, i."""


def area_weights(samples: int, length: int) -> NDArray[np.float32]:
    """Mean over each of ``samples`` equal parts of an axis of ``length`` voxels.

    A part takes every voxel that it touches in full, as MONAI's resize by "area" (an adaptive
    average) does. With more samples than voxels it repeats them.
    """
    weights = np.zeros((samples, length), np.float32)
    for sample in range(samples):
        start = sample * length // samples
        stop = -(-(sample + 1) * length // samples)
        weights[sample, start:stop] = 1 / (stop - start)
    return weights


def linear_weights(positions: NDArray[np.float64], length: int) -> NDArray[np.float32]:
    """Linear interpolation at fractional indices of an axis; ends are repeated outside."""
    weights = np.zeros((len(positions), length), np.float32)
    clipped = np.clip(positions, 0, length - 1)
    below = np.minimum(clipped.astype(np.intp), max(length - 2, 0))
    part = (clipped - below).astype(np.float32)
    rows = np.arange(len(positions))
    weights[rows, below] = 1 - part
    weights[rows, np.minimum(below + 1, length - 1)] += part
    return weights


def stretched_weights(samples: int, length: int) -> NDArray[np.float32]:
    """Linear interpolation at the centres of ``samples`` parts of an axis of ``length`` voxels."""
    centers = np.arange(samples, dtype=np.float64) + 0.5
    positions: NDArray[np.float64] = centers * (length / samples) - 0.5
    return linear_weights(positions, length)


def resample(
    array: NDArray[np.int16],
    weights: Matrices,
    convert: Callable[[NDArray[np.float32]], NDArray[np.float32]] = lambda slab: slab,
) -> NDArray[np.float32]:
    """``array`` (k, j, i) on the grid of ``weights``; ``convert`` acts on each slice before."""
    along_k, along_j, along_i = (csr_array(matrix) for matrix in weights)
    slabs = np.empty((len(array), along_i.shape[0], along_j.shape[0]), np.float32)
    for k, plane in enumerate(array):
        slabs[k] = _in_plane(along_j, along_i, convert(plane.astype(np.float32)))
    flat = along_k @ slabs.reshape(len(array), -1)
    result: NDArray[np.float32] = flat.reshape(-1, *slabs.shape[1:]).transpose(0, 2, 1)
    return result


def _in_plane(
    along_j: csr_array, along_i: csr_array, plane: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A plane (j, i) resampled along both axes; the result is (i, j), as it falls out."""
    result: NDArray[np.float32] = along_i @ np.ascontiguousarray((along_j @ plane).T)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class ClassBox:
    """The winning class of each voxel in a box of the CT's grid, uint8; background outside."""

    box: Box
    classes: NDArray[np.uint8]


def winning_classes(
    probabilities: NDArray[np.float32], weights: Matrices, wanted: Sequence[int]
) -> ClassBox | None:
    """Carry class probabilities (classes, k, j, i) to the CT's grid and let the largest win.

    Only the box is looked at in which a ``wanted`` class can win; None if there is none. Equal
    probabilities go to the first class, as ``argmax`` does.
    """
    # A mean in which a class is above background has a voxel in which it is.
    hits = np.zeros(probabilities.shape[1:], bool)
    for index in wanted:
        hits |= probabilities[index] > probabilities[0]
    rows, columns = [], []
    for axis, matrix in enumerate(weights):
        others = tuple(a for a in range(3) if a != axis)
        touched = np.flatnonzero(matrix[:, hits.any(axis=others)].any(axis=1))
        if not touched.size:
            return None
        rows.append(slice(int(touched[0]), int(touched[-1]) + 1))
        used = np.flatnonzero(matrix[rows[-1]].any(axis=0))
        columns.append(slice(int(used[0]), int(used[-1]) + 1))
    along_k, along_j, along_i = (
        csr_array(matrix[row, column])
        for matrix, row, column in zip(weights, rows, columns, strict=True)
    )
    shape = (along_k.shape[0], along_j.shape[0], along_i.shape[0])
    classes = np.zeros(shape, np.uint8)
    slabs = []
    for probability in probabilities:
        part = np.ascontiguousarray(probability[tuple(columns)])
        slabs.append((along_k @ part.reshape(len(part), -1)).reshape(-1, *part.shape[1:]))
    for k in range(shape[0]):
        if not any((slabs[index][k] > slabs[0][k]).any() for index in wanted):
            continue
        best = _in_plane(along_j, along_i, slabs[0][k])
        for index in range(1, len(slabs)):
            fine = _in_plane(along_j, along_i, slabs[index][k])
            classes[k].T[fine > best] = index
            np.maximum(best, fine, out=best)
    return ClassBox((rows[0], rows[1], rows[2]), classes)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Class probabilities from logits (classes, ...)."""
    if len(logits) == 2:
        second = 1 / (1 + np.exp(np.clip(logits[0] - logits[1], -80, 80)))
        return np.stack([1 - second, second])
    shares: NDArray[np.float32] = logits - logits.max(axis=0)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=0)
    return shares
