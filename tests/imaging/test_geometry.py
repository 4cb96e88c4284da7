"""Voxel grids: indices and points, directions and their letters."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import VolumeGeometry


@pytest.fixture(params=["oblique", "flipped", "sheared"])
def geometry(request, oblique_geometry, flipped_geometry):
    affine = oblique_geometry.affine.copy()
    affine[:3, 0] += [0.4, -0.2, 0.1]
    sheared = VolumeGeometry(oblique_geometry.shape, affine)
    return {"oblique": oblique_geometry, "flipped": flipped_geometry, "sheared": sheared}[
        request.param
    ]


def test_indices_and_points_map_back_and_forth(geometry):
    index_kji = np.random.default_rng(0).uniform(-5, 50, (4, 7, 3))
    points = geometry.index_to_lps(index_kji)
    assert points.shape == (4, 7, 3)
    assert np.allclose(geometry.lps_to_index(points), index_kji, atol=1e-9)


def test_an_index_is_a_voxel_centre(geometry):
    assert np.allclose(geometry.index_to_lps([0, 0, 0]), geometry.origin_lps)
    k, j, i = (geometry.index_to_lps(row) - geometry.origin_lps for row in np.eye(3))
    assert np.allclose([np.linalg.norm(v) for v in (k, j, i)], geometry.spacing_kji_mm)
    assert np.allclose(np.linalg.norm(geometry.direction, axis=0), 1)


def test_every_voxel_is_its_own_nearest_index(geometry):
    for index_kji in itertools.product(*(range(0, n, 5) for n in geometry.shape)):
        for shift in (-0.49, 0, 0.49):
            point = geometry.index_to_lps(np.array(index_kji) + shift)
            assert geometry.nearest_index(point) == index_kji


@given(st.floats(), st.floats(), st.floats())
def test_any_point_has_an_index_inside_or_none(x, y, z):
    geometry = VolumeGeometry.from_parts((3, 4, 5), (1, 2, 3), (2, 1, 0.5))
    found = geometry.nearest_index((x, y, z))
    assert found is None or all(0 <= n < size for n, size in zip(found, (3, 4, 5), strict=True))


def test_points_beyond_the_outer_faces_have_no_index(geometry):
    k, j, i = geometry.shape
    for outside in ([-0.51, 0, 0], [k - 0.49, 0, 0], [0, j - 0.49, 0], [0, 0, i - 0.49]):
        assert geometry.nearest_index(geometry.index_to_lps(outside)) is None


def test_corners_are_the_outer_faces(geometry):
    index_kji = geometry.lps_to_index(geometry.corners_lps())
    assert np.allclose(index_kji.min(axis=0), -0.5)
    assert np.allclose(index_kji.max(axis=0), np.array(geometry.shape) - 0.5)
    assert len(np.unique(index_kji.round(6), axis=0)) == 8


def test_the_volume_of_a_voxel_is_the_determinant(geometry):
    assert geometry.voxel_volume_mm3 == pytest.approx(abs(np.linalg.det(geometry.affine[:3, :3])))


def test_a_head_first_axial_ct_grows_to_head_back_and_left():
    assert VolumeGeometry.from_parts((2, 3, 4), (0, 0, 0), (2, 1, 1)).axis_letters() == tuple("SPL")


def test_letters_follow_each_axis_to_where_it_grows(oblique_geometry, flipped_geometry):
    assert oblique_geometry.axis_letters() == ("S", "P", "L")
    assert flipped_geometry.axis_letters() == ("I", "P", "R")


@pytest.mark.parametrize("degrees", range(0, 360, 15))
def test_no_direction_is_used_for_two_axes_at_any_turn(degrees):
    a = np.deg2rad(degrees)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = turn[:, [2, 0, 1]] @ turn
    letters = VolumeGeometry.from_parts((2, 2, 2), (0, 0, 0), (1, 1, 1), tilt).axis_letters()
    assert {frozenset("RL"), frozenset("AP"), frozenset("IS")} == {
        next(pair for pair in map(frozenset, ("RL", "AP", "IS")) if letter in pair)
        for letter in letters
    }


def test_grids_are_close_by_their_farthest_corner(geometry):
    affine = geometry.affine.copy()
    affine[:3, 2] *= 1 + 0.01 / geometry.shape[2]
    other = VolumeGeometry(geometry.shape, affine)
    assert geometry.is_close(other, 0.02)
    assert not geometry.is_close(other, 0.001)


def test_grids_of_other_shape_are_never_close(geometry):
    k, j, i = geometry.shape
    assert not geometry.is_close(VolumeGeometry((k, i, j), geometry.affine), 1e9)


def test_a_geometry_cannot_be_changed(geometry):
    with pytest.raises(ValueError, match="read-only"):
        geometry.affine[0, 0] = 5
    with pytest.raises(ValueError, match="read-only"):
        geometry.origin_lps[0] = 5


def test_a_geometry_does_not_follow_the_matrix_it_was_made_of():
    affine = np.eye(4)
    geometry = VolumeGeometry((1, 1, 1), affine)
    affine[0, 3] = 99
    assert geometry.affine[0, 3] == 0


@pytest.mark.parametrize(
    ("affine", "sentence"),
    [
        (np.eye(3), "4x4"),
        (np.full((4, 4), np.nan), "finite"),
        (np.diag([1, 1, 0, 1]), "invertible"),
        (np.diag([1, 1, 1, 2]), "last row"),
        (np.eye(4) + np.outer([0, 0, 0, 1], [1, 0, 0, 0]), "last row"),
    ],
)
def test_a_matrix_that_is_no_placement_is_refused(affine, sentence):
    with pytest.raises(ValueError, match=sentence):
        VolumeGeometry((1, 1, 1), affine)


@pytest.mark.parametrize("shape", [(0, 1, 1), (1, 1), (1, 1, -1), (1, 1, 1, 1)])
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(ValueError, match="three positive numbers"):
        VolumeGeometry(shape, np.eye(4))
