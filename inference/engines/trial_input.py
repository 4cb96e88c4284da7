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

PointMm = tuple[float, float, float]

SIDE = 64
"""Of the input for a network that takes any size, in voxels."""

WHOLE_SIDE = 112
"""A network whose input is fixed at this or more, and which says nothing of its voxels, sees the
whole patient, others a part of one."""

LARGEST_SIDE = 128
"""A larger input is drawn at a part of its size and stretched: seconds against minutes."""

SPACING_KEY = "spacing_ras_mm"
"""In the metadata of a network's file: the size of the voxels that a network of windows sees, in mm
along R, A, S."""

PART_SPACING_MM = (2.0, 2.0, 2.0)
"""Where a network's file says nothing."""

PART_REACH_LPS_MM = (112.0, 76.0, 72.0)
"""How far to the left, back and head of the patient's middle a part reaches, in which spleen and
pancreas are; a larger one lies around the middle."""

BOTH_MM = 140.0
"""A part of this length along each axis and more holds most of spleen and pancreas."""

SPLEEN_LPS_MM = (92.0, 35.0, 41.0)
PANCREAS_LPS_MM = (23.0, -12.0, 0.0)
"""Where their middles lie, seen from the patient's; smaller parts lie around each of them."""

BETWEEN_LPS_MM = (58.0, 12.0, 20.0)
"""Halfway from one to the other."""

LEAST_SPACING_MM, MOST_SPACING_MM = 0.5, 8.0
"""With others a network is tried as one that says nothing: smaller voxels would draw too many."""

LOW_HU, HIGH_HU = -90.0, 180.0
"""Scaled to 0..1: the mean of what the known networks for abdomens use."""

SEED = 20
STRUCTURES = ("spleen", "pancreas", "liver", "left kidney")
"""Clicked in the channels after the first, one in each; in the last of several, the aorta."""


def inputs_for(
    shape: tuple[int | None, ...], spacing_ras_mm: PointMm | None
) -> tuple[NDArray[np.float32], ...]:
    """All that a network is tried on: one input, or two where a window holds one organ only.

    A network of windows, whose ``spacing_ras_mm`` is known, sees voxels of its own size: in organs
    of half the size it finds what it was never taught, and there rounding decides.
    """
    if spacing_ras_mm is None:
        return (input_for(shape),)
    extents_lps_mm = np.array(spacing_ras_mm) * _sizes(shape)
    if (extents_lps_mm >= BOTH_MM).all():
        reach_mm = np.minimum(PART_REACH_LPS_MM, BETWEEN_LPS_MM + extents_lps_mm / 2)
        return (_input(shape, spacing_ras_mm, np.maximum(reach_mm, extents_lps_mm / 2)),)
    return tuple(
        _input(shape, spacing_ras_mm, middle_mm + extents_lps_mm / 2)
        for middle_mm in (SPLEEN_LPS_MM, PANCREAS_LPS_MM)
    )


def input_for(shape: tuple[int | None, ...]) -> NDArray[np.float32]:
    """A seeded input (1, channels, r, a, s): a scaled CT, then clicks.

    Noise would not do: where a network was never taught what to say, rounding says it.
    """
    is_whole = min(_sizes(shape)) >= WHOLE_SIDE
    extents_lps_mm = np.array(PART_SPACING_MM) * _sizes(shape)
    reach_mm = np.maximum(PART_REACH_LPS_MM, extents_lps_mm / 2)
    return _input(shape, None if is_whole else PART_SPACING_MM, reach_mm)


def _sizes(shape: tuple[int | None, ...]) -> tuple[int, int, int]:
    r, a, s = (SIDE if size is None else size for size in shape[2:])
    return r, a, s


def _input(
    shape: tuple[int | None, ...], spacing_ras_mm: PointMm | None, reach_lps_mm: NDArray[np.float64]
) -> NDArray[np.float32]:
    sizes = _sizes(shape)
    left_mm, back_mm, head_mm = reach_lps_mm.tolist()
    image, labels = _patient(sizes, spacing_ras_mm, (left_mm, back_mm, head_mm))
    count = (shape[1] or 1) - 1
    names = [STRUCTURES[n % len(STRUCTURES)] for n in range(count)]
    if count > 1:
        names[-1] = "aorta"
    channels = [guidance_channel(_middle(labels, name), sizes) for name in names]
    return np.stack([image, *channels])[None]


def spacing_text(spacing_ras_mm: Sequence[float]) -> str:
    """What stands under ``SPACING_KEY``."""
    return " ".join(f"{mm:g}" for mm in spacing_ras_mm)


def spacing_from(text: str) -> PointMm | None:
    """The inverse of ``spacing_text``; None for anything else."""
    try:
        r_mm, a_mm, s_mm = (float(word) for word in text.split())
    except ValueError:
        return None
    sane = all(LEAST_SPACING_MM <= mm <= MOST_SPACING_MM for mm in (r_mm, a_mm, s_mm))
    return (r_mm, a_mm, s_mm) if sane else None


@cache
def _patient(
    sizes_ras: tuple[int, int, int], spacing_ras_mm: PointMm | None, reach_lps_mm: PointMm
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Image and labels, both (r, a, s); read-only.

    Without a spacing it is the whole patient, else a part that ends ``reach_lps_mm`` to the left,
    back and head of the patient's middle.
    """
    factors = [-(-size // LARGEST_SIDE) for size in sizes_ras]
    drawn = [-(-size // factor) for size, factor in zip(sizes_ras, factors, strict=True)]
    i, j, k = drawn
    if spacing_ras_mm is None:
        patient = make_phantom(SEED, shape=(k, j, i), oblique=False)
    else:
        spacing_mm = [mm * factor for mm, factor in zip(spacing_ras_mm, factors, strict=True)]
        away = [
            round(reach / mm - side / 2)
            for reach, mm, side in zip(reach_lps_mm, spacing_mm, drawn, strict=True)
        ]
        i, j, k = (side + 2 * abs(n) for side, n in zip(drawn, away, strict=True))
        patient = make_phantom(
            SEED, shape=(k, j, i), spacing_kji_mm=spacing_mm[::-1], oblique=False
        )
    axes = RasAxes.of(patient.volume.geometry)
    image = scale_intensity(patient.volume.array.astype(np.float32), LOW_HU, HIGH_HU)
    image, labels = axes.to_ras(image), axes.to_ras(patient.labels)
    if spacing_ras_mm is not None:  # to the patient's left, back and head
        left, back, head = (2 * n for n in away)
        part = (_nearer_start(i, left), _nearer_start(j, back), _nearer_start(k, -head))
        image, labels = image[part], labels[part]
    for axis, (size, factor) in enumerate(zip(sizes_ras, factors, strict=True)):
        if factor > 1:
            image = _stretched(image, axis, size)
            labels = labels.repeat(factor, axis)
    r, a, s = sizes_ras
    image, labels = np.ascontiguousarray(image), np.ascontiguousarray(labels[:r, :a, :s])
    image.flags.writeable = labels.flags.writeable = False
    return image, labels


def _nearer_start(length: int, left_out: int) -> slice:
    """Of so many voxels all but some at the end; where that is negative, at the start."""
    return slice(max(-left_out, 0), min(length - left_out, length))


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
