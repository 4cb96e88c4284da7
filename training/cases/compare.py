"""Compares two label maps of one CT, structure by structure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.errors import GeometryMismatchError
from imaging.geometry import VolumeGeometry
from imaging.measures import MM3_PER_ML
from imaging.structures import all_structures


@dataclass(frozen=True, slots=True)
class StructureDifference:
    """How one structure differs between two label maps.

    ``voxels_different`` counts those that carry the structure in one of the two only.
    """

    structure: str
    ml_before: float
    ml_after: float
    dice: float
    voxels_different: int


def compare_labels(
    before: NDArray[np.uint8], after: NDArray[np.uint8], geometry: VolumeGeometry
) -> tuple[StructureDifference, ...]:
    """The structures that either label map has, in the order of the organ table.

    Raises:
        GeometryMismatchError: the maps have not the shape of the grid.
    """
    if not before.shape == after.shape == geometry.shape:
        raise GeometryMismatchError(
            "These labels cannot be compared: they do not lie on one grid. Import them again from "
            "files that were made from this CT."
        )
    pairs = _pair_counts(before, after)
    in_before, in_after, in_both = pairs.sum(axis=1), pairs.sum(axis=0), np.diagonal(pairs)
    voxel_ml = geometry.voxel_volume_mm3 / MM3_PER_ML
    found = []
    for structure in all_structures():
        value = structure.label_value
        a, b, shared = int(in_before[value]), int(in_after[value]), int(in_both[value])
        if a + b:
            found.append(
                StructureDifference(
                    structure.name,
                    a * voxel_ml,
                    b * voxel_ml,
                    2 * shared / (a + b),
                    a + b - 2 * shared,
                )
            )
    return tuple(found)


def _pair_counts(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many voxels carry each pair of values; shape (256, 256). A slice at a time."""
    counts = np.zeros(256 * 256, np.int64)
    for a, b in zip(before, after, strict=True):
        pairs = a.astype(np.uint16) * np.uint16(256) + b
        counts += np.bincount(pairs.ravel(), minlength=256 * 256)
    return counts.reshape(256, 256)
