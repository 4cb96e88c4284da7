"""How large structures are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import LabelEdit, LabelMap

MM3_PER_ML = 1000.0


def voxel_counts(array: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many voxels carry each value; shape (256,). Counts a slice at a time to save memory."""
    counts = np.zeros(256, np.int64)
    for part in array:
        counts += np.bincount(part.ravel(), minlength=256)
    return counts


def counts_after(counts: NDArray[np.int64], edit: LabelEdit) -> NDArray[np.int64]:
    """The voxel counts of a map once ``edit`` is applied; shape (256,)."""
    return counts - voxel_counts(edit.before) + voxel_counts(edit.after)


def volume_ml(labels: LabelMap, label_value: int, geometry: VolumeGeometry) -> float:
    """Volume of one structure in millilitres."""
    count = int(np.count_nonzero(labels.array == label_value))
    return count * geometry.voxel_volume_mm3 / MM3_PER_ML
