"""How large structures are."""

from __future__ import annotations

import edt
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import Box, LabelMap, bounding_box, box_of_value

MM3_PER_ML = 1000.0

MAX_LOOKED_AT = 200_000
"""Voxels in which a point inside of a structure is sought."""

Point = tuple[float, float, float]
"""Of the patient, LPS mm."""


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


def inner_point_lps(mask: NDArray[np.bool_], geometry: VolumeGeometry) -> Point | None:
    """The point of a mask that is farthest from its surface, in mm; None for an empty mask.

    Of several such points it is the one nearest to their middle.
    """
    box = bounding_box(mask)
    return None if box is None else _deepest(mask[box], geometry, box, np.ones(3, np.int64))


def point_inside(
    labels: NDArray[np.uint8], label_value: int, geometry: VolumeGeometry
) -> Point | None:
    """A voxel well inside a structure of a label map; None if the map has none of it.

    In a large structure only every nth voxel is looked at, so that it takes a twentieth of a
    second in any CT.
    """
    box = box_of_value(labels, label_value)
    if box is None:
        return None
    size_kji = np.array([part.stop - part.start for part in box])
    step_kji = np.ones(3, np.int64)
    while np.prod(-(-size_kji // step_kji)) > MAX_LOOKED_AT:
        step_kji[int(np.argmin(step_kji * geometry.spacing_kji_mm))] += 1
    every = tuple(slice(None, None, int(step)) for step in step_kji)
    thinned = labels[box][every] == label_value
    if not thinned.any():  # a net of thin vessels
        return _deepest(labels[box] == label_value, geometry, box, np.ones(3, np.int64))
    return _deepest(thinned, geometry, box, step_kji)


def _deepest(
    mask: NDArray[np.bool_], geometry: VolumeGeometry, box: Box, step_kji: NDArray[np.int64]
) -> Point:
    """The deepest voxel of a mask that is every nth voxel of a box."""
    spacing_mm = tuple(float(mm) for mm in geometry.spacing_kji_mm * step_kji)
    depth_mm = edt.edt(np.pad(mask, 1), anisotropy=spacing_mm)[1:-1, 1:-1, 1:-1]
    deepest = np.argwhere(depth_mm >= depth_mm.max()) * step_kji
    points_lps = geometry.index_to_lps(deepest + [part.start for part in box])
    from_middle_mm = np.linalg.norm(points_lps - points_lps.mean(axis=0), axis=1)
    x, y, z = points_lps[int(np.argmin(from_middle_mm))]
    return float(x), float(y), float(z)
