"""The separate parts of a mask: which to keep, which to drop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.editing.box_mask import BoxMask
from imaging.geometry import VolumeGeometry
from imaging.measures import MM3_PER_ML

CONNECTIVITY = 26
"""Voxels that touch at a corner belong together, as they do in other programs of the field."""


def largest_island(structure: BoxMask) -> BoxMask:
    """The largest connected part alone; of equal ones the first."""
    parts, counts = _parts(structure.mask)
    if len(counts) < 2:
        return structure
    return BoxMask(structure.box, parts == int(np.argmax(counts[1:])) + 1)


def without_small_islands(
    structure: BoxMask, geometry: VolumeGeometry, smallest_ml: float
) -> BoxMask:
    """The mask without the connected parts of less volume than this."""
    parts, counts = _parts(structure.mask)
    is_kept = counts * geometry.voxel_volume_mm3 / MM3_PER_ML >= smallest_ml
    is_kept[0] = False
    return BoxMask(structure.box, is_kept[parts])


def island_at(structure: BoxMask, index_kji: Sequence[int]) -> BoxMask | None:
    """The connected part that holds a voxel; None if the voxel is not in the mask."""
    place = tuple(int(at) - part.start for at, part in zip(index_kji, structure.box, strict=True))
    if any(not 0 <= at < size for at, size in zip(place, structure.mask.shape, strict=True)):
        return None
    if not structure.mask[place]:
        return None
    parts, _ = _parts(structure.mask)
    return BoxMask(structure.box, parts == parts[place])


def _parts(mask: NDArray[np.bool_]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The number of each voxel's part, 0 outside, and how many voxels each part has."""
    import cc3d

    parts = cc3d.connected_components(np.ascontiguousarray(mask), connectivity=CONNECTIVITY)
    counts = cc3d.statistics(parts)["voxel_counts"].astype(np.int64)
    return parts, counts
