"""What a round brush covers on any grid: sizes are millimetres, also on oblique ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.editing.box_mask import BoxMask
from imaging.geometry import VolumeGeometry

SQUARE_TOLERANCE_MM2 = 1e-6
"""A voxel centre on the rim belongs to the brush, whichever way the grid is turned."""

MIN_RADIUS_MM, MAX_RADIUS_MM = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Brush:
    """A brush of a radius; a ball, or else a disc in the plane that is drawn in."""

    radius_mm: float
    is_ball: bool = False

    def resized(self, factor: float) -> Brush:
        """A larger or smaller brush, within the limits."""
        radius_mm = min(max(self.radius_mm * factor, MIN_RADIUS_MM), MAX_RADIUS_MM)
        return Brush(radius_mm, self.is_ball)


def swept_brush(
    geometry: VolumeGeometry,
    start_kji: ArrayLike,
    end_kji: ArrayLike,
    radius_mm: float,
    slice_axis: int | None = None,
) -> BoxMask | None:
    """The voxels that a brush covers on its way; None if it misses the grid.

    The voxels that hold the two ends always belong to it, however small the brush is. A fast
    movement leaves no gaps, because all of the way between two places is covered.

    Args:
        geometry: the grid; may be anisotropic, oblique or sheared.
        start_kji: a continuous index, outside the grid as well.
        end_kji: where the brush went from there; the same for one dab.
        radius_mm: of the brush.
        slice_axis: the array axis across which a disc lies, in the slice of ``start_kji``; None
            for a ball.
    """
    start = np.array(start_kji, np.float64)
    end = np.array(end_kji, np.float64)
    if slice_axis is not None:
        start[slice_axis] = end[slice_axis] = np.floor(start[slice_axis] + 0.5)
    axes = [axis for axis in range(3) if axis != slice_axis]
    steps = geometry.affine[:3, axes]
    metric = steps.T @ steps  # squared mm of a step in these axes, also where they are sheared
    reach = np.zeros(3)
    reach[axes] = radius_mm * np.sqrt(np.diag(np.linalg.inv(metric)))
    # The voxels of both ends are inside even where the brush is smaller than a voxel.
    low = np.minimum(
        np.ceil(np.minimum(start, end) - reach), np.floor(np.minimum(start, end) + 0.5)
    )
    high = np.maximum(
        np.floor(np.maximum(start, end) + reach), np.floor(np.maximum(start, end) + 0.5)
    )
    low = np.maximum(low, 0).astype(int)
    stop = np.minimum(high + 1, geometry.shape).astype(int)
    if (low >= stop).any():
        return None
    mask = _near_segment(low, stop, start, end, axes, metric, radius_mm)
    for point in (start, end):
        index = np.floor(point + 0.5).astype(int)
        if ((index >= low) & (index < stop)).all():
            mask[tuple(index - low)] = True
    k, j, i = (slice(int(a), int(b)) for a, b in zip(low, stop, strict=True))
    return BoxMask((k, j, i), mask)


def _near_segment(
    low: NDArray[np.int_],
    stop: NDArray[np.int_],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    axes: Iterable[int],
    metric: NDArray[np.float64],
    radius_mm: float,
) -> NDArray[np.bool_]:
    """Which voxel centres of a block lie within a radius of a segment."""
    axes = list(axes)
    offsets = [np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), np.zeros((1, 1, 1))]
    for axis in range(3):
        line = np.arange(low[axis], stop[axis]) - start[axis]
        offsets[axis] = line.reshape([-1 if axis == other else 1 for other in range(3)])
    square_mm2 = np.zeros((1, 1, 1))
    for row, a in enumerate(axes):
        square_mm2 = square_mm2 + metric[row, row] * offsets[a] ** 2
        for column in range(row):
            if metric[row, column] != 0.0:
                b = axes[column]
                square_mm2 = square_mm2 + 2 * metric[row, column] * (offsets[a] * offsets[b])
    way = (end - start)[axes]
    length_mm2 = float(way @ metric @ way)
    if length_mm2 > 0.0:
        along = np.zeros((1, 1, 1))
        for row, a in enumerate(axes):
            along = along + float(metric[row] @ way) * offsets[a]
        share = np.clip(along / length_mm2, 0.0, 1.0)
        square_mm2 = square_mm2 + share * (share * length_mm2 - 2 * along)
    mask: NDArray[np.bool_] = np.broadcast_to(
        square_mm2 <= radius_mm**2 + SQUARE_TOLERANCE_MM2, stop - low
    ).copy()
    return mask
