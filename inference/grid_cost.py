"""What a network's grid costs: the Dice that a perfect network on it could reach at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.labels import bounding_box
from imaging.measures import dice
from inference.grids import interpolate


@dataclass(frozen=True, slots=True)
class GridCost:
    """The best Dice on one grid, when labels or probabilities go back to the CT's grid."""

    grid: str
    nearest: float
    linear: float


def squeezed_grid_cost(mask: NDArray[np.bool_], side: int) -> GridCost:
    """The whole CT squeezed to a cube of ``side`` voxels, as MONAI's DeepEdit bundle does."""
    steps = np.array(mask.shape) / side
    return _cost(f"whole CT in {side} cubed", mask, steps)


def isotropic_grid_cost(
    mask: NDArray[np.bool_], spacing_kji_mm: NDArray[np.float64], grid_mm: float
) -> GridCost:
    """A box around the structure on a grid of ``grid_mm``, as our click network has it."""
    return _cost(f"box at {grid_mm:g} mm", mask, grid_mm / spacing_kji_mm)


def _cost(grid: str, mask: NDArray[np.bool_], steps: NDArray[np.float64]) -> GridCost:
    """``steps`` is the grid's voxel in voxels of ``mask``, along k, j, i.

    A perfect network knows which share of each of its voxels the structure fills.
    """
    box = bounding_box(mask)
    if box is None:
        return GridCost(grid, 1.0, 1.0)
    margins = np.ceil(2 * steps + 1).astype(int)
    inside = np.pad(mask[box], [(n, n) for n in margins])
    share = inside.astype(np.float32)
    positions = []
    for axis, step in enumerate(steps):
        size = inside.shape[axis]
        count = int(np.ceil(size / step))
        share = _mean_over_cells(share, axis, float(step), count)
        positions.append((np.arange(size) + 0.5) / step - 0.5)
    linear = interpolate(share, positions) > 0.5
    chosen = [
        np.clip(np.floor(at + 0.5), 0, n - 1).astype(int)
        for at, n in zip(positions, share.shape, strict=True)
    ]
    nearest = (share > 0.5)[np.ix_(*chosen)]
    return GridCost(grid, dice(nearest, inside), dice(linear, inside))


def _mean_over_cells(
    array: NDArray[np.float32], axis: int, step: float, count: int
) -> NDArray[np.float32]:
    """Exact mean over ``count`` cells of ``step`` voxels along one axis; zero beyond the end."""
    moved = np.moveaxis(array, axis, 0).astype(np.float64)
    total = np.concatenate([np.zeros((1, *moved.shape[1:])), np.cumsum(moved, axis=0)])
    edges = np.minimum(np.arange(count + 1) * step, len(moved))
    below = np.minimum(edges.astype(int), len(moved) - 1)
    part = (edges - below).reshape(-1, 1, 1)
    at_edges = total[below] + part * (total[below + 1] - total[below])
    means = np.diff(at_edges, axis=0) / step
    result: NDArray[np.float32] = np.moveaxis(means, 0, axis).astype(np.float32)
    return result
