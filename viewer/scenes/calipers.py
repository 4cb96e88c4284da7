"""What is measured by hand on a slice: a ruler, an angle, the HU inside a circle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.view_state import Point

RING_POINTS = 48


class CaliperKind(Enum):
    """What is measured, and by which points."""

    RULER = "ruler"
    """From one end to the other."""
    ANGLE = "angle"
    """From the end of one leg over the corner to the end of the other."""
    REGION = "region"
    """A circle: its middle, and a point on it."""

    @property
    def point_count(self) -> int:
        """How many points it takes."""
        return 3 if self is CaliperKind.ANGLE else 2


@dataclass(frozen=True, slots=True)
class Caliper:
    """A measurement that belongs to one slice of one plane.

    All values are taken in the patient, between ``points_lps``, so they hold on tilted,
    anisotropic and sheared grids, whatever the picture looks like.
    """

    kind: CaliperKind
    plane: Plane
    slice_index: int
    points_lps: tuple[Point, ...]

    @property
    def is_complete(self) -> bool:
        """Whether all points are there, no neighbours in the same place."""
        return len(self.points_lps) == self.kind.point_count and all(
            first != second
            for first, second in zip(self.points_lps, self.points_lps[1:], strict=False)
        )

    @property
    def length_mm(self) -> float:
        """Distance of the first two points: a ruler's length, a circle's radius."""
        first, second = np.array(self.points_lps[:2])
        return float(np.linalg.norm(second - first))

    @property
    def angle_degrees(self) -> float:
        """The angle at the second point, 0 to 180."""
        first, corner, second = np.array(self.points_lps)
        one, other = first - corner, second - corner
        across = np.linalg.norm(np.cross(one, other))
        return float(np.degrees(np.arctan2(across, one @ other)))

    def with_point(self, number: int, point_lps: Point) -> Caliper:
        """The same one with a point elsewhere; a circle's middle takes the circle along."""
        if self.kind is CaliperKind.REGION and number == 0:
            return self.moved(np.subtract(point_lps, self.points_lps[0]))
        points = list(self.points_lps)
        points[number] = point_lps
        return replace(self, points_lps=tuple(points))

    def moved(self, offset_lps: ArrayLike) -> Caliper:
        """The same one, shifted."""
        points = np.array(self.points_lps) + np.asarray(offset_lps)
        return replace(self, points_lps=tuple((float(x), float(y), float(z)) for x, y, z in points))


@dataclass(frozen=True, slots=True)
class RegionStatistics:
    """The voxels of a slice whose centres lie in a circle.

    Attributes:
        voxel_count: how many; 0 where the circle lies beside the CT.
        mean_hu: their mean.
        sd_hu: their standard deviation (of these voxels, not an estimate for others).
        min_hu: the lowest.
        max_hu: the highest.
        area_mm2: of the circle, exactly.
    """

    voxel_count: int
    mean_hu: float
    sd_hu: float
    min_hu: int
    max_hu: int
    area_mm2: float


def region_statistics(caliper: Caliper, volume: Volume) -> RegionStatistics:
    """Measure a circle; one without any voxel's centre takes the voxel that holds its middle."""
    frame = SliceFrame.of(caliper.plane, volume.geometry)
    radius_mm = caliper.length_mm
    area_mm2 = float(np.pi * radius_mm**2)
    middle_kji = volume.geometry.lps_to_index(caliper.points_lps[0])
    rows, columns = frame.up_axis, frame.right_axis
    steps_lps = volume.geometry.affine[:3, :3][:, [rows, columns]]
    # Squared distances in the slice are a quadratic form of the index steps, also on sheared grids.
    form = steps_lps.T @ steps_lps
    reach = radius_mm * np.sqrt(np.diag(np.linalg.inv(form)))
    ranges = []
    for axis, half in zip((rows, columns), reach, strict=True):
        start = max(0, int(np.ceil(middle_kji[axis] - half)))
        stop = min(volume.geometry.shape[axis], int(np.floor(middle_kji[axis] + half)) + 1)
        ranges.append(range(start, max(start, stop)))
    row, column = np.meshgrid(*(np.array(part, int) for part in ranges), indexing="ij")
    away = np.stack([row - middle_kji[rows], column - middle_kji[columns]], -1)
    is_inside = np.einsum("...a,ab,...b->...", away, form, away) <= radius_mm**2
    row, column = row[is_inside], column[is_inside]
    if not len(row):
        nearest = volume.geometry.nearest_index(caliper.points_lps[0])
        if nearest is None:
            return RegionStatistics(0, np.nan, np.nan, 0, 0, area_mm2)
        row, column = np.array([nearest[rows]]), np.array([nearest[columns]])
    index: list[NDArray[np.intp] | int] = [caliper.slice_index] * 3
    index[rows], index[columns] = row, column
    values_hu = volume.array[tuple(index)]
    return RegionStatistics(
        len(values_hu),
        float(values_hu.mean(dtype=np.float64)),
        float(values_hu.std(dtype=np.float64)),
        int(values_hu.min()),
        int(values_hu.max()),
        area_mm2,
    )


def caliper_lines(caliper: Caliper, volume: Volume) -> tuple[str, ...]:
    """What is measured, in lines to be written beside it; empty while points are missing."""
    if not caliper.is_complete:
        return ()
    match caliper.kind:
        case CaliperKind.RULER:
            return (f"{caliper.length_mm:.1f} mm",)
        case CaliperKind.ANGLE:
            return (f"{caliper.angle_degrees:.1f}°",)
        case CaliperKind.REGION:
            found = region_statistics(caliper, volume)
            area = f"{found.area_mm2:.0f} mm²   ⌀ {2 * caliper.length_mm:.1f} mm"
            if not found.voxel_count:
                return ("beside the CT", area)
            return (
                f"{found.mean_hu:.1f} ± {found.sd_hu:.1f} HU",
                f"{found.min_hu} to {found.max_hu} HU",
                area,
            )


def outline_lps(caliper: Caliper, geometry: VolumeGeometry) -> NDArray[np.float64]:
    """The line to draw, shape (n, 3): from point to point, or around a true circle."""
    points_lps = np.array(caliper.points_lps)
    if caliper.kind is not CaliperKind.REGION or len(points_lps) < 2:
        return points_lps
    frame = SliceFrame.of(caliper.plane, geometry)
    steps_lps = geometry.affine[:3, :3]
    right = steps_lps[:, frame.right_axis] / np.linalg.norm(steps_lps[:, frame.right_axis])
    up = steps_lps[:, frame.up_axis] - (steps_lps[:, frame.up_axis] @ right) * right
    up /= np.linalg.norm(up)
    angles = np.linspace(0, 2 * np.pi, RING_POINTS + 1)[:, np.newaxis]
    around = np.cos(angles) * right + np.sin(angles) * up
    ring: NDArray[np.float64] = points_lps[0] + caliper.length_mm * around
    return ring
