"""What engines are tried on: a synthetic patient as networks see patients, and a few clicks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from inference.guidance import guidance_channel
from inference.preprocessing import scale_intensity
from inference.ras import RasAxes

SIDE = 64
"""Of the input for a network that takes any size, in voxels."""

WHOLE_SIDE = 112
"""A network whose input is fixed at this or more sees the whole patient, others a part of one."""

LARGEST_SIDE = 128
"""A larger input is drawn at a part of its size and stretched: seconds against minutes."""

SPACING_KEY = "spacing_ras_mm"
"""In the metadata of a network's file: the voxels that a network of windows sees, see below."""

PART_SPACING_MM = (2.0, 2.0, 2.0)
"""Where a network's file says nothing."""

PART_REACH_LPS_MM = (112.0, 76.0, 72.0)
"""How far to the left, back and head of the middle a part reaches: spleen, pancreas are in it."""

BETWEEN_LPS_MM = (58.0, 12.0, 20.0)
"""From the middle: what a smaller part lies around, halfway from the spleen to the pancreas."""

LEAST_SPACING_MM, MOST_SPACING_MM = 0.3, 8.0
"""Other spacings are none that a network for organs was made for."""

LOW_HU, HIGH_HU = -90.0, 180.0
"""Scaled to 0..1: the mean of what the known networks for abdomens use."""

SEED = 20
STRUCTURES = ("spleen", "pancreas", "liver", "left kidney")
"""Clicked in the channels after the first, one in each; in the last of several, the aorta."""


def input_for(
    shape: tuple[int | None, ...], spacing_ras_mm: tuple[float, float, float] | None = None
) -> NDArray[np.float32]:
    """A seeded input (1, channels, r, a, s): a scaled CT, then clicks.

    Noise would not do: where a network was never taught what to say, rounding says it. The same
    holds for organs of half the size, so a network of windows sees voxels of its own spacing.
    """
    r, a, s = (SIDE if size is None else size for size in shape[2:])
    sizes = r, a, s
    is_whole = spacing_ras_mm is None and min(sizes) >= WHOLE_SIDE
    image, labels = _patient(sizes, None if is_whole else spacing_ras_mm or PART_SPACING_MM)
    count = (shape[1] or 1) - 1
    names = [STRUCTURES[n % len(STRUCTURES)] for n in range(count)]
    if count > 1:
        names[-1] = "aorta"
    channels = [guidance_channel(_middle(labels, name), sizes) for name in names]
    return np.stack([image, *channels])[None]


def spacing_text(spacing_ras_mm: Sequence[float]) -> str:
    """What stands under ``SPACING_KEY``."""
    return " ".join(f"{mm:g}" for mm in spacing_ras_mm)


def spacing_from(text: str) -> tuple[float, float, float] | None:
    """The inverse of ``spacing_text``; None for anything else."""
    try:
        r_mm, a_mm, s_mm = (float(word) for word in text.split())
    except ValueError:
        return None
    sane = all(LEAST_SPACING_MM <= mm <= MOST_SPACING_MM for mm in (r_mm, a_mm, s_mm))
    return (r_mm, a_mm, s_mm) if sane else None


@cache
def _patient(
    sizes_ras: tuple[int, int, int], spacing_ras_mm: tuple[float, float, float] | None
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Image and labels, both (r, a, s); read-only. Without a spacing it is the whole patient."""
    factors = [-(-size // LARGEST_SIDE) for size in sizes_ras]
    drawn = [-(-size // factor) for size, factor in zip(sizes_ras, factors, strict=True)]
    i, j, k = drawn
    if spacing_ras_mm is None:
        patient = make_phantom(SEED, shape=(k, j, i), oblique=False)
    else:
        spacing_mm = [mm * factor for mm, factor in zip(spacing_ras_mm, factors, strict=True)]
        away = [
            max(round(min(reach, between + mm * side / 2) / mm - side / 2), 0)
            for reach, between, mm, side in zip(
                PART_REACH_LPS_MM, BETWEEN_LPS_MM, spacing_mm, drawn, strict=True
            )
        ]
        i, j, k = (side + 2 * n for side, n in zip(drawn, away, strict=True))
        patient = make_phantom(
            SEED, shape=(k, j, i), spacing_kji_mm=spacing_mm[::-1], oblique=False
        )
    axes = RasAxes.of(patient.volume.geometry)
    image = scale_intensity(patient.volume.array.astype(np.float32), LOW_HU, HIGH_HU)
    image, labels = axes.to_ras(image), axes.to_ras(patient.labels)
    if spacing_ras_mm is not None:  # to the patient's left, back and head
        left, back, head = (2 * n for n in away)
        part = (slice(0, i - left), slice(0, j - back), slice(head, k))
        image, labels = image[part], labels[part]
    for axis, (size, factor) in enumerate(zip(sizes_ras, factors, strict=True)):
        if factor > 1:
            image = _stretched(image, axis, size)
            labels = labels.repeat(factor, axis)
    r, a, s = sizes_ras
    image, labels = np.ascontiguousarray(image), np.ascontiguousarray(labels[:r, :a, :s])
    image.flags.writeable = labels.flags.writeable = False
    return image, labels


def _stretched(image: NDArray[np.float32], axis: int, size: int) -> NDArray[np.float32]:
    """Linear interpolation along an axis to ``size`` voxels."""
    places = np.linspace(0, image.shape[axis] - 1, size, dtype=np.float32)
    below = np.minimum(places.astype(int), image.shape[axis] - 2)
    shape = [1, 1, 1]
    shape[axis] = size
    share = (places - below.astype(np.float32)).reshape(shape)
    lower, upper = image.take(below, axis), image.take(below + 1, axis)
    stretched: NDArray[np.float32] = lower + share * (upper - lower)
    return stretched


def _middle(labels: NDArray[np.uint8], name: str) -> NDArray[np.int64]:
    """The voxel of a structure nearest to its middle; none where the input holds none of it."""
    voxels = np.argwhere(labels == structure_by_name(name).label_value)
    if not len(voxels):
        return voxels
    nearest = np.square(voxels - voxels.mean(axis=0)).sum(axis=1).argmin()
    return voxels[nearest : nearest + 1]
