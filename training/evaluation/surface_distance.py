"""How well the surfaces of two masks agree: normalised surface Dice and HD95, in millimetres.

Both follow Nikolov et al. (2021, "Clinically applicable segmentation of head and neck anatomy",
the surface-distance library): the surface of a mask runs between voxel centres, through every
block of 2x2x2 voxels that is neither full nor empty; such a surface element weighs as much as
its area, and its distance is that to the nearest element of the other surface. So a coarse
slice spacing neither hides nor doubles an error, as counting voxels of the border would. An element
counts as flat, where that library sums triangles; the normalised surface Dice differs by less than
0.005 for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import edt
import numpy as np
from numpy.typing import NDArray

from imaging.labels import bounding_box

NSD_TOLERANCE_MM = 2.0
"""Surfaces this near to each other agree: about what two experts differ by on an abdominal CT."""

HD_PERCENTILE = 0.95

ROUNDING_MM = 1e-4
"""Distances are single precision: one of exactly the tolerance must not fall outside."""

Corner = tuple[int, int, int]

CORNERS: tuple[Corner, ...] = tuple(product((0, 1), (0, 1), (0, 1)))
"""The voxels of a 2x2x2 block; bit n of a block's code says that voxel n is in the mask."""

FULL_CODE = 255

FACE_SHARES = {0: 0.0, 1: 0.125, 3: 0.875, 4: 1.0}
"""Share of a block's face that lies in the mask, by how many of its four corners do."""

SIDE_BY_SIDE_SHARE = 0.5
DIAGONAL_SHARE = 0.25
"""... and with two corners in the mask, by how they lie."""


@dataclass(frozen=True, slots=True)
class SurfaceAgreement:
    """How near two surfaces are.

    Attributes:
        nsd: share of both surfaces that is within the tolerance of the other, 0 to 1. Both masks
            empty: 1, as for Dice; one empty: 0.
        hd95_mm: 95 % of each surface's area are at most this far from the other. Both
            masks empty: 0; one empty: None, for no distance is defined (some tools say infinite).
    """

    nsd: float
    hd95_mm: float | None


def surface_agreement(
    a: NDArray[np.bool_],
    b: NDArray[np.bool_],
    spacing_kji_mm: NDArray[np.float64],
    tolerance_mm: float = NSD_TOLERANCE_MM,
) -> SurfaceAgreement:
    """Compare two masks of one shape, (k, j, i), whose axes are at right angles.

    The order of the masks does not matter. Where a mask touches the edge of the array it has a
    surface there.
    """
    box = bounding_box(a | b)
    if box is None:
        return SurfaceAgreement(1.0, 0.0)
    if not a[box].any() or not b[box].any():
        return SurfaceAgreement(0.0, None)
    spacing_mm = (float(spacing_kji_mm[0]), float(spacing_kji_mm[1]), float(spacing_kji_mm[2]))
    codes_a, codes_b = _block_codes(a[box]), _block_codes(b[box])
    areas = _areas_by_code(spacing_mm)
    from_a_mm, areas_a = _distances_mm(codes_a, codes_b, spacing_mm), areas[_elements(codes_a)]
    from_b_mm, areas_b = _distances_mm(codes_b, codes_a, spacing_mm), areas[_elements(codes_b)]
    near = areas_a[from_a_mm <= tolerance_mm + ROUNDING_MM].sum()
    near += areas_b[from_b_mm <= tolerance_mm + ROUNDING_MM].sum()
    return SurfaceAgreement(
        nsd=float(near / (areas_a.sum() + areas_b.sum())),
        hd95_mm=max(_percentile(from_a_mm, areas_a), _percentile(from_b_mm, areas_b)),
    )


def _block_codes(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Which voxels of each 2x2x2 block are in the mask; every side is one longer than its."""
    padded = np.pad(mask, 1).view(np.uint8)
    codes = np.zeros([n + 1 for n in mask.shape], np.uint8)
    for bit, corner in enumerate(CORNERS):
        part = tuple(slice(at, at + n) for at, n in zip(corner, codes.shape, strict=True))
        codes |= padded[part] << np.uint8(bit)
    return codes


def _elements(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The codes of the blocks that a surface runs through, as a list."""
    elements: NDArray[np.uint8] = codes[_is_surface(codes)]
    return elements


def _is_surface(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    is_surface: NDArray[np.bool_] = (codes != 0) & (codes != FULL_CODE)
    return is_surface


def _distances_mm(
    codes: NDArray[np.uint8],
    other: NDArray[np.uint8],
    spacing_mm: tuple[float, float, float],
) -> NDArray[np.float32]:
    """Distance from each element of a surface to the nearest one of the other."""
    to_other_mm = edt.edt(~_is_surface(other), anisotropy=spacing_mm)
    distances: NDArray[np.float32] = to_other_mm[_is_surface(codes)]
    return distances


def _percentile(distances_mm: NDArray[np.float32], areas: NDArray[np.float64]) -> float:
    """The distance that ``HD_PERCENTILE`` of the area does not exceed."""
    order = np.argsort(distances_mm)
    reached = np.cumsum(areas[order])
    at = int(np.searchsorted(reached, HD_PERCENTILE * reached[-1]))
    return float(distances_mm[order[min(at, len(order) - 1)]])


@lru_cache(maxsize=16)
def _areas_by_code(spacing_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """Area in mm² of the surface inside a block, for each of the 256 codes."""
    areas = np.zeros(FULL_CODE + 1)
    for code in range(1, FULL_CODE):
        inside = [corner for bit, corner in enumerate(CORNERS) if code >> bit & 1]
        outside = [corner for corner in CORNERS if corner not in inside]
        # Voxels that touch by no face are cut off one by one, on whichever side there are more.
        parts = max(_connected(inside), _connected(outside), key=len)
        areas[code] = sum(_cut_area(part, spacing_mm) for part in parts)
    return areas


def _cut_area(part: Sequence[Corner], spacing_mm: tuple[float, float, float]) -> float:
    """Area of the flat piece that cuts ``part`` off from the rest of its block.

    By Gauss' theorem its area along an axis is what the part covers more of the one
    face across that axis than of the other.
    """
    along_axes = []
    for axis in range(3):
        sides = [[c for c in part if c[axis] == side] for side in (0, 1)]
        face_mm2 = float(np.prod([mm for other, mm in enumerate(spacing_mm) if other != axis]))
        along_axes.append((_face_share(sides[1]) - _face_share(sides[0])) * face_mm2)
    return float(np.linalg.norm(along_axes))


def _face_share(corners: Sequence[Corner]) -> float:
    if len(corners) != 2:
        return FACE_SHARES[len(corners)]
    return SIDE_BY_SIDE_SHARE if _are_neighbours(*corners) else DIAGONAL_SHARE


def _connected(corners: Sequence[Corner]) -> list[list[Corner]]:
    """The corners in groups that hang together along the block's edges."""
    groups: list[list[Corner]] = []
    for corner in corners:
        touching = [group for group in groups if any(_are_neighbours(corner, c) for c in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([corner, *(c for group in touching for c in group)])
    return groups


def _are_neighbours(one: Corner, other: Corner) -> bool:
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1
