"""The box that the click network sees: where it lies, and its channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.labels import Box
from inference.grids import block_mean, interpolate
from inference.guidance import guidance_channel
from inference.network_specs import ClickSpec
from inference.preprocessing import PreparedVolume, scale_intensity

CONTEXT_MM = 24.0
"""How much of the surroundings the click network sees around mask and clicks, at least."""

FIRST_SIDE_MM = 128.0
"""Smallest side of its box: a first click must see a whole spleen."""

OUTSIDE_HU = -1000.0


@dataclass(frozen=True, slots=True, eq=False)
class NetworkBox:
    """An isotropic grid on the CT's canonical array.

    Voxel ``n`` along an axis lies at canonical index ``first_index + n * step``.
    """

    first_index: NDArray[np.float64]
    step: NDArray[np.float64]
    shape: tuple[int, int, int]


def network_box(
    spec: ClickSpec,
    prepared: PreparedVolume,
    mask_box: Box | None,
    points: NDArray[np.float64],
) -> NetworkBox:
    """Where the network looks, given all clicks (canonical indices) and the mask so far.

    ``mask_box`` is the mask's bounding box, None for an empty mask; then there must be a click.

    The box covers the mask and all clicks with some context. What is larger than the network's
    largest box is cut around the newest click.
    """
    spacing_mm = prepared.spacing_mm / np.array(prepared.factors)
    step = spec.spacing_mm / spacing_mm
    if mask_box is not None:
        corners = [[part.start for part in mask_box], [part.stop - 1 for part in mask_box]]
        covered = np.concatenate([points, np.array(corners, np.float64)])
    else:
        covered = points
    low, high = covered.min(axis=0), covered.max(axis=0)
    sides_mm = np.maximum((high - low) * spacing_mm + 2 * CONTEXT_MM, FIRST_SIDE_MM)
    multiple = spec.side_multiple
    sides = np.ceil(sides_mm / spec.spacing_mm / multiple).astype(int) * multiple
    sides = np.minimum(sides, spec.max_side)
    half = (sides - 1) / 2 * step
    center = (low + high) / 2
    # A box too small for everything slides so that the newest click keeps its context.
    if len(points):
        room = np.maximum(half - CONTEXT_MM / spacing_mm, 0)
        center = np.clip(center, points[-1] - room, points[-1] + room)
    return NetworkBox(center - half, step, (int(sides[0]), int(sides[1]), int(sides[2])))


def network_input(
    spec: ClickSpec,
    grid: NetworkBox,
    prepared: PreparedVolume,
    mask: NDArray[np.bool_],
    mask_box: Box | None,
    clicks: Sequence[Click],
    points: NDArray[np.float64],
) -> NDArray[np.float32]:
    """The channels that the package asks for, in its order; shape (1, channels, k, j, i).

    ``mask`` is on the canonical grid; only its bounding box is read.
    """
    network_points = (points - grid.first_index) / grid.step
    is_foreground = np.array([click.is_foreground for click in clicks], bool)
    channels = []
    for channel in spec.channels:
        if channel == "image":
            hu = _cut(prepared.array, prepared, grid, OUTSIDE_HU)
            channels.append(scale_intensity(hu, spec.low_hu, spec.high_hu))
        elif channel == "mask":
            channels.append(_cut_mask(mask, mask_box, prepared, grid))
        else:
            chosen = is_foreground if channel == "foreground" else ~is_foreground
            sigma = spec.guidance_sigma_voxels
            channels.append(guidance_channel(network_points[chosen], grid.shape, sigma))
    return np.stack(channels)[None]


def _cut(
    array: NDArray[np.float32],
    prepared: PreparedVolume,
    grid: NetworkBox,
    outside: float,
) -> NDArray[np.float32]:
    """Sample the working grid on the network's grid; ``outside`` where the CT has no voxels."""
    positions = []
    is_outside = []
    for axis in range(3):
        canonical = grid.first_index[axis] + np.arange(grid.shape[axis]) * grid.step[axis]
        factor = prepared.factors[axis]
        position = (canonical - (factor - 1) / 2) / factor
        positions.append(position)
        is_outside.append((position < -0.5) | (position > array.shape[axis] - 0.5))
    cut = interpolate(array, positions)
    cut[is_outside[0]] = outside
    cut[:, is_outside[1]] = outside
    cut[:, :, is_outside[2]] = outside
    return cut


def _cut_mask(
    mask: NDArray[np.bool_], mask_box: Box | None, prepared: PreparedVolume, grid: NetworkBox
) -> NDArray[np.float32]:
    """The mask so far on the network's grid, averaged as the CT was."""
    if mask_box is None:
        return np.zeros(grid.shape, np.float32)
    factors = np.array(prepared.factors)
    low = np.array([part.start for part in mask_box]) // factors
    high = -(-np.array([part.stop for part in mask_box]) // factors)
    high = np.minimum(high, np.array(prepared.array.shape))
    low = np.minimum(low, high - 1)
    block = tuple(slice(a * f, b * f) for a, b, f in zip(low, high, factors, strict=True))
    coarse = np.pad(block_mean(mask[block], prepared.factors), 1)
    # Index 0 of ``coarse`` is working voxel low - 1.
    shifted = NetworkBox(grid.first_index - (low - 1) * factors, grid.step, grid.shape)
    return _cut(coarse, prepared, shifted, 0.0)
