"""Growing and shrinking a mask by millimetres, to a fraction of a voxel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.editing.box_mask import BoxMask
from imaging.geometry import VolumeGeometry

SURFACE_BLUR_STEPS = 0.9
"""Sigma in voxels that takes the stairs out of the surface before distances are measured."""


SURE_STEPS = 1.2
"""Voxels this many steps beyond the margin are out of question; blurring adds the fifth."""


def with_margin(structure: BoxMask, geometry: VolumeGeometry, margin_mm: float) -> BoxMask:
    """The mask grown by a margin on all sides, or shrunk by a negative one.

    Distances from voxel to voxel are off by up to a voxel, which would be 10 % of a small organ
    in thick slices. So they are measured from where the smoothed surface crosses the lines
    between voxels; only voxels near the new surface are worth that effort.

    Outside the grid there is nothing to measure from: shrinking does not take what the edge of
    the CT cuts.
    """
    from scipy.spatial import cKDTree

    spacing_mm = geometry.spacing_kji_mm
    margin_kji = max(margin_mm, 0.0) / spacing_mm + 3
    wide = structure.padded(margin_kji, geometry.shape)
    if margin_mm == 0 or not wide.mask.any() or wide.mask.all():
        return wide
    is_growing = margin_mm > 0
    coarse_mm = distance_mm(wide.mask != is_growing, spacing_mm)
    reach_mm = abs(margin_mm)
    # A shrunk mask is what lies deeper than the margin, a grown one what does not lie farther.
    result = (coarse_mm <= reach_mm) if is_growing else (coarse_mm > reach_mm)
    # The surface lies up to a step before the voxel that was measured to, never behind it.
    unsure = (coarse_mm > reach_mm) & (coarse_mm <= reach_mm + SURE_STEPS * float(spacing_mm.max()))
    steps_mm = geometry.affine[:3, :3].T
    other_mm = distance_mm(wide.mask == is_growing, spacing_mm)
    signed_mm = other_mm - coarse_mm if is_growing else coarse_mm - other_mm
    points = _surface_points(wide.mask, signed_mm, spacing_mm) @ steps_mm
    surface = cKDTree(points, balanced_tree=False, compact_nodes=False)
    exact_mm, _ = surface.query(np.argwhere(unsure) @ steps_mm, workers=-1)
    result[unsure] = (exact_mm <= reach_mm) if is_growing else (exact_mm > reach_mm)
    return BoxMask(wide.box, result)


def distance_mm(mask: NDArray[np.bool_], spacing_mm: NDArray[np.float64]) -> NDArray[np.float32]:
    """How far each true voxel's centre lies from the nearest false one's; 0 where false.

    Infinite where all are true. By SimpleITK, which uses all cores and lets other threads run:
    the package ``edt`` takes as long, and the window stands still meanwhile.
    """
    import SimpleITK as sitk

    if mask.all():
        return np.full(mask.shape, np.inf, np.float32)
    image = sitk.GetImageFromArray(np.logical_not(mask).view(np.uint8))
    image.SetSpacing([float(mm) for mm in spacing_mm[::-1]])
    field = sitk.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True)
    distance: NDArray[np.float32] = np.maximum(sitk.GetArrayFromImage(field), np.float32(0))
    return distance


def signed_distance_mm(
    mask: NDArray[np.bool_], spacing_mm: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Distance from voxel to voxel across the surface, positive inside; never 0."""
    return distance_mm(mask, spacing_mm) - distance_mm(~mask, spacing_mm)


def _surface_points(
    mask: NDArray[np.bool_], signed_mm: NDArray[np.float32], spacing_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Continuous indices at which the surface crosses the lines between neighbouring voxels.

    ``signed_mm`` is how far each voxel lies from the other side, positive inside.
    """
    from scipy.ndimage import gaussian_filter

    limit_mm = 3 * float(spacing_mm.max())
    smooth = gaussian_filter(
        np.clip(signed_mm, -limit_mm, limit_mm), SURFACE_BLUR_STEPS, mode="nearest", truncate=2.5
    )
    # Blurring draws round surfaces inwards: take the level that encloses as much as before.
    rank = smooth.size - int(np.count_nonzero(mask))
    ordered = np.partition(smooth, (rank - 1, rank), axis=None)
    level = (ordered[rank - 1] + ordered[rank]) / 2
    # Where blurring would move a voxel across the surface, the surface passes close to it.
    least = 0.05 * float(spacing_mm.min())
    points = []
    for axis in range(3):
        near = (slice(None),) * axis + (slice(None, -1),)
        far = (slice(None),) * axis + (slice(1, None),)
        index = np.argwhere(mask[near] != mask[far])
        place = tuple(index.T)
        sign = np.where(mask[near][place], 1.0, -1.0)
        start = np.maximum(sign * (smooth[near][place] - level), least)
        end = np.maximum(sign * (level - smooth[far][place]), least)
        crossing = index.astype(np.float64)
        crossing[:, axis] += start / (start + end)
        points.append(crossing)
    return np.concatenate(points)
