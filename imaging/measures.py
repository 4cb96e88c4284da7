"""How large structures are."""

from __future__ import annotations

import edt
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import LabelMap, bounding_box

MM3_PER_ML = 1000.0


def voxel_counts(array: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many voxels carry each value; shape (256,). Counts a slice at a time to save memory."""
    counts = np.zeros(256, np.int64)
    for part in array:
        counts += np.bincount(part.ravel(), minlength=256)
    return counts


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Dice coefficient of two masks of one shape; 1 if both are empty."""
    total = int(np.count_nonzero(a)) + int(np.count_nonzero(b))
    return 2 * int(np.count_nonzero(a & b)) / total if total else 1.0


def volume_ml(labels: LabelMap, label_value: int, geometry: VolumeGeometry) -> float:
    """Volume of one structure in millilitres."""
    count = int(np.count_nonzero(labels.array == label_value))
    return count * geometry.voxel_volume_mm3 / MM3_PER_ML


def inner_point_lps(
    mask: NDArray[np.bool_], geometry: VolumeGeometry
) -> tuple[float, float, float] | None:
    """The point of a mask that is farthest from its surface, in mm; None for an empty mask.

    Of several such points it is the one nearest to their middle.
    """
    box = bounding_box(mask)
    if box is None:
        return None
    spacing_mm = tuple(float(mm) for mm in geometry.spacing_kji_mm)
    depth_mm = edt.edt(np.pad(mask[box], 1), anisotropy=spacing_mm)[1:-1, 1:-1, 1:-1]
    start_kji = [part.start for part in box]
    points_lps = geometry.index_to_lps(np.argwhere(depth_mm >= depth_mm.max()) + start_kji)
    from_middle_mm = np.linalg.norm(points_lps - points_lps.mean(axis=0), axis=1)
    x, y, z = points_lps[int(np.argmin(from_middle_mm))]
    return float(x), float(y), float(z)
