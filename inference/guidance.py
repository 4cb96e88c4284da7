"""Clicks as network input: one channel for each label, a Gaussian bump for each click."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf

TRUNCATE_SIGMAS = 4.0
"""MONAI's ``GaussianFilter`` cuts its kernel here: 25 taps for a sigma of 3."""


@lru_cache(maxsize=8)
def gaussian_taps(sigma_voxels: float) -> NDArray[np.float32]:
    """MONAI's "erf" Gaussian kernel: the integral over each voxel; read-only."""
    tail = int(max(sigma_voxels * TRUNCATE_SIGMAS, 0.5) + 0.5)
    x = np.arange(-tail, tail + 1, dtype=np.float64)
    t = 0.70710678 / sigma_voxels
    integral = 0.5 * (erf(t * (x + 0.5)) - erf(t * (x - 0.5)))
    taps: NDArray[np.float32] = np.maximum(integral, 0).astype(np.float32)
    taps.flags.writeable = False
    return taps


def guidance_channel(
    indices_kji: ArrayLike, shape: tuple[int, int, int], sigma_voxels: float = 3.0
) -> NDArray[np.float32]:
    """One channel of guidance: a Gaussian at each click, scaled so that the maximum is 1.

    ``indices_kji`` are continuous indices of the network's grid, shape (n, 3); they are rounded
    to the nearest voxel and clamped into the grid. Two clicks on one voxel count once. No
    clicks give zeros. Equal to MONAI's ``AddGuidanceSignalDeepEditd`` (a blurred click map
    stretched to 0..1) at about a hundredth of its time, since only the patches are touched.
    """
    channel = np.zeros(shape, np.float32)
    points = np.asarray(indices_kji, np.float64).reshape(-1, 3)
    if len(points) == 0:
        return channel
    last = np.array(shape) - 1
    voxels = np.unique(np.clip(np.floor(points + 0.5), 0, last).astype(int), axis=0)
    taps = gaussian_taps(sigma_voxels)
    tail = len(taps) // 2
    for voxel in voxels:
        starts = np.maximum(voxel - tail, 0)
        stops = np.minimum(voxel + tail + 1, shape)
        k, j, i = (
            taps[a - v + tail : b - v + tail] for a, b, v in zip(starts, stops, voxel, strict=True)
        )
        box = tuple(slice(a, b) for a, b in zip(starts, stops, strict=True))
        channel[box] += k[:, None, None] * j[None, :, None] * i[None, None, :]
    low = channel.min()
    channel -= low
    channel /= channel.max()
    return channel
