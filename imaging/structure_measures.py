"""The measures of one structure that a report wants: mL, HU, surface and diameters.

Volumes count voxels. How exact the surface is, ``surface_area`` says. Diameters run between the
outer faces of voxels, as image biomarkers are standardised: up to one voxel too long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from imaging.geometry import VolumeGeometry
from imaging.labels import Box, bounding_box
from imaging.measures import MM3_PER_ML
from imaging.surface_area import surface_area_mm2

MM2_PER_CM2 = 100.0

_HEAD_OR_FEET = ("S", "I")


@dataclass(frozen=True, slots=True)
class StructureMeasures:
    """One structure in numbers.

    Attributes:
        voxel_count: at least 1.
        volume_ml: the voxels' volume.
        mean_hu: mean density; None without a CT.
        sd_hu: standard deviation of the voxels (not of a sample); None without a CT.
        surface_cm2: area of the surface.
        axial_diameter_mm: the longest straight line within one axial slice.
        diameter_mm: the longest straight line in space.
    """

    voxel_count: int
    volume_ml: float
    mean_hu: float | None
    sd_hu: float | None
    surface_cm2: float
    axial_diameter_mm: float
    diameter_mm: float


def measure_structure(
    labels: NDArray[np.uint8],
    label_value: int,
    geometry: VolumeGeometry,
    hu: NDArray[np.int16] | None = None,
) -> StructureMeasures | None:
    """Measure one label of a map, shape (k, j, i); None if it has no voxel.

    ``hu`` are the CT's values on the same grid.
    """
    whole = labels == label_value
    box = bounding_box(whole)
    if box is None:
        return None
    mask = whole[box]
    count = int(np.count_nonzero(mask))
    mean_hu, sd_hu = (None, None) if hu is None else _density(hu, box, mask)
    ends_kji = _ends(mask)
    return StructureMeasures(
        voxel_count=count,
        volume_ml=count * geometry.voxel_volume_mm3 / MM3_PER_ML,
        mean_hu=mean_hu,
        sd_hu=sd_hu,
        surface_cm2=surface_area_mm2(mask, geometry.spacing_kji_mm) / MM2_PER_CM2,
        axial_diameter_mm=_axial_diameter_mm(mask, geometry),
        diameter_mm=_longest_mm(ends_kji, geometry, np.eye(3)),
    )


def _density(hu: NDArray[np.int16], box: Box, mask: NDArray[np.bool_]) -> tuple[float, float]:
    values = hu[box][mask].astype(np.float64)
    return float(values.mean()), float(values.std())


def _ends(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First and last voxel of every row of a mask, shape (n, 3): enough for its convex hull."""
    is_used = mask.any(axis=2)
    rows = mask[is_used]
    first = rows.argmax(axis=1)
    last = rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)
    kj = np.argwhere(is_used)
    return np.concatenate([np.column_stack([kj, first]), np.column_stack([kj, last])])


def _axial_diameter_mm(mask: NDArray[np.bool_], geometry: VolumeGeometry) -> float:
    """The largest diameter within one slice, across the axis that runs from feet to head."""
    letters = geometry.axis_letters()
    up = next(axis for axis in range(3) if letters[axis] in _HEAD_OR_FEET)
    in_plane = np.delete(np.eye(3), up, axis=0)
    steps_mm = np.delete(geometry.spacing_kji_mm, up)
    slices = np.moveaxis(mask, up, 0)
    longest_mm = 0.0
    # Largest first, because a slice is passed over if even its own box is shorter.
    for number in np.argsort(-np.count_nonzero(slices, axis=(1, 2)), kind="stable"):
        flat = _ends(slices[number][None])[:, 1:]
        if len(flat) == 0 or np.linalg.norm((np.ptp(flat, axis=0) + 1) * steps_mm) <= longest_mm:
            continue
        points_kji = np.insert(flat, up, number, axis=1)
        longest_mm = max(longest_mm, _longest_mm(points_kji, geometry, in_plane))
    return longest_mm


def _longest_mm(
    points_kji: NDArray[np.int64], geometry: VolumeGeometry, axes: NDArray[np.float64]
) -> float:
    """The longest distance between the outer faces, along ``axes``, of voxels."""
    corners = _hull(points_kji.astype(np.float64), axes)
    half_steps = np.concatenate([axes, -axes]) / 2
    faces_kji = (corners[:, None] + half_steps).reshape(-1, 3)
    faces_mm = _hull(faces_kji, axes) @ geometry.affine[:3, :3].T
    return float(pdist(faces_mm).max())


def _hull(points_kji: NDArray[np.float64], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points that matter for the longest distance; all of them where they lie flat."""
    flat = points_kji @ axes.T
    try:
        corners: NDArray[np.float64] = points_kji[ConvexHull(flat).vertices]
    except QhullError:
        return points_kji  # too few, or in one plane or line
    return corners
