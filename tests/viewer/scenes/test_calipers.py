"""Rulers, angles and circles measure the patient, whatever grid the slice has."""

import math

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes.caliper_board import CaliperBoard
from viewer.scenes.calipers import (
    Caliper,
    CaliperKind,
    caliper_lines,
    outline_lps,
    region_statistics,
)
from viewer.scenes.planes import Plane, SliceFrame

PLANES = tuple(Plane)


def point(geometry, index_kji):
    x, y, z = geometry.index_to_lps(index_kji)
    return float(x), float(y), float(z)


def circle(geometry, plane, radius_mm, slice_index=5):
    frame = SliceFrame.of(plane, geometry)
    middle = (np.array(geometry.shape) - 1) / 2
    middle[frame.slice_axis] = slice_index
    step = np.zeros(3)
    step[frame.right_axis] = radius_mm / geometry.spacing_kji_mm[frame.right_axis]
    points = (point(geometry, middle), point(geometry, middle + step))
    return Caliper(CaliperKind.REGION, plane, slice_index, points)


@pytest.fixture
def sheared_geometry():
    """A gantry tilt: slices are shifted towards the front, so two planes have skew pictures."""
    affine = np.eye(4)
    affine[:3, 0] = (0.0, -1.2, 3.0)
    affine[:3, 1] = (0.0, 0.8, 0.0)
    affine[:3, 2] = (0.9, 0.0, 0.0)
    return VolumeGeometry((20, 40, 40), affine)


def test_a_ruler_has_the_length_between_its_ends_in_the_patient(geometry):
    first, second = np.array((2.0, 3.0, 4.0)), np.array((2.0, 9.5, 12.0))
    ends = (point(geometry, first), point(geometry, second))
    ruler = Caliper(CaliperKind.RULER, Plane.AXIAL, 2, ends)

    wanted_mm = math.hypot(*((second - first) * geometry.spacing_kji_mm))
    assert ruler.length_mm == pytest.approx(wanted_mm, abs=1e-9)
    volume = Volume(np.zeros(geometry.shape, np.int16), geometry)
    assert caliper_lines(ruler, volume) == (f"{wanted_mm:.1f} mm",)


@pytest.mark.parametrize("degrees", [0.5, 37.0, 90.0, 141.0, 180.0])
def test_an_angle_is_that_of_the_patient_on_every_grid(geometry, degrees):
    _, j, i = geometry.spacing_kji_mm
    corner = np.array((4.0, 8.0, 8.0))
    turn = math.radians(degrees)
    first = corner + np.array((0.0, 0.0, 6.0 / i))
    second = corner + np.array((0.0, 5.0 * math.sin(turn) / j, 5.0 * math.cos(turn) / i))
    points = tuple(point(geometry, index) for index in (first, corner, second))

    angle = Caliper(CaliperKind.ANGLE, Plane.AXIAL, 4, points)
    assert angle.angle_degrees == pytest.approx(degrees, abs=1e-6)


def test_on_a_sheared_grid_right_angles_of_the_picture_are_none_of_the_patient(sheared_geometry):
    corner, along_k, along_j = (5, 5, 5), (9, 5, 5), (5, 9, 5)
    points = tuple(point(sheared_geometry, index) for index in (along_k, corner, along_j))
    angle = Caliper(CaliperKind.ANGLE, Plane.SAGITTAL, 5, points)

    # k goes 1.2 mm to the front while it climbs 3 mm; j goes to the back.
    assert angle.angle_degrees == pytest.approx(90 + math.degrees(math.atan2(1.2, 3.0)))


@pytest.mark.parametrize("plane", PLANES)
def test_a_circle_takes_the_voxels_whose_centres_lie_in_it(geometry, plane):
    rng = np.random.default_rng(3)
    volume = Volume(rng.integers(-900, 900, geometry.shape, np.int16), geometry)
    caliper = circle(geometry, plane, 4.3)
    found = region_statistics(caliper, volume)

    frame = SliceFrame.of(plane, geometry)
    centres = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    is_near = np.linalg.norm(centres - caliper.points_lps[0], axis=-1) <= caliper.length_mm
    on_slice = [slice(None)] * 3
    on_slice[frame.slice_axis] = 5
    values = volume.array[tuple(on_slice)][is_near[tuple(on_slice)]]
    assert found.voxel_count == len(values) > 10
    assert found.mean_hu == pytest.approx(values.mean())
    assert found.sd_hu == pytest.approx(values.std())
    assert (found.min_hu, found.max_hu) == (values.min(), values.max())
    assert found.area_mm2 == pytest.approx(math.pi * 4.3**2)


@pytest.mark.parametrize("plane", PLANES)
def test_a_circle_is_one_of_the_patient_also_on_a_sheared_grid(sheared_geometry, plane):
    volume = Volume(np.full(sheared_geometry.shape, 40, np.int16), sheared_geometry)
    caliper = circle(sheared_geometry, plane, 9.0)
    ring = outline_lps(caliper, sheared_geometry)
    found = region_statistics(caliper, volume)

    away_mm = np.linalg.norm(ring - caliper.points_lps[0], axis=1)
    np.testing.assert_allclose(away_mm, 9.0)
    slice_axis = SliceFrame.of(plane, sheared_geometry).slice_axis
    np.testing.assert_allclose(sheared_geometry.lps_to_index(ring)[:, slice_axis], 5, atol=1e-9)
    frame = SliceFrame.of(plane, sheared_geometry)
    sides = sheared_geometry.affine[:3, [frame.right_axis, frame.up_axis]]
    voxel_mm2 = np.linalg.norm(np.cross(*sides.T))
    assert found.voxel_count * voxel_mm2 == pytest.approx(found.area_mm2, rel=0.06)


def test_a_circle_over_the_edge_counts_what_there_is_and_a_tiny_one_its_voxel(geometry):
    volume = Volume(np.full(geometry.shape, 40, np.int16), geometry)
    whole = region_statistics(circle(geometry, Plane.AXIAL, 4.0), volume)
    frame = SliceFrame.of(Plane.AXIAL, geometry)
    corner = np.zeros(3)
    corner[frame.slice_axis] = 5
    shift = np.subtract(
        geometry.index_to_lps(corner), circle(geometry, Plane.AXIAL, 4.0).points_lps[0]
    )
    quarter = region_statistics(circle(geometry, Plane.AXIAL, 4.0).moved(shift), volume)
    assert 0 < quarter.voxel_count < 0.5 * whole.voxel_count
    assert quarter.mean_hu == 40

    tiny = region_statistics(circle(geometry, Plane.AXIAL, 0.01), volume)
    assert (tiny.voxel_count, tiny.mean_hu, tiny.sd_hu) == (1, 40.0, 0.0)
    away = circle(geometry, Plane.AXIAL, 4.0).moved((500.0, 0.0, 0.0))
    assert caliper_lines(away, volume)[0] == "beside the CT"


def test_moving_the_middle_takes_the_circle_along_and_its_rim_changes_its_size(geometry):
    caliper = circle(geometry, Plane.AXIAL, 4.0)
    middle = np.array(caliper.points_lps[0])
    moved = caliper.with_point(0, tuple(middle + np.array((1.0, 2.0, 0.0))))
    assert moved.length_mm == pytest.approx(4.0)

    rim = np.array(caliper.points_lps[1])
    assert caliper.with_point(1, tuple(middle + 2 * (rim - middle))).length_mm == pytest.approx(8.0)


@pytest.fixture
def board():
    geometry = VolumeGeometry.from_parts((4, 4, 4), (0, 0, 0), (1, 1, 1))
    board = CaliperBoard()
    board.show_volume(Volume(np.zeros((4, 4, 4), np.int16), geometry))
    return board


def ruler_to(x, slice_index=0):
    return Caliper(CaliperKind.RULER, Plane.AXIAL, slice_index, ((0.0, 0.0, 0.0), (x, 0.0, 0.0)))


def test_a_finished_draft_is_chosen_and_deleted_first(board):
    for x in (1.0, 2.0, 3.0):
        board.set_draft(ruler_to(x))
        board.keep_draft()
    board.choose(ruler_to(1.0))
    assert board.delete() == ruler_to(1.0)
    assert board.delete() == ruler_to(3.0)
    assert board.calipers == (ruler_to(2.0),)
    board.delete()
    assert board.delete() is None


def test_a_draft_without_extent_is_given_up(board):
    board.set_draft(ruler_to(0.0))
    board.keep_draft()
    assert board.calipers == ()
    assert board.draft is None


def test_calipers_stay_on_their_slice_and_go_with_the_case(board):
    board.set_draft(ruler_to(1.5, slice_index=2))
    board.keep_draft()
    assert board.on_slice(Plane.AXIAL, 2) == board.calipers
    assert board.on_slice(Plane.AXIAL, 1) == ()
    assert board.on_slice(Plane.CORONAL, 2) == ()
    assert board.lines_of(board.calipers[0]) == ("1.5 mm",)

    board.show_volume(None)
    assert board.calipers == ()


def test_a_caliper_cannot_be_changed_into_nothing(board):
    board.set_draft(ruler_to(1.0))
    board.keep_draft()
    board.change_chosen(ruler_to(0.0))
    assert board.chosen == ruler_to(1.0)
    board.change_chosen(ruler_to(2.0))
    assert board.calipers == (ruler_to(2.0),)
