"""A brush that stops where the tissue changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.editing.box_mask import BoxMask, inner_box
from imaging.editing.brush import swept_brush
from imaging.geometry import VolumeGeometry

CORE_SHARE = 0.35
"""The middle of the brush, by radius, says which tissue is meant."""

SPREAD_FACTOR = 2.5
MIN_TOLERANCE_HU, MAX_TOLERANCE_HU = 25.0, 120.0
"""Tissue within so many standard deviations of the core is the same; within these limits."""

MAD_TO_DEVIATION = 1.4826
"""Turns a median absolute deviation into a standard deviation of normal noise."""


def stuck_to_edges(
    array_hu: NDArray[np.int16],
    geometry: VolumeGeometry,
    stamp: BoxMask,
    center_kji: ArrayLike,
    radius_mm: float,
    slice_axis: int | None = None,
) -> BoxMask:
    """The part of a brush's ``stamp`` whose tissue is that of its middle and touches it.

    Nothing of it where the middle is outside the CT.

    Args:
        array_hu: the CT.
        geometry: its grid.
        stamp: what the brush covers.
        center_kji: its middle, a continuous index.
        radius_mm: of the brush.
        slice_axis: as for ``swept_brush``.
    """
    import cc3d
    from scipy.ndimage import (
        binary_dilation,
        binary_fill_holes,
        generate_binary_structure,
        uniform_filter,
    )

    core = swept_brush(geometry, center_kji, center_kji, CORE_SHARE * radius_mm, slice_axis)
    if core is None or not core.mask.any():  # the middle is outside the CT: no tissue is meant
        return BoxMask(stamp.box, np.zeros_like(stamp.mask))
    core_hu = array_hu[core.box][core.mask]
    middle_hu = float(np.median(core_hu))
    deviation_hu = MAD_TO_DEVIATION * float(np.median(np.abs(core_hu - middle_hu)))
    tolerance_hu = float(np.clip(SPREAD_FACTOR * deviation_hu, MIN_TOLERANCE_HU, MAX_TOLERANCE_HU))
    hu = array_hu[stamp.box].astype(np.float32)
    size = [1 if axis == slice_axis else 3 for axis in range(3)]
    smooth_hu = uniform_filter(hu, size, mode="nearest")
    alike = np.abs(smooth_hu - middle_hu) <= tolerance_hu
    # Smoothing takes the outermost voxels from the organ: give them back where they are alike.
    rim = binary_dilation(alike, generate_binary_structure(3, 1)) & ~alike
    alike |= rim & (np.abs(hu - middle_hu) <= tolerance_hu)
    alike &= stamp.mask
    in_core = np.zeros_like(alike)
    in_core[inner_box(core.box, stamp.box)] = core.mask  # the core is the middle of the stamp
    alike |= in_core & stamp.mask
    parts = cc3d.connected_components(alike, connectivity=6)
    touched = np.unique(parts[in_core & alike])
    kept = np.isin(parts, touched[touched > 0])
    if slice_axis is not None:
        flat = binary_fill_holes(np.squeeze(kept, axis=slice_axis))
        kept = np.expand_dims(flat, slice_axis)
    else:
        kept = binary_fill_holes(kept)
    return BoxMask(stamp.box, kept & stamp.mask)
