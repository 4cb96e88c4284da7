"""A CT on the grid that our own networks see: canonical axes, about 2 mm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference.grids import block_mean

WORKING_SPACING_MM = 2.0
"""Finer axes are averaged down to at most this before anything is resampled.

A perfect network on a 2 mm grid, with probabilities carried back linearly, still reaches a Dice
above 0.99 for a spleen; averaging keeps point sampling from turning noise into structure.
"""

ScalarT = TypeVar("ScalarT", bound=np.generic)

_CANONICAL = ("S", "P", "L")
_OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "I": "S", "S": "I"}


@dataclass(frozen=True, slots=True)
class CanonicalAxes:
    """How a grid's axes are reordered and flipped to grow towards head, back and left.

    The canonical array is a view: axes in the order (S, P, L), each growing that way. An
    oblique grid keeps its own directions; only the nearest axis order is chosen.
    """

    order: tuple[int, int, int]
    is_flipped: tuple[bool, bool, bool]

    @classmethod
    def of(cls, geometry: VolumeGeometry) -> CanonicalAxes:
        """The reordering for a geometry."""
        letters = geometry.axis_letters()
        order, flips = [], []
        for wanted in _CANONICAL:
            axis = next(a for a in range(3) if letters[a] in (wanted, _OPPOSITE[wanted]))
            order.append(axis)
            flips.append(letters[axis] != wanted)
        return cls((order[0], order[1], order[2]), (flips[0], flips[1], flips[2]))

    def to_canonical(self, array: NDArray[ScalarT]) -> NDArray[ScalarT]:
        """A view of ``array`` with canonical axes."""
        return array.transpose(self.order)[self._steps()]

    def from_canonical(self, array: NDArray[ScalarT]) -> NDArray[ScalarT]:
        """The inverse view: a canonical array in the grid's own axis order."""
        back = np.argsort(self.order)
        return array[self._steps()].transpose(tuple(int(axis) for axis in back))

    def canonical_index(
        self, index_kji: NDArray[np.float64], shape: tuple[int, int, int]
    ) -> NDArray[np.float64]:
        """Continuous indices (..., 3) of the grid as indices of the canonical array."""
        reordered = np.asarray(index_kji, np.float64)[..., list(self.order)]
        last = np.array(shape)[list(self.order)] - 1
        index: NDArray[np.float64] = np.where(self.is_flipped, last - reordered, reordered)
        return index

    def _steps(self) -> tuple[slice, slice, slice]:
        k, j, i = (slice(None, None, -1 if flip else None) for flip in self.is_flipped)
        return k, j, i


@dataclass(frozen=True, slots=True, eq=False)
class PreparedVolume:
    """A CT on canonical axes, averaged to about 2 mm: what every network input is cut from.

    Attributes:
        array: HU as float32, axes (S, P, L).
        factors: how many voxels of the CT were averaged along each canonical axis.
        spacing_mm: of ``array``, along S, P, L.
        axes: from the CT's own axes to the canonical ones.
        source_shape: the CT's own shape, (k, j, i).
    """

    array: NDArray[np.float32]
    factors: tuple[int, int, int]
    spacing_mm: NDArray[np.float64]
    axes: CanonicalAxes
    source_shape: tuple[int, int, int]

    @property
    def canonical_shape(self) -> tuple[int, int, int]:
        """The CT's own shape with its axes in canonical order."""
        k, j, i = (self.source_shape[axis] for axis in self.axes.order)
        return k, j, i


def prepare_volume(volume: Volume) -> PreparedVolume:
    """Bring a CT to the working grid; done once when it opens."""
    axes = CanonicalAxes.of(volume.geometry)
    spacing_mm = volume.geometry.spacing_kji_mm[list(axes.order)]
    canonical = axes.to_canonical(volume.array)
    fk, fj, fi = (
        min(max(1, int(WORKING_SPACING_MM / mm + 1e-3)), size)
        for mm, size in zip(spacing_mm, canonical.shape, strict=True)
    )
    factors = (fk, fj, fi)
    return PreparedVolume(
        block_mean(canonical, factors),
        factors,
        spacing_mm * np.array(factors),
        axes,
        volume.geometry.shape,
    )


def scale_intensity(hu: NDArray[np.float32], low_hu: float, high_hu: float) -> NDArray[np.float32]:
    """HU to 0..1 between two values, clipped (MONAI's ``ScaleIntensityRange`` with clip)."""
    scaled = (hu - np.float32(low_hu)) * np.float32(1 / (high_hu - low_hu))
    return np.clip(scaled, 0, 1, out=scaled)
