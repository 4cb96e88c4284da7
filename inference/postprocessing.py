"""From probabilities on a network's grid to masks on the volume's own grid."""

from __future__ import annotations

import cc3d
import numpy as np
from numpy.typing import NDArray

from imaging.labels import Box
from inference.grids import interpolate
from inference.preprocessing import PreparedVolume


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
    parts, positions = [], []
    for axis, size in enumerate(prepared.canonical_shape):
        n = probability.shape[axis]
        low = first_index[axis] - step[axis] / 2
        high = first_index[axis] + (n - 0.5) * step[axis]
        start = int(np.clip(np.ceil(low), 0, size - 1))
        stop = int(np.clip(np.floor(high) + 1, start + 1, size))
        parts.append(slice(start, stop))
        positions.append((np.arange(start, stop) - first_index[axis]) / step[axis])
    fine = interpolate(probability, positions)
    return (parts[0], parts[1], parts[2]), fine > 0.5


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
    grids = np.ogrid[tuple(slice(0, n) for n in before.shape)]
    reached = np.zeros(before.shape, bool)
    for point in points_index:
        reached |= (
            sum(
                ((grid - at) / reach) ** 2
                for grid, at, reach in zip(grids, point, reach_voxels, strict=True)
            )
            <= 1
        )
    for changed, value in ((after & ~before, True), (before & ~after, False)):
        components = cc3d.connected_components(np.ascontiguousarray(changed), connectivity=6)
        touched = np.unique(components[reached & changed])
        result[np.isin(components, touched[touched > 0])] = value
    return result
