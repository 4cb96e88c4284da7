"""RAS, the axis order of MONAI's networks, and the way there and back: in this file only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry

ScalarT = TypeVar("ScalarT", bound=np.generic)

_RAS = (("R", "L"), ("A", "P"), ("S", "I"))
"""For each axis of a network: the letter towards which it grows, and the opposite one."""


@dataclass(frozen=True, slots=True)
class RasAxes:
    """Which of a grid's own axes (k, j, i) the axes R, A, S are, and which of them run backwards.

    An oblique grid keeps its own directions; only the nearest axis order is chosen, as MONAI's
    ``Orientation`` does.
    """

    order: tuple[int, int, int]
    is_flipped: tuple[bool, bool, bool]

    @classmethod
    def of(cls, geometry: VolumeGeometry) -> RasAxes:
        """The axes for a geometry."""
        letters = geometry.axis_letters()
        order = [next(a for a in range(3) if letters[a] in pair) for pair in _RAS]
        flips = [letters[axis] != pair[0] for axis, pair in zip(order, _RAS, strict=True)]
        return cls((order[0], order[1], order[2]), (flips[0], flips[1], flips[2]))

    def shape_ras(self, shape_kji: tuple[int, int, int]) -> tuple[int, int, int]:
        """A shape along k, j, i as one along R, A, S."""
        r, a, s = (shape_kji[axis] for axis in self.order)
        return r, a, s

    def to_ras(self, array: NDArray[ScalarT]) -> NDArray[ScalarT]:
        """A view of an array (k, j, i) with axes (R, A, S)."""
        return array.transpose(self.order)[self._steps()]

    def from_ras(self, array: NDArray[ScalarT]) -> NDArray[ScalarT]:
        """The inverse view, for (R, A, S) or (classes, R, A, S)."""
        leading = array.ndim - 3
        back = (*range(leading), *(leading + int(axis) for axis in np.argsort(self.order)))
        return array[(slice(None),) * leading + self._steps()].transpose(back)

    def weights_kji(
        self, weights_ras: Sequence[NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Resampling matrices (out, in) along R, A, S as ones along k, j, i, both ends turned."""
        own: list[NDArray[np.float32]] = [np.empty((0, 0), np.float32)] * 3
        for weights, axis, flip in zip(weights_ras, self.order, self.is_flipped, strict=True):
            own[axis] = np.ascontiguousarray(weights[::-1, ::-1]) if flip else weights
        return own[0], own[1], own[2]

    def ras_index(
        self, index_kji: NDArray[np.float64], shape_kji: tuple[int, int, int]
    ) -> NDArray[np.float64]:
        """Continuous indices (..., 3) of the own grid as indices along R, A, S."""
        reordered = np.asarray(index_kji, np.float64)[..., list(self.order)]
        last = np.array(shape_kji)[list(self.order)] - 1
        index: NDArray[np.float64] = np.where(self.is_flipped, last - reordered, reordered)
        return index

    def file_index_from_ras(self, shape_kji: tuple[int, int, int]) -> NDArray[np.float64]:
        """The (4, 4) matrix from indices (R, A, S) to a file's indices (i, j, k)."""
        matrix = np.zeros((4, 4))
        matrix[3, 3] = 1
        for ras_axis, (axis, flip) in enumerate(zip(self.order, self.is_flipped, strict=True)):
            row = 2 - axis  # (k, j, i) is (i, j, k) read from the end
            matrix[row, ras_axis] = -1 if flip else 1
            matrix[row, 3] = shape_kji[axis] - 1 if flip else 0
        return matrix

    def _steps(self) -> tuple[slice, slice, slice]:
        r, a, s = (slice(None, None, -1 if flip else None) for flip in self.is_flipped)
        return r, a, s


def file_affine_ras_mm(geometry: VolumeGeometry) -> NDArray[np.float64]:
    """The (4, 4) matrix from a file's indices (i, j, k) to millimetres in RAS, as MONAI has it."""
    affine = geometry.affine[:, [2, 1, 0, 3]].copy()
    affine[:2] *= -1
    return affine


def ras_from_canonical(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """From axes (S, P, L) to MONAI's (R, A, S), as a contiguous array of the same voxels."""
    return np.ascontiguousarray(array.transpose(2, 1, 0)[::-1, ::-1])


def canonical_from_ras(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of ``ras_from_canonical``, as a view."""
    return array[::-1, ::-1].transpose(2, 1, 0)
