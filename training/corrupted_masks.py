"""Wrong masks to learn from: what a first answer or a hurried hand may leave behind."""

from __future__ import annotations

import edt
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter


def signed_depth(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance to the mask's border in voxels, positive inside; large where there is none."""
    inside = edt.edt(mask, black_border=False)
    outside = edt.edt(~mask, black_border=False)
    limit = np.float32(sum(mask.shape))
    depth: NDArray[np.float32] = np.minimum(inside, limit) - np.minimum(outside, limit)
    return depth


def smooth_noise(
    shape: tuple[int, int, int], sigma_voxels: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Noise with a correlation length, zero mean and unit variance."""
    noise = gaussian_filter(rng.standard_normal(shape, dtype=np.float32), sigma_voxels)
    smooth: NDArray[np.float32] = (noise - noise.mean()) / (noise.std() + 1e-6)
    return smooth


def corrupt_mask(
    target: NDArray[np.bool_], neighbours: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """A mask that is wrong in the ways masks are: border off, a part missing, a neighbour eaten.

    ``neighbours`` is where other labelled structures lie; leaks go there by preference.
    """
    if not target.any():
        return target.copy()
    amplitude = abs(rng.normal(0, 2.0))
    bias = rng.normal(0, 1.2)
    wobble = smooth_noise(target.shape, float(rng.uniform(2, 6)), rng)
    mask: NDArray[np.bool_] = signed_depth(target) + amplitude * wobble + bias > 0
    if rng.random() < 0.4:
        mask &= ~_half_space(target, rng)
    if rng.random() < 0.35:
        mask |= _ball_on_border(target, rng) & (neighbours | (rng.random() < 0.4))
    return mask


def _half_space(target: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Everything beyond a random plane through the structure."""
    points = np.argwhere(target)
    through = points[rng.integers(len(points))]
    normal = rng.normal(size=3)
    grids = np.ogrid[tuple(slice(0, n) for n in target.shape)]
    side: NDArray[np.bool_] = (
        sum((grid - at) * n for grid, at, n in zip(grids, through, normal, strict=True)) > 0
    )
    return side


def _ball_on_border(target: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """A ball centred near the structure's border."""
    points = np.argwhere(target)
    center = points[rng.integers(len(points))] + rng.normal(0, 4, 3)
    radius = rng.uniform(4, 12)
    grids = np.ogrid[tuple(slice(0, n) for n in target.shape)]
    ball: NDArray[np.bool_] = (
        sum((grid - at) ** 2 for grid, at in zip(grids, center, strict=True)) < radius**2
    )
    return ball
