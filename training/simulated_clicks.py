"""A simulated user: clicks where the mask is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import cc3d
import edt
import numpy as np
from numpy.typing import NDArray

DEEP_SHARE = 0.6
"""A careless user still clicks well inside an error: at least this share of its depth."""


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
    error = _choose_error(target & ~mask, mask & ~target, rng)
    if error is None:
        return None
    region, box, is_foreground = error
    # One voxel of margin, so that the border of the box is no border of the error's depth map.
    depth_mm = edt.edt(np.pad(region, 1), anisotropy=tuple(spacing_kji_mm), black_border=True)
    depth_mm = depth_mm[1:-1, 1:-1, 1:-1]
    if rng is None:
        flat = int(np.argmax(depth_mm))
    else:
        flat = int(rng.choice(np.flatnonzero(depth_mm >= DEEP_SHARE * depth_mm.max())))
    inside = np.unravel_index(flat, region.shape)
    k, j, i = (int(at) + part.start for at, part in zip(inside, box, strict=True))
    return SimulatedClick((k, j, i), is_foreground)


def _choose_error(
    missing: NDArray[np.bool_], surplus: NDArray[np.bool_], rng: np.random.Generator | None
) -> tuple[NDArray[np.bool_], tuple[slice, slice, slice], bool] | None:
    """One connected error: its mask in its box, the box, and whether it is missing structure."""
    candidates: list[tuple[int, NDArray[np.integer], int, tuple[slice, slice, slice], bool]] = []
    for wrong, is_foreground in ((missing, True), (surplus, False)):
        components = cc3d.connected_components(np.ascontiguousarray(wrong), connectivity=6)
        statistics = cc3d.statistics(components)
        counts = statistics["voxel_counts"]
        for label in range(1, len(counts)):
            box = statistics["bounding_boxes"][label]
            candidates.append((int(counts[label]), components, label, box, is_foreground))
    if not candidates:
        return None
    sizes = np.array([candidate[0] for candidate in candidates], float)
    chosen = (
        int(np.argmax(sizes)) if rng is None else int(rng.choice(len(sizes), p=sizes / sizes.sum()))
    )
    _, components, label, box, is_foreground = candidates[chosen]
    return components[box] == label, box, is_foreground
