"""Growing a structure from seeds through alike tissue: no network needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.editing.box_mask import BoxMask, grown_box, inner_box
from imaging.geometry import VolumeGeometry
from imaging.labels import Box

MAX_NODES = 1_500_000
"""The paths are sought on a grid of at most so many points; about two seconds on one core."""

MIN_SPREAD_HU = 12.0
"""Tissue never counts as more even than this: seeds of a few voxels know no better."""

HARDNESS = 2.0
"""A step through tissue two spreads away from the seeds' is so many times as long, and more."""

FAR = 1e6
"""More than any path in a patient, mm."""


@dataclass(frozen=True, slots=True)
class Tissue:
    """What a structure's seeds look like: middle and spread, HU."""

    middle_hu: float
    spread_hu: float

    @classmethod
    def of(cls, values_hu: NDArray[np.int16]) -> Tissue:
        """The tissue under seeds; outliers do not count."""
        middle = float(np.median(values_hu))
        spread = 1.4826 * float(np.median(np.abs(values_hu - middle)))
        return cls(middle, max(spread, MIN_SPREAD_HU))


def grown_from_seeds(
    array_hu: NDArray[np.int16],
    geometry: VolumeGeometry,
    own: BoxMask,
    others: BoxMask | None,
    reach_mm: float,
) -> BoxMask:
    """All voxels that are nearer to the seeds than to those of others, by the tissue between.

    A path is longer where the tissue is unlike the seeds' own, so that it follows the organ;
    the structure takes what it reaches within ``reach_mm`` and before the others do.

    Args:
        array_hu: the CT.
        geometry: its grid.
        own: seeds of the structure; they stay part of it.
        others: seeds of everything else, in ``seed_box`` or more; None where there are none.
        reach_mm: how long a path through the structure's own tissue may be.
    """
    box = seed_box(own.box, geometry, reach_mm)
    seeds = np.zeros([part.stop - part.start for part in box], np.bool_)
    seeds[inner_box(own.box, box)] = own.mask
    hu = array_hu[box]
    step_kji = _steps(seeds.shape, geometry.spacing_kji_mm)
    own_mm = _path_mm(hu, seeds, geometry.spacing_kji_mm, step_kji, reach_mm)
    grown = own_mm <= reach_mm
    if others is not None:
        rivals = others.mask[inner_box(box, others.box)] & ~seeds
        if rivals.any():
            rival_mm = _path_mm(hu, rivals, geometry.spacing_kji_mm, step_kji, reach_mm)
            grown &= (own_mm < rival_mm) & ~rivals
    return BoxMask(box, grown | seeds)


def seed_box(own: Box, geometry: VolumeGeometry, reach_mm: float) -> Box:
    """All that seeds in a box can reach."""
    return grown_box(own, reach_mm / geometry.spacing_kji_mm, geometry.shape)


def _steps(shape: tuple[int, ...], spacing_mm: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many voxels a step of the coarser grid takes: fine axes are thinned out first."""
    steps = np.ones(3, np.int64)
    while np.prod(np.ceil(np.array(shape) / steps)) > MAX_NODES:
        steps[int(np.argmin(steps * spacing_mm))] += 1
    return steps


def _path_mm(
    hu: NDArray[np.int16],
    seeds: NDArray[np.bool_],
    spacing_mm: NDArray[np.float64],
    step_kji: NDArray[np.int64],
    reach_mm: float,
) -> NDArray[np.float32]:
    """Length of the shortest path from the seeds to each voxel, in mm of the seeds' own tissue.

    Right up to ``reach_mm``; what lies farther is only known to do so.
    """
    import SimpleITK as sitk
    from scipy.ndimage import binary_erosion, gaussian_filter

    tissue = Tissue.of(hu[seeds])
    every = tuple(slice(None, None, int(step)) for step in step_kji)
    smooth_hu = gaussian_filter(hu.astype(np.float32), 0.5 * step_kji)[every]
    unlike = np.maximum(np.abs(smooth_hu - tissue.middle_hu) / tissue.spread_hu - 1.0, 0.0)
    speed = (1.0 / (1.0 + HARDNESS * unlike**2)).astype(np.float32)
    coarse = seeds  # a point of the coarser grid is a seed if its block holds one
    for axis, step in enumerate(step_kji):
        coarse = np.logical_or.reduceat(coarse, np.arange(0, coarse.shape[axis], step), axis)
    speed[coarse] = 1.0
    rim = coarse & ~binary_erosion(coarse)
    # A voxel between points of the coarser grid needs the paths of the points beyond it, too.
    limit_mm = reach_mm + 2 * float((step_kji * spacing_mm).max())
    image = sitk.GetImageFromArray(speed)
    image.SetSpacing([float(mm) for mm in (step_kji * spacing_mm)[::-1]])
    trial = [(int(i), int(j), int(k)) for k, j, i in np.argwhere(rim)]
    found = sitk.GetArrayFromImage(
        sitk.FastMarching(image, trial, normalizationFactor=1.0, stoppingValue=float(limit_mm))
    )
    path: NDArray[np.float32] = np.minimum(found, FAR).astype(np.float32)
    path[coarse] = 0.0
    if (step_kji == 1).all():
        return path
    return _refined(np.minimum(path, 2 * limit_mm), hu.shape, step_kji)


def _refined(
    coarse: NDArray[np.float32], shape: tuple[int, ...], step_kji: NDArray[np.int64]
) -> NDArray[np.float32]:
    """A field of the coarser grid at every voxel, linear in between."""
    fine = coarse
    for axis, step in enumerate(step_kji):
        if step == 1:
            continue
        place = np.arange(shape[axis]) / step
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, fine.shape[axis] - 1)
        weight = (place - below).astype(np.float32)
        weight = weight.reshape([-1 if other == axis else 1 for other in range(3)])
        low, high = np.take(fine, below, axis), np.take(fine, above, axis)
        fine = low + weight * (high - low)
    return fine
