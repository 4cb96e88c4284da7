import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from viewer.scenes.planes import Plane, SliceFrame

TOWARDS = {"L": (1, 0, 0), "P": (0, 1, 0), "H": (0, 0, 1), "A": (0, -1, 0), "R": (-1, 0, 0)}


@pytest.mark.parametrize("plane", Plane)
def test_right_and_up_in_a_picture_point_where_the_letters_say(plane, geometry):
    frame = SliceFrame.of(plane, geometry)
    origin, right, up = geometry.index_to_lps(frame.picture_to_index([[0, 0], [1, 0], [0, 1]], 3))

    assert np.dot(right - origin, TOWARDS[plane.right_letter]) > 0.9
    assert np.dot(up - origin, TOWARDS[plane.up_letter]) > 0.9


@pytest.mark.parametrize("plane", Plane)
def test_picture_points_and_indices_map_back_and_forth(plane, geometry):
    frame = SliceFrame.of(plane, geometry)
    index_kji = np.array([[2.0, 5.0, 7.0], [1.25, 3.5, 0.0]])

    points = frame.index_to_picture(index_kji)
    back = np.stack(
        [
            frame.picture_to_index(point, index[frame.slice_axis])
            for point, index in zip(points, index_kji, strict=True)
        ]
    )

    np.testing.assert_allclose(back, index_kji, atol=1e-9)


@pytest.mark.parametrize("plane", Plane)
def test_a_slice_holds_each_voxel_at_its_picture_point(plane, geometry):
    frame = SliceFrame.of(plane, geometry)
    array = np.arange(np.prod(geometry.shape)).reshape(geometry.shape)
    picture = frame.slice_of(array, 4)

    assert picture.shape == frame.size_px[::-1]
    for row, column in ((0, 0), (3, 5), (picture.shape[0] - 1, 2)):
        point = np.array([column, row]) * frame.spacing_picture_mm
        index = np.rint(frame.picture_to_index(point, 4)).astype(int)
        assert picture[row, column] == array[tuple(index)]


def test_a_slice_is_a_view_and_not_a_copy(geometry):
    array = np.zeros(geometry.shape, np.uint8)

    for plane in Plane:
        assert np.shares_memory(SliceFrame.of(plane, geometry).slice_of(array, 1), array)


def test_letters_name_the_four_edges():
    geometry = VolumeGeometry.from_parts((3, 4, 5), (0, 0, 0), (1, 1, 1))

    letters = {plane: "".join(SliceFrame.of(plane, geometry).edge_letters) for plane in Plane}

    assert letters == {Plane.AXIAL: "RLPA", Plane.CORONAL: "RLFH", Plane.SAGITTAL: "APFH"}


def test_each_plane_of_a_sagittal_acquisition_scrolls_along_its_own_axis():
    direction = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    geometry = VolumeGeometry.from_parts((14, 18, 22), (0, 0, 0), (3, 1, 1), direction)

    axes = {plane: SliceFrame.of(plane, geometry).slice_axis for plane in Plane}

    assert axes == {Plane.SAGITTAL: 0, Plane.AXIAL: 1, Plane.CORONAL: 2}


def test_a_point_outside_belongs_to_the_nearest_end(geometry):
    frame = SliceFrame.of(Plane.AXIAL, geometry)
    far_kji = np.zeros(3)
    far_kji[frame.slice_axis] = 1000

    assert frame.nearest_slice(geometry.index_to_lps(far_kji)) == frame.slice_count - 1
    assert frame.nearest_slice(geometry.index_to_lps(-far_kji)) == 0


def test_distance_counts_millimetres_along_the_slice_axis(geometry):
    frame = SliceFrame.of(Plane.CORONAL, geometry)
    index_kji = np.full(3, 2.0)
    index_kji[frame.slice_axis] += 1.5

    distance_mm = frame.distance_mm(geometry.index_to_lps(index_kji), 2)

    assert float(distance_mm) == pytest.approx(1.5 * frame.slice_spacing_mm)


@pytest.mark.parametrize("plane", Plane)
def test_a_picture_turned_back_is_the_slice_as_it_is_stored(plane, flipped_geometry):
    array = np.arange(np.prod(flipped_geometry.shape)).reshape(flipped_geometry.shape)
    frame = SliceFrame.of(plane, flipped_geometry)

    stored = frame.unturned(frame.slice_of(array, 5))

    assert np.array_equal(stored, np.take(array, 5, axis=frame.slice_axis))
