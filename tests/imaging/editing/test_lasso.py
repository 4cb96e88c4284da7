"""Lines that enclose something: in one slice, through all, across the edge of the CT."""

import numpy as np
import pytest

from imaging.editing.lasso import inside_of_line
from imaging.geometry import VolumeGeometry

SHAPE = (12, 40, 50)


def circle(slice_index=4, center=(20.0, 24.0), radius=11.0, axes=(1, 2)):
    angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    points = np.full((90, 3), float(slice_index))
    points[:, axes[0]] = center[0] + radius * np.sin(angles)
    points[:, axes[1]] = center[1] + radius * np.cos(angles)
    return points


def test_a_circle_encloses_its_area_in_its_slice_alone():
    found = inside_of_line(circle(), 0, SHAPE)

    assert found.box[0] == slice(4, 5)
    assert found.mask.sum() == pytest.approx(np.pi * 11**2, rel=0.02)
    assert found.whole(SHAPE)[4, 20, 24]


def test_a_cut_through_all_slices_is_the_same_in_each():
    found = inside_of_line(circle(), 0, SHAPE, slice(0, 12)).whole(SHAPE)

    assert (found == found[4]).all()
    assert found.any()


@pytest.mark.parametrize("slice_axis", [0, 1, 2])
def test_a_line_in_one_plane_equals_the_same_line_in_another(slice_axis):
    axes = [axis for axis in range(3) if axis != slice_axis]
    order = [slice_axis, *axes]
    shape = np.empty(3, int)
    shape[order] = SHAPE
    found = inside_of_line(circle(axes=axes), slice_axis, tuple(shape)).whole(shape)

    assert np.array_equal(found.transpose(order), inside_of_line(circle(), 0, SHAPE).whole(SHAPE))


def test_a_line_that_leaves_the_ct_encloses_what_is_left_inside():
    found = inside_of_line(circle(center=(0.0, 24.0)), 0, SHAPE)

    assert found.box[1].start == 0
    assert found.mask.sum() == pytest.approx(np.pi * 11**2 / 2, rel=0.07)


def test_a_line_that_crosses_itself_encloses_both_loops_and_their_overlap():
    twice = np.concatenate([circle(), circle(radius=6.0)])
    assert (
        inside_of_line(twice, 0, SHAPE).mask.sum() >= inside_of_line(circle(), 0, SHAPE).mask.sum()
    )


@pytest.mark.parametrize("points", [circle()[:2], circle(center=(-60.0, -60.0))])
def test_a_line_around_nothing_encloses_nothing(points):
    assert inside_of_line(points, 0, SHAPE) is None


def test_the_enclosed_volume_is_right_on_an_anisotropic_grid():
    geometry = VolumeGeometry.from_parts((6, 90, 70), (0, 0, 0), (2.0, 0.6, 0.9))
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    points = np.stack(
        [np.full(400, 2.0), 45 + 24 / 0.6 * np.sin(angles), 35 + 24 / 0.9 * np.cos(angles)], -1
    )
    found = inside_of_line(points, 0, geometry.shape, slice(0, 6))
    volume_mm3 = found.mask.sum() * geometry.voxel_volume_mm3

    assert volume_mm3 == pytest.approx(np.pi * 24**2 * 12.0, rel=5e-3)
