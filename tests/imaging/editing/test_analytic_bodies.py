"""Bodies whose volume is known, drawn and refined on a tilted grid: right within half a percent."""

import numpy as np
import pytest

from imaging.editing.brush import swept_brush
from imaging.editing.lasso import inside_of_line
from imaging.editing.smoothing import smoothed_by_gaussian, smoothed_by_median

HALF_PERCENT = 5e-3
HALF_AXES_MM = np.array([24.0, 17.0, 21.0])


def tilted_ellipsoid():
    """Half axes (columns, in mm) that lie along nothing that the grid knows."""
    a, b = np.deg2rad([33.0, 21.0])
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    return turn @ tilt @ np.diag(HALF_AXES_MM)


def outline_in_slice(geometry, middle_lps, half_axes, slice_axis, index):
    """Where a slice cuts the ellipsoid, as continuous indices; None where it does not.

    In coordinates in which the ellipsoid is the unit ball a slice is a plane and cuts a circle.
    """
    to_ball = np.linalg.inv(half_axes)
    corner = np.zeros(3)
    corner[slice_axis] = index
    origin = to_ball @ (geometry.index_to_lps(corner) - middle_lps)
    axes = [axis for axis in range(3) if axis != slice_axis]
    plane, _ = np.linalg.qr(to_ball @ geometry.affine[:3, axes])
    foot = origin - plane @ (plane.T @ origin)
    radius_squared = 1 - foot @ foot
    if radius_squared <= 0:
        return None
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = foot + np.sqrt(radius_squared) * (plane @ np.stack([np.cos(angles), np.sin(angles)])).T
    return geometry.lps_to_index(middle_lps + circle @ half_axes.T)


@pytest.mark.parametrize("slice_axis", [0, 1, 2])
def test_a_tilted_ellipsoid_outlined_slice_by_slice(fine_geometry, middle_lps, slice_axis):
    middle, half_axes = middle_lps(fine_geometry), tilted_ellipsoid()
    voxels = 0
    for index in range(fine_geometry.shape[slice_axis]):
        outline = outline_in_slice(fine_geometry, middle, half_axes, slice_axis, index)
        if outline is None:
            continue
        outline[:, slice_axis] = index
        drawn = inside_of_line(outline, slice_axis, fine_geometry.shape)
        voxels += 0 if drawn is None else np.count_nonzero(drawn.mask)
    volume_mm3 = voxels * fine_geometry.voxel_volume_mm3

    assert volume_mm3 == pytest.approx(4 / 3 * np.pi * HALF_AXES_MM.prod(), rel=HALF_PERCENT)


@pytest.mark.parametrize("smoothed", [smoothed_by_gaussian, smoothed_by_median])
def test_a_smoothed_ellipsoid_keeps_its_volume(
    fine_geometry, middle_lps, ellipsoid, volume_mm3, smoothed
):
    body = ellipsoid(fine_geometry, middle_lps(fine_geometry), HALF_AXES_MM)
    found = smoothed(body, fine_geometry, 3.0)

    wanted_mm3 = 4 / 3 * np.pi * HALF_AXES_MM.prod()
    assert volume_mm3(fine_geometry, found) == pytest.approx(wanted_mm3, rel=HALF_PERCENT)


def test_a_stroke_with_a_ball_is_a_capsule(fine_geometry, middle_lps, volume_mm3):
    middle, radius_mm = middle_lps(fine_geometry), 11.0
    way = np.array([12.0, -9.0, 8.0])
    start, end = fine_geometry.lps_to_index([middle - way, middle + way])
    found = swept_brush(fine_geometry, start, end, radius_mm)

    length_mm = 2 * np.linalg.norm(way)
    wanted_mm3 = np.pi * radius_mm**2 * (4 / 3 * radius_mm + length_mm)
    assert volume_mm3(fine_geometry, found) == pytest.approx(wanted_mm3, rel=HALF_PERCENT)
