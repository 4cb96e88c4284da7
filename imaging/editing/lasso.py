"""What a line drawn around something encloses, in one slice or through all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from imaging.editing.box_mask import BoxMask, whole_box
from imaging.labels import Box
from imaging.readers.polygon_fill import filled_polygon


def inside_of_line(
    points_kji: ArrayLike, slice_axis: int, shape: Sequence[int], slices: slice | None = None
) -> BoxMask | None:
    """The voxels that a closed line encloses; None if it encloses none.

    A line that crosses itself encloses what cannot be reached from outside of it.

    Args:
        points_kji: continuous indices along the line, shape (n, 3), all in one slice.
        slice_axis: the array axis across that slice.
        shape: of the grid.
        slices: the slices that are cut along ``slice_axis``; None for the line's own.
    """
    from scipy.ndimage import binary_fill_holes

    points = np.asarray(points_kji, np.float64)
    if len(points) < 3:
        return None
    first, second = (axis for axis in range(3) if axis != slice_axis)
    size = (int(shape[first]), int(shape[second]))
    corners = points[:, [first, second]]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, size)
    stop = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, 0, size)
    if (low >= stop).any():
        return None
    # The line is filled with air around it, so that what lies outside the grid closes it too.
    start = np.floor(corners.min(axis=0))
    extent = np.ceil(corners.max(axis=0)) - start + 1
    flat = filled_polygon(corners - start, (int(extent[0]), int(extent[1])))
    flat = binary_fill_holes(flat)
    offset = (low - start).astype(int)
    flat = flat[offset[0] : offset[0] + stop[0] - low[0], offset[1] : offset[1] + stop[1] - low[1]]
    if not flat.any():
        return None
    if slices is None:
        own = int(np.floor(points[0, slice_axis] + 0.5))
        slices = slice(own, own + 1)
    part: list[slice] = list(whole_box(shape))
    part[first] = slice(int(low[0]), int(stop[0]))
    part[second] = slice(int(low[1]), int(stop[1]))
    part[slice_axis] = slice(max(0, slices.start), min(int(shape[slice_axis]), slices.stop))
    box: Box = (part[0], part[1], part[2])
    if part[slice_axis].start >= part[slice_axis].stop:
        return None
    sizes = [one.stop - one.start for one in box]
    return BoxMask(box, np.broadcast_to(np.expand_dims(flat, slice_axis), sizes))
