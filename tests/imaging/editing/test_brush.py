"""What a brush covers: millimetres on every grid, without gaps, alike in all planes."""

import numpy as np
import pytest

from imaging.editing.brush import MAX_RADIUS_MM, Brush, swept_brush
from imaging.geometry import VolumeGeometry


def distance_to_segment_mm(geometry, start_kji, end_kji):
    indices = np.stack(np.meshgrid(*map(np.arange, geometry.shape), indexing="ij"), -1)
    points = geometry.index_to_lps(indices)
    start, end = geometry.index_to_lps(start_kji), geometry.index_to_lps(end_kji)
    way = end - start
    share = np.clip((points - start) @ way / max(way @ way, 1e-12), 0, 1)
    return np.linalg.norm(points - start - share[..., None] * way, axis=-1)


def test_a_ball_covers_all_voxels_within_its_radius_of_the_way(oblique_geometry):
    start, end = (8.2, 12.0, 14.3), (12.1, 17.5, 22.0)
    found = swept_brush(oblique_geometry, start, end, 5.0).whole(oblique_geometry.shape)

    assert np.array_equal(found, distance_to_segment_mm(oblique_geometry, start, end) <= 5.0)


def test_a_sheared_grid_is_measured_in_millimetres_too():
    affine = np.eye(4)
    affine[:3, :3] = [[0.2, 0.1, 0.8], [0.1, 0.9, 0.0], [2.0, 0.3, 0.1]]
    geometry = VolumeGeometry((14, 30, 32), affine)
    found = swept_brush(geometry, (7, 15, 16), (7, 15, 16), 4.0).whole(geometry.shape)

    assert np.array_equal(found, distance_to_segment_mm(geometry, (7, 15, 16), (7, 15, 16)) <= 4.0)


def test_a_disc_stays_in_its_slice(oblique_geometry):
    found = swept_brush(oblique_geometry, (8.4, 12, 14), (9.9, 18, 25), 4.0, slice_axis=0)

    assert found.box[0] == slice(8, 9)
    distance_mm = distance_to_segment_mm(oblique_geometry, (8, 12, 14), (8, 18, 25))[8]
    assert np.array_equal(found.whole(oblique_geometry.shape)[8], distance_mm <= 4.0)


@pytest.mark.parametrize("radius_mm", [12.0, 20.0])
def test_a_ball_has_the_volume_of_a_ball(fine_geometry, middle_lps, volume_mm3, radius_mm):
    center_kji = fine_geometry.lps_to_index(middle_lps(fine_geometry))
    found = swept_brush(fine_geometry, center_kji, center_kji, radius_mm)

    assert volume_mm3(fine_geometry, found) == pytest.approx(4 / 3 * np.pi * radius_mm**3, rel=5e-3)


@pytest.mark.parametrize("axes", [(0, 1, 2), (1, 2, 0), (2, 1, 0), (1, 0, 2)])
def test_a_tool_in_one_plane_equals_the_same_tool_in_another_on_a_turned_volume(
    oblique_geometry, axes
):
    affine = oblique_geometry.affine.copy()
    affine[:3, :3] = affine[:3, list(axes)]
    turned = VolumeGeometry(tuple(oblique_geometry.shape[a] for a in axes), affine)
    start, end = np.array([8.0, 12.3, 14.0]), np.array([8.0, 17.5, 22.6])

    here = swept_brush(oblique_geometry, start, end, 3.7, 0).whole(oblique_geometry.shape)
    there = swept_brush(turned, start[list(axes)], end[list(axes)], 3.7, axes.index(0))

    assert np.array_equal(there.whole(turned.shape), here.transpose(axes))


def test_the_smallest_brush_still_marks_the_voxel_under_it(oblique_geometry):
    found = swept_brush(oblique_geometry, (4.4, 7.3, 9.4), (4.4, 7.3, 9.4), 0.05, 0)

    assert np.argwhere(found.whole(oblique_geometry.shape)).tolist() == [[4, 7, 9]]


def test_a_brush_beside_the_grid_covers_nothing_and_one_at_its_edge_a_part(oblique_geometry):
    assert swept_brush(oblique_geometry, (4, -40, 9), (4, -30, 9), 5.0, 0) is None
    assert swept_brush(oblique_geometry, (4, -2, 9), (4, -2, 9), 5.0, 0).mask.any()


def test_resizing_stays_within_limits():
    assert Brush(5.0).resized(1.2) == Brush(6.0)
    assert Brush(50.0, is_ball=True).resized(10) == Brush(MAX_RADIUS_MM, is_ball=True)
