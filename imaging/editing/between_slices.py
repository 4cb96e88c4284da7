"""Filling the slices between drawn ones, and copying a slice to its neighbour."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imaging.editing.box_mask import BoxMask, whole_box
from imaging.editing.margins import signed_distance_mm
from imaging.geometry import VolumeGeometry
from imaging.labels import Box

FAR_SHARE = 4.0
"""Distances are cut at so many times the larger radius of a slice: far away they mean nothing."""


def gap_axis(structure: BoxMask) -> int | None:
    """The array axis along which a mask has the most empty slices between drawn ones."""
    gaps = []
    for axis in range(3):
        drawn = _drawn_slices(structure.mask, axis)
        gaps.append(int(drawn[-1] - drawn[0] + 1 - len(drawn)) if len(drawn) else 0)
    best = int(np.argmax(gaps))
    return best if gaps[best] else None


def filled_between(structure: BoxMask, geometry: VolumeGeometry, slice_axis: int) -> BoxMask:
    """The mask with every gap between drawn slices filled by a shape in between.

    Raya and Udupa's way: the signed distances to the outlines of two slices are mixed, so
    that the outline goes over from one to the other. Where the outlines lie side by side
    rather than on top of each other they are moved with their middles, as a tilted vessel asks.
    """
    spacing_mm = np.delete(geometry.spacing_kji_mm, slice_axis)
    slices = np.moveaxis(structure.mask, slice_axis, 0)
    # Outlines that move need no more room: they stay between the two that are drawn.
    padded = np.pad(slices, ((0, 0), (1, 1), (1, 1)))
    filled = slices.copy()
    drawn = _drawn_slices(structure.mask, slice_axis)
    for first, last in pairwise(drawn):
        if last - first < 2:
            continue
        between = _shapes_between(padded[first], padded[last], int(last - first), spacing_mm)
        filled[first + 1 : last] = between[:, 1:-1, 1:-1]
    return BoxMask(structure.box, np.moveaxis(filled, 0, slice_axis))


def copied_slice(structure: BoxMask, slice_axis: int, source: int, target: int) -> BoxMask:
    """What slice ``target`` of the grid holds once it is a copy of slice ``source``."""
    part = structure.box[slice_axis]
    box = list(structure.box)
    box[slice_axis] = slice(target, target + 1)
    if part.start <= source < part.stop:
        flat = np.take(structure.mask, source - part.start, axis=slice_axis)
    else:
        flat = np.zeros(np.delete(structure.mask.shape, slice_axis), np.bool_)
    return BoxMask((box[0], box[1], box[2]), np.expand_dims(flat, slice_axis))


def slice_box(shape: tuple[int, int, int], slice_axis: int, index: int) -> Box:
    """The box of one slice of a grid."""
    box = list(whole_box(shape))
    box[slice_axis] = slice(index, index + 1)
    return box[0], box[1], box[2]


def _drawn_slices(mask: NDArray[np.bool_], axis: int) -> NDArray[np.intp]:
    others = tuple(other for other in range(3) if other != axis)
    return np.flatnonzero(mask.any(axis=others))


def _shapes_between(
    first: NDArray[np.bool_], last: NDArray[np.bool_], steps: int, spacing_mm: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """The ``steps - 1`` shapes on the way from one slice to another."""
    from scipy.ndimage import shift

    start, end = (signed_distance_mm(part, spacing_mm) for part in (first, last))
    middles = [np.argwhere(part).mean(axis=0) for part in (first, last)]
    way = middles[1] - middles[0]
    moved = shift(first.astype(np.float32), way, order=1) > 0.5
    if np.count_nonzero(moved & last) <= np.count_nonzero(first & last):
        way = np.zeros(2)
    limit_mm = FAR_SHARE * float(max(start.max(), end.max()))
    start, end = (np.clip(part, -limit_mm, limit_mm) for part in (start, end))
    shapes = []
    for step in range(1, steps):
        share = step / steps
        mixed = (1 - share) * _moved(start, share * way) + share * _moved(end, (share - 1) * way)
        shapes.append(mixed > 0)
    return np.stack(shapes)


def _moved(field: NDArray[np.float32], way: NDArray[np.float64]) -> NDArray[np.float32]:
    from scipy.ndimage import shift

    if not way.any():
        return field
    moved: NDArray[np.float32] = shift(field, way, order=1, mode="nearest")
    return moved
