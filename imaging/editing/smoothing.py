"""Smoother surfaces, by sizes in millimetres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.editing.box_mask import BoxMask
from imaging.geometry import VolumeGeometry

TRUNCATE_SIGMAS = 3.0

LEVEL_BINS = 255


def smoothed_by_gaussian(structure: BoxMask, geometry: VolumeGeometry, sigma_mm: float) -> BoxMask:
    """The mask with a surface that is even over about ``sigma_mm``; it keeps its volume.

    The blurred mask is cut at the level that encloses as many voxels as there were, so that
    round ends neither shrink nor grow as they do at the usual level of one half.
    """
    from scipy.ndimage import gaussian_filter

    sigma_kji = sigma_mm / geometry.spacing_kji_mm
    wide = structure.padded(TRUNCATE_SIGMAS * sigma_kji + 1, geometry.shape)
    count = int(np.count_nonzero(wide.mask))
    if count == 0:
        return wide
    blurred = gaussian_filter(
        wide.mask.astype(np.float32), sigma_kji, mode="nearest", truncate=TRUNCATE_SIGMAS
    )
    return BoxMask(wide.box, blurred >= level_of_count(blurred, count))


def level_of_count(field: NDArray[np.float32], count: int) -> float:
    """The positive level that ``count`` voxels of a field from 0 to 1 reach, or as few more.

    Most voxels are nearly 0 or nearly 1, which makes sorting them slow and decides nothing: a
    histogram says between which values the level lies, and only those are looked at.
    """
    numbers = (field * np.float32(LEVEL_BINS)).astype(np.uint8)
    reached = np.cumsum(np.bincount(numbers.reshape(-1), minlength=LEVEL_BINS + 1)[::-1])[::-1]
    bin_number = int(np.flatnonzero(reached >= count)[-1])
    above = 0 if bin_number == LEVEL_BINS else int(reached[bin_number + 1])
    within = field[numbers == bin_number]
    place = within.size - (count - above)
    level = float(np.partition(within, place)[place])
    return max(level, float(np.finfo(np.float32).tiny))


def smoothed_by_median(structure: BoxMask, geometry: VolumeGeometry, size_mm: float) -> BoxMask:
    """Each voxel as the majority within so many millimetres; drops spikes, closes notches."""
    from scipy.ndimage import uniform_filter

    wide = structure.padded(size_mm / geometry.spacing_kji_mm, geometry.shape)
    steps: Sequence[int] = [
        2 * int(size_mm / 2 / spacing_mm) + 1 for spacing_mm in geometry.spacing_kji_mm
    ]
    share: NDArray[np.float32] = uniform_filter(wide.mask.astype(np.float32), steps, mode="nearest")
    return BoxMask(wide.box, share > 0.5)
