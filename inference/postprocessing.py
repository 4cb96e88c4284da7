"""From probabilities on a network's grid to masks on the volume's own grid."""

from __future__ import annotations

from collections.abc import Sequence

import cc3d
import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.geometry import VolumeGeometry
from imaging.labels import Box, bounding_box
from inference.grids import interpolate
from inference.preprocessing import PreparedVolume

REACH_MM = 12.0
"""A change is about a click if it comes this near to it."""

CLICK_RADIUS_MM = 2.0
"""Around a click its own word counts, whatever the network says."""


def structure_probability(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax of two classes (2, k, j, i), background first: the structure's share."""
    difference = np.clip(logits[0] - logits[1], -60, 60)
    probability: NDArray[np.float32] = 1 / (1 + np.exp(difference))
    return probability


def mask_from_probability(
    probability: NDArray[np.float32],
    first_index: NDArray[np.float64],
    step: NDArray[np.float64],
    prepared: PreparedVolume,
) -> tuple[Box, NDArray[np.bool_]]:
    """Threshold a probability map on the CT's canonical grid, by linear interpolation.

    Voxel ``n`` of ``probability`` lies at ``first_index + n * step`` of the canonical array of
    the CT. Returns the box that the map covers, as canonical slices, and the mask inside it.
    """
    # Between voxels of at most 0.5 nothing is above it: only the rest is brought to the fine grid.
    likely = bounding_box(probability > 0.5)
    parts, positions, inner = [], [], []
    for axis, size in enumerate(prepared.canonical_shape):
        n = probability.shape[axis]
        low = first_index[axis] - step[axis] / 2
        high = first_index[axis] + (n - 0.5) * step[axis]
        start = int(np.clip(np.ceil(low), 0, size - 1))
        stop = int(np.clip(np.floor(high) + 1, start + 1, size))
        parts.append(slice(start, stop))
        at = (np.arange(start, stop) - first_index[axis]) / step[axis]
        if likely is not None:
            near = np.flatnonzero((at > likely[axis].start - 1) & (at < likely[axis].stop))
            inner.append(slice(near[0], near[-1] + 1) if near.size else slice(0, 0))
            positions.append(at[inner[-1]])
    mask = np.zeros([part.stop - part.start for part in parts], bool)
    if likely is not None and all(at.size for at in positions):
        mask[tuple(inner)] = interpolate(probability, positions) > 0.5
    return (parts[0], parts[1], parts[2]), mask


def canonical_box_to_own(box: Box, prepared: PreparedVolume) -> Box:
    """A box of the canonical array as a box of the CT's own array."""
    own: list[slice] = [slice(0, 0)] * 3
    for part, axis, flip, size in zip(
        box, prepared.axes.order, prepared.axes.is_flipped, prepared.canonical_shape, strict=True
    ):
        own[axis] = slice(size - part.stop, size - part.start) if flip else part
    return own[0], own[1], own[2]


def keep_change_near(
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    points_index: NDArray[np.float64],
    reach_voxels: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """``before`` with only those connected changes that come near one of the points.

    A change is a 6-connected set of voxels that all appear, or all vanish. It counts as near
    where it touches the ellipsoid of half-axes ``reach_voxels`` around a point, so a click
    never alters what it is not about.
    """
    result = before.copy()
    different = before != after
    region = bounding_box(different)
    if region is None:
        return result
    corner = [part.start for part in region]
    different, appears, inner = different[region], after[region], result[region]
    around = [ellipsoid(inner.shape, point - corner, reach_voxels) for point in points_index]
    for value in (True, False):
        changed = np.ascontiguousarray(different & (appears == value))
        components = cc3d.connected_components(changed, connectivity=6)
        is_near = np.zeros(int(components.max()) + 1, bool)
        for box, ball in around:
            is_near[components[box][ball]] = True
        is_near[0] = False
        inner[is_near[components]] = value
    return result


def ellipsoid(
    shape: tuple[int, ...], center: NDArray[np.float64], radii: NDArray[np.float64]
) -> tuple[Box, NDArray[np.bool_]]:
    """The voxels of an array of ``shape`` within an ellipsoid: a box, and the mask in it.

    ``center`` may lie outside of the array; the box is empty where nothing is within.
    """
    parts, squares = [], []
    for size, at, radius in zip(shape, center, radii, strict=True):
        start = int(np.clip(np.ceil(at - radius), 0, size))
        stop = int(np.clip(np.floor(at + radius) + 1, start, size))
        parts.append(slice(start, stop))
        squares.append(((np.arange(start, stop) - at) / radius) ** 2)
    k, j, i = squares
    ball: NDArray[np.bool_] = k[:, None, None] + j[:, None] + i <= 1
    return (parts[0], parts[1], parts[2]), ball


def answer_near_clicks(
    before: NDArray[np.bool_],
    answer: NDArray[np.bool_],
    clicks: Sequence[Click],
    points_index: NDArray[np.float64],
    spacing_mm: NDArray[np.float64],
    new_clicks: int,
) -> NDArray[np.bool_]:
    """The mask before, changed near the newest ``new_clicks`` only, and right at every click.

    ``before``, ``answer`` and ``points_index`` (n, 3) are on one grid of that spacing; ``answer``
    is written to.
    """
    for click, point in zip(clicks, points_index, strict=True):
        if (point > -0.5).all() and (point < np.array(answer.shape) - 0.5).all():
            near, ball = ellipsoid(answer.shape, point, CLICK_RADIUS_MM / spacing_mm)
            answer[near][ball] = click.is_foreground
            answer[tuple(np.floor(point + 0.5).astype(int))] = click.is_foreground
    # At least a voxel: where voxels are longer than the reach, a click still has its own.
    reach_voxels = np.maximum(REACH_MM / spacing_mm, 1)
    return keep_change_near(before, answer, points_index[-new_clicks:], reach_voxels)


def keep_hand_edits(
    mask: NDArray[np.bool_],
    expected: NDArray[np.bool_],
    answer: NDArray[np.bool_],
    points_index: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """``answer`` with the hand edits of ``mask`` wherever the clicks said nothing new about them.

    A hand edit is where the mask is not what the model answered before (``expected``). It stays
    where the model's answer is still the same, unless a new click lies on it.
    """
    edited = (mask != expected) & (expected == answer)
    if not edited.any():
        return answer
    parts = cc3d.connected_components(edited, connectivity=6)
    for index in np.floor(points_index + 0.5).astype(int):
        part = parts[tuple(index)]
        if part:
            edited[parts == part] = False
    return np.where(edited, mask, answer)


def union_box(
    boxes: Sequence[Box], points_index: NDArray[np.float64], geometry: VolumeGeometry
) -> Box:
    """The smallest box that covers ``boxes`` and the reach around points inside the grid."""
    reach = np.maximum(REACH_MM / geometry.spacing_kji_mm, 1) + 1
    last = np.array(geometry.shape) - 1
    low = [np.clip(np.floor(points_index.min(axis=0) - reach), 0, last)]
    high = [np.clip(np.ceil(points_index.max(axis=0) + reach), 0, last) + 1]
    low += [np.array([part.start for part in box]) for box in boxes]
    high += [np.array([part.stop for part in box]) for box in boxes]
    starts, stops = np.min(low, axis=0).astype(int), np.max(high, axis=0).astype(int)
    k, j, i = (slice(int(a), int(b)) for a, b in zip(starts, stops, strict=True))
    return k, j, i


def no_mask() -> tuple[Box, NDArray[np.bool_]]:
    """A box and a mask that mean "nothing was found"."""
    return (slice(0, 1), slice(0, 1), slice(0, 1)), np.zeros((1, 1, 1), bool)
