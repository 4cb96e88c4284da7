"""The area of a mask's surface, without the steps that voxels make of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

BLUR_TO_LARGEST, BLUR_TO_SMALLEST = 1.1, 2.0
"""Width of the blur in voxel sides; the larger counts. Less leaves steps, more rounds bodies."""

BLUR_REACH = 2.5
"""Where the blur's bell is cut off, in its widths."""

MARGIN = 3
"""Voxels of background around the mask, so that the border has an outside."""


def surface_area_mm2(mask: NDArray[np.bool_], spacing_kji_mm: NDArray[np.float64]) -> float:
    """Area of the surface of a mask, shape (k, j, i), cut out of its background.

    Every face between a voxel inside and one outside counts by how squarely it meets the surface,
    whose direction comes from a blurred mask (Coeurjolly and others, 2003). On ellipsoids of 3 to
    100 mm, voxels of 0.7 to 7.5 mm, the error is below 2.5 %; sharp edges are rounded, which
    takes 7 % from a cube of 20 voxels. Crofton's formula with 13 directions, as in ITK, is off by
    up to 28 % where slices are thicker than pixels are wide.
    """
    padded = np.pad(mask, MARGIN)
    blur_mm = max(BLUR_TO_LARGEST * spacing_kji_mm.max(), BLUR_TO_SMALLEST * spacing_kji_mm.min())
    blurred = gaussian_filter(
        padded.astype(np.float32), blur_mm / spacing_kji_mm, truncate=BLUR_REACH
    )
    voxel_mm3 = float(np.prod(spacing_kji_mm))
    area_mm2 = 0.0
    for axis in range(3):
        face_mm2 = voxel_mm3 / float(spacing_kji_mm[axis])
        area_mm2 += face_mm2 * float(_squareness(padded, blurred, axis, spacing_kji_mm).sum())
    return area_mm2


def _squareness(
    mask: NDArray[np.bool_],
    blurred: NDArray[np.float32],
    axis: int,
    spacing_kji_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """For each face across ``axis``, the cosine between the axis and the surface's normal."""
    below = np.argwhere(np.diff(mask, axis=axis))
    step = np.eye(3, dtype=np.int64)

    def value(index_kji: NDArray[np.int64]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = blurred[tuple(index_kji.T)]
        return found

    above = below + step[axis]
    slope = np.empty((3, len(below)))
    for other in range(3):
        if other == axis:
            slope[other] = value(above) - value(below)
            continue
        # The mean over both voxels of the face, each across two voxels.
        ahead = value(below + step[other]) + value(above + step[other])
        behind = value(below - step[other]) + value(above - step[other])
        slope[other] = (ahead - behind) / 4
    slope /= spacing_kji_mm[:, None]
    length = np.maximum(np.linalg.norm(slope, axis=0), np.finfo(np.float32).tiny)
    cosine: NDArray[np.float64] = np.abs(slope[axis]) / length
    return cosine
