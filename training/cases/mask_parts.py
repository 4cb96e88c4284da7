"""The separate parts of a mask: islands beside its largest part, and holes inside."""

from __future__ import annotations

from dataclasses import dataclass

import cc3d
import numpy as np
from numpy.typing import NDArray

FULL_NEIGHBOURS = 26
"""Voxels that share a corner belong together, as in the tool that removes islands."""

FACE_NEIGHBOURS = 6
"""A hole is closed where no way out leads through faces: the complement of the above."""


@dataclass(frozen=True, slots=True)
class MaskParts:
    """Islands or holes: how many, their voxels together, and a voxel of the largest."""

    count: int
    voxel_count: int
    index_kji: tuple[int, int, int]


def islands_of(mask: NDArray[np.bool_]) -> MaskParts | None:
    """The parts of a mask beside its largest one; None if it is in one piece."""
    parts = cc3d.connected_components(mask, connectivity=FULL_NEIGHBOURS)
    counts = np.bincount(parts.ravel())
    counts[0] = 0
    counts[np.argmax(counts)] = 0
    return _summary(parts, counts)


def holes_of(mask: NDArray[np.bool_], is_free: NDArray[np.bool_]) -> MaskParts | None:
    """What a mask encloses and nothing else fills; None if there is no such hole.

    ``is_free`` says where no structure is: a tumour inside an organ is no hole.
    """
    outside = np.pad(~mask, 1, constant_values=True)
    parts = cc3d.connected_components(outside, connectivity=FACE_NEIGHBOURS)
    surroundings = parts[0, 0, 0]
    inner = parts[1:-1, 1:-1, 1:-1]
    holes = np.where(is_free & (inner != surroundings), inner, 0)
    counts = np.bincount(holes.ravel())
    counts[0] = 0
    return _summary(holes, counts)


def _summary(parts: NDArray[np.unsignedinteger], counts: NDArray[np.int64]) -> MaskParts | None:
    """The parts whose count is not zero; None if there are none."""
    if not counts.any():
        return None
    k, j, i = np.unravel_index(int(np.argmax(parts == np.argmax(counts))), parts.shape)
    index_kji = (int(k), int(j), int(i))
    return MaskParts(int(np.count_nonzero(counts)), int(counts.sum()), index_kji)
