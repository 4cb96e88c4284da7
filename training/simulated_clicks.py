"""Simulated users: an exact and a jittered one, who click where the mask is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cc3d
import edt
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from imaging.labels import Box

DEEP_SHARE = 0.6
"""A careless user still clicks well inside an error: at least this share of its depth."""

MISS_MM = 3.0
"""A hand misses the middle of an error by about this much (one standard deviation an axis)."""

SECOND_ERROR_SHARE = 0.15
"""How often a person sees the second largest error first."""

BORDER_SHARE = 0.20
"""How often a person clicks at the border of an error rather than near its middle."""

WRONG_SHARE = 0.05
"""How often a click slips across the border: it then says what is not true."""

BORDER_QUANTILE = 0.2
"""The border of an error: this share of its voxels, the shallowest ones."""

SLIP_VOXELS = 2
"""How far a click slips."""


@dataclass(frozen=True, slots=True)
class SimulatedClick:
    """A click as a voxel of the grid that the masks share."""

    index_kji: tuple[int, int, int]
    is_foreground: bool


def click_in_largest_error(
    target: NDArray[np.bool_],
    mask: NDArray[np.bool_],
    spacing_kji_mm: NDArray[np.float64],
    rng: np.random.Generator | None = None,
) -> SimulatedClick | None:
    """The next click of a user who sees where ``mask`` differs from ``target``.

    The user takes the largest connected error (6-neighbourhood), missing or surplus, and clicks
    its middle: the voxel farthest from the error's border in mm. With ``rng`` the user is
    careless: errors are chosen in proportion to their size and the click falls on any voxel
    at ``DEEP_SHARE`` of the largest depth. Returns None where nothing is wrong.
    """
    errors = _errors(target & ~mask, mask & ~target)
    if not errors:
        return None
    error = _choose_error(errors, rng)
    depth_mm = _depth_mm(error.region(), spacing_kji_mm)
    if rng is None:
        flat = int(np.argmax(depth_mm))
    else:
        flat = int(rng.choice(np.flatnonzero(depth_mm >= DEEP_SHARE * depth_mm.max())))
    inside = np.unravel_index(flat, depth_mm.shape)
    return SimulatedClick(_index(inside, error.box), error.is_foreground)


def jittered_click(
    target: NDArray[np.bool_],
    mask: NDArray[np.bool_],
    spacing_kji_mm: NDArray[np.float64],
    rng: np.random.Generator,
) -> SimulatedClick | None:
    """The next click of a hurried person: near the middle of an error, at times nowhere near it.

    The error is the largest one, or in ``SECOND_ERROR_SHARE`` of clicks the second largest. The
    click misses its middle by some ``MISS_MM`` without leaving it; ``BORDER_SHARE`` of clicks
    fall at the error's border, and ``WRONG_SHARE`` up to ``SLIP_VOXELS`` across it, where they
    are wrong. Returns None where nothing is wrong.
    """
    errors = _errors(target & ~mask, mask & ~target)
    if not errors:
        return None
    is_second = len(errors) > 1 and rng.random() < SECOND_ERROR_SHARE
    error = sorted(errors, key=lambda one: one.size, reverse=True)[int(is_second)]
    manner = rng.random()
    if manner < WRONG_SHARE:
        slipped = _across_border(error, target, rng)
        if slipped is not None:
            return SimulatedClick(slipped, error.is_foreground)
    region = error.region()
    depth_mm = _depth_mm(region, spacing_kji_mm)
    inside = np.argwhere(region)
    if manner < WRONG_SHARE + BORDER_SHARE:
        depths_mm = depth_mm[region]
        chosen = rng.choice(np.flatnonzero(depths_mm <= np.quantile(depths_mm, BORDER_QUANTILE)))
    else:
        middle = np.unravel_index(int(np.argmax(depth_mm)), region.shape)
        miss_mm = np.linalg.norm((inside - middle) * spacing_kji_mm, axis=1)
        likely = np.exp(-0.5 * (miss_mm / MISS_MM) ** 2)
        chosen = rng.choice(len(inside), p=likely / likely.sum())
    return SimulatedClick(_index(inside[int(chosen)], error.box), error.is_foreground)


def _across_border(
    error: _Error, target: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[int, int, int] | None:
    """A voxel just outside an error of which its click would be wrong; None if there is none."""
    grown = tuple(
        slice(max(0, part.start - SLIP_VOXELS), min(size, part.stop + SLIP_VOXELS))
        for part, size in zip(error.box, target.shape, strict=True)
    )
    box = (grown[0], grown[1], grown[2])
    beside = binary_dilation(error.region(box), iterations=SLIP_VOXELS)
    wrong = np.argwhere(beside & (target[box] != error.is_foreground))
    return _index(wrong[int(rng.integers(len(wrong)))], box) if len(wrong) else None


@dataclass(frozen=True, slots=True, eq=False)
class _Error:
    """One connected error: where it is, and whether the structure is missing there."""

    size: int
    components: NDArray[np.integer]
    label: int
    box: Box
    is_foreground: bool

    def region(self, box: Box | None = None) -> NDArray[np.bool_]:
        """The error as a mask of ``box``, its own by default."""
        region: NDArray[np.bool_] = self.components[box or self.box] == self.label
        return region


def _errors(missing: NDArray[np.bool_], surplus: NDArray[np.bool_]) -> list[_Error]:
    errors = []
    for wrong, is_foreground in ((missing, True), (surplus, False)):
        components = cc3d.connected_components(np.ascontiguousarray(wrong), connectivity=6)
        statistics = cc3d.statistics(components)
        counts = statistics["voxel_counts"]
        for label in range(1, len(counts)):
            box = statistics["bounding_boxes"][label]
            errors.append(_Error(int(counts[label]), components, label, box, is_foreground))
    return errors


def _choose_error(errors: list[_Error], rng: np.random.Generator | None) -> _Error:
    """The largest error, or with ``rng`` one in proportion to its size."""
    sizes = np.array([error.size for error in errors], float)
    if rng is None:
        return errors[int(np.argmax(sizes))]
    return errors[int(rng.choice(len(sizes), p=sizes / sizes.sum()))]


def _depth_mm(
    region: NDArray[np.bool_], spacing_kji_mm: NDArray[np.float64]
) -> NDArray[np.float32]:
    """How far inside a region each voxel is; the border of the array is no border of it."""
    padded = np.pad(region, 1)
    depth_mm = edt.edt(padded, anisotropy=tuple(spacing_kji_mm), black_border=True)
    inner: NDArray[np.float32] = depth_mm[1:-1, 1:-1, 1:-1]
    return inner


def _index(inside: Sequence[np.integer], box: Box) -> tuple[int, int, int]:
    k, j, i = (int(at) + part.start for at, part in zip(inside, box, strict=True))
    return k, j, i
