"""A CT made coarse enough to be seen in 3D: only the body, in voxels of about the same size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import whole_box
from imaging.volume import Volume
from viewer.scenes.body import body_box

MAX_VOXELS = 8_000_000
"""A view of 500 pixels shows no more; their gradients take a processor half a second."""


@dataclass(frozen=True, slots=True, eq=False)
class PooledCt:
    """Mean HU on a coarse grid of its own; ``array`` has shape ``geometry.shape``."""

    array: NDArray[np.int16]
    geometry: VolumeGeometry


def pooled_ct(volume: Volume, max_voxels: int = MAX_VOXELS) -> PooledCt:
    """Pool the part of a CT that holds the body; may run on any thread, and takes a second."""
    box = body_box(volume) or whole_box(volume.array)
    part = volume.array[box]
    factors = _factors(part.shape, volume.geometry.spacing_kji_mm, max_voxels)
    whole = tuple(
        max(1, side // factor) * min(factor, side)
        for side, factor in zip(part.shape, factors, strict=True)
    )
    factors = tuple(min(f, side) for f, side in zip(factors, part.shape, strict=True))
    part = part[: whole[0], : whole[1], : whole[2]]
    array = np.stack(
        [_mean(part[k : k + factors[0]], factors) for k in range(0, whole[0], factors[0])]
    )
    start = np.array([side.start for side in box])
    affine = volume.geometry.affine.copy()
    affine[:3, 3] = volume.geometry.index_to_lps(start + (np.array(factors) - 1) / 2)
    affine[:3, :3] *= factors
    k, j, i = array.shape
    return PooledCt(array, VolumeGeometry((k, j, i), affine))


def _factors(
    shape: tuple[int, ...], spacing_kji_mm: NDArray[np.float64], max_voxels: int
) -> tuple[int, ...]:
    """How many voxels become one along each axis, so that the result is nearly isotropic."""
    size_mm = np.array(shape) * spacing_kji_mm
    step_mm = (size_mm.prod() / max_voxels) ** (1 / 3)
    while True:
        factors = np.maximum(1, np.round(step_mm / spacing_kji_mm)).astype(int)
        if np.prod(np.array(shape) // factors) <= max_voxels:
            return tuple(int(factor) for factor in factors)
        step_mm *= 1.1


def _mean(slab: NDArray[np.int16], factors: tuple[int, ...]) -> NDArray[np.int16]:
    """A few slices as one coarse slice."""
    total = slab.sum(axis=0, dtype=np.int32)
    rows, columns = total.shape
    blocks = total.reshape(rows // factors[1], factors[1], columns // factors[2], factors[2])
    count = factors[0] * factors[1] * factors[2]
    mean: NDArray[np.int16] = (blocks.sum(axis=(1, 3)) // count).astype(np.int16)
    return mean
