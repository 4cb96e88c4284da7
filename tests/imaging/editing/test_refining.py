"""The tools that work on a whole mask: holes, islands, smoothing, margins, slices, HU."""

import numpy as np
import pytest

from imaging.editing.between_slices import copied_slice, filled_between, gap_axis
from imaging.editing.box_mask import BoxMask
from imaging.editing.combining import Combination, combined
from imaging.editing.holes import enclosed_region, without_holes
from imaging.editing.islands import island_at, largest_island, without_small_islands
from imaging.editing.margins import with_margin
from imaging.editing.smoothing import smoothed_by_gaussian, smoothed_by_median
from imaging.editing.threshold import ball_in_range, in_range
from imaging.geometry import VolumeGeometry


def mask_of(*boxes, shape=(12, 14, 16), holes=()):
    mask = np.zeros(shape, bool)
    for box in boxes:
        mask[box] = True
    for hole in holes:
        mask[hole] = False
    return BoxMask.of(mask)


BLOCK = np.s_[2:9, 3:12, 2:13]


def test_cavities_are_filled_and_tunnels_are_not():
    cavity, tunnel = np.s_[4:6, 6:8, 5:8], np.s_[2:9, 9:10, 10:11]
    found = without_holes(mask_of(BLOCK, holes=[cavity, tunnel])).whole((12, 14, 16))

    assert found[cavity].all()
    assert not found[tunnel].any()


@pytest.mark.parametrize("slice_axis", [0, 1, 2])
def test_by_slices_a_tunnel_across_them_is_filled_too(slice_axis):
    tunnel = [slice(5, 6)] * 3
    tunnel[slice_axis] = slice(None)
    structure = mask_of(BLOCK, holes=[tuple(tunnel)])

    assert np.array_equal(without_holes(structure, slice_axis).mask, mask_of(BLOCK).mask)


def test_the_bucket_fills_what_an_outline_encloses_and_refuses_one_with_a_gap():
    labels = np.zeros((3, 20, 20), np.uint8)
    labels[1, 5:15, 5:15] = 4
    labels[1, 7:13, 7:13] = 0
    found = enclosed_region(labels, 4, (1, 9, 9), 0)
    assert np.array_equal(found.whole(labels.shape)[1], np.pad(np.ones((6, 6), bool), (7, 7)))
    assert enclosed_region(labels, 4, (1, 5, 5), 0) is None  # it is the structure's already

    labels[1, 5:7, 9] = 0
    assert enclosed_region(labels, 4, (1, 9, 9), 0) is None


ISLANDS = (np.s_[1:4, 1:5, 1:6], np.s_[6:8, 8:10, 8:10], np.s_[10:11, 1:2, 14:15])


def test_the_largest_island_is_kept_and_small_ones_go_by_volume(oblique_geometry):
    structure = mask_of(*ISLANDS)
    voxel_ml = oblique_geometry.voxel_volume_mm3 / 1000

    assert np.array_equal(
        largest_island(structure).whole((12, 14, 16)), mask_of(ISLANDS[0]).whole((12, 14, 16))
    )
    kept = without_small_islands(structure, oblique_geometry, 7.5 * voxel_ml)
    assert kept.mask.sum() == 60 + 8
    assert without_small_islands(structure, oblique_geometry, 0.0).mask.sum() == 69


def test_an_island_is_found_by_any_of_its_voxels():
    structure = mask_of(*ISLANDS)
    assert island_at(structure, (7, 9, 8)).mask.sum() == 8
    assert island_at(structure, (5, 5, 5)) is None
    assert island_at(structure, (0, 0, 0)) is None


def test_smoothing_by_gaussian_keeps_volume_and_rounds_corners(fine_geometry):
    mask = np.zeros(fine_geometry.shape, bool)
    mask[14:38, 20:60, 16:48] = True
    found = smoothed_by_gaussian(BoxMask.of(mask), fine_geometry, 4.0).whole(mask.shape)

    assert np.count_nonzero(found) == pytest.approx(np.count_nonzero(mask), rel=1e-3)
    assert not found[14, 20, 16]
    assert found[26, 40, 32]


def test_a_smoothed_ball_stays_a_ball(fine_geometry, middle_lps, ellipsoid, volume_mm3):
    center = middle_lps(fine_geometry)
    body = ellipsoid(fine_geometry, center, (22, 22, 22))
    found = smoothed_by_gaussian(body, fine_geometry, 2.0)

    assert volume_mm3(fine_geometry, found) == pytest.approx(4 / 3 * np.pi * 22**3, rel=5e-3)
    shape = fine_geometry.shape
    assert np.count_nonzero(found.whole(shape) ^ body.whole(shape)) < 0.01 * body.mask.sum()


def test_the_median_drops_a_spike_and_closes_a_notch(fine_geometry):
    mask = np.zeros(fine_geometry.shape, bool)
    mask[14:38, 20:60, 16:48] = True
    body = mask.copy()
    mask[26, 60:68, 30] = True
    mask[26, 20:24, 30] = False
    found = smoothed_by_median(BoxMask.of(mask), fine_geometry, 5.0).whole(mask.shape)

    assert not found[26, 62:68, 30].any()
    assert found[26, 20:24, 30].all()
    assert np.count_nonzero(found ^ body) < 0.03 * np.count_nonzero(body)  # edges


@pytest.mark.parametrize("margin_mm", [3.0, 6.5, -3.0, -6.5])
@pytest.mark.parametrize("half_axes_mm", [(22, 22, 22), (24, 16, 20)])
def test_margins_give_the_volume_of_the_larger_or_smaller_body(
    fine_geometry, middle_lps, ellipsoid, volume_mm3, margin_mm, half_axes_mm
):
    body = ellipsoid(fine_geometry, middle_lps(fine_geometry), half_axes_mm)
    found = volume_mm3(fine_geometry, with_margin(body, fine_geometry, margin_mm))

    assert found == pytest.approx(volume_with_margin(half_axes_mm, margin_mm), rel=1e-2)


def volume_with_margin(half_axes_mm, margin_mm):
    """Of a body at a distance from an ellipsoid: by Steiner, with the surface integrated."""
    a, b, c = half_axes_mm
    polar, around = np.meshgrid(
        (np.arange(400) + 0.5) * np.pi / 400, (np.arange(400) + 0.5) * np.pi / 200, indexing="ij"
    )
    unit = np.stack([np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)])
    half = np.array([a, b, c])[:, None, None]
    normal = unit / half
    normal /= np.linalg.norm(normal, axis=0)
    points = unit * half
    # The volume is a third of the flux of the moved surface's points through it.
    along_polar = lambda f: np.gradient(f, np.pi / 400, axis=1)  # noqa: E731
    along_around = lambda f: np.gradient(f, np.pi / 200, axis=2)  # noqa: E731
    moved = points + margin_mm * normal
    area = np.cross(along_polar(moved), along_around(moved), axis=0)
    return abs((moved * area).sum() * (np.pi / 400) * (np.pi / 200)) / 3


def test_a_margin_on_a_turned_volume_is_the_same_margin(fine_geometry, middle_lps, ellipsoid):
    body = ellipsoid(fine_geometry, middle_lps(fine_geometry), (20, 14, 17))
    turned = VolumeGeometry(
        fine_geometry.shape[::-1],
        np.column_stack([fine_geometry.affine[:, [2, 1, 0]], fine_geometry.affine[:, 3]]),
    )
    here = with_margin(body, fine_geometry, 4.0).whole(fine_geometry.shape)
    there = with_margin(BoxMask.of(body.whole(fine_geometry.shape).T), turned, 4.0)

    assert np.count_nonzero(here.T ^ there.whole(turned.shape)) < 2e-4 * np.count_nonzero(here)


def test_shrinking_a_thin_structure_away_leaves_nothing_and_no_error(oblique_geometry):
    assert not with_margin(mask_of(np.s_[5:6, 3:9, 3:9]), oblique_geometry, -5.0).mask.any()


def test_shrinking_stops_at_the_edge_of_the_ct(oblique_geometry):
    mask = np.zeros(oblique_geometry.shape, bool)
    mask[:, 5:25, 5:35] = True
    found = with_margin(BoxMask.of(mask), oblique_geometry, -2.0).whole(mask.shape)

    assert found[0, 15, 20]
    assert found[-1, 15, 20]
    assert not found[:, 5].any()


@pytest.mark.parametrize("slice_axis", [0, 1, 2])
def test_slices_between_drawn_ones_are_filled(fine_geometry, middle_lps, ellipsoid, slice_axis):
    body = ellipsoid(fine_geometry, middle_lps(fine_geometry), (24, 17, 21)).whole(
        fine_geometry.shape
    )
    drawn = np.zeros_like(body)
    first = int(np.flatnonzero(np.moveaxis(body, slice_axis, 0).any(axis=(1, 2)))[0])
    every = [slice(None)] * 3
    every[slice_axis] = slice(first, None, 4)
    drawn[tuple(every)] = body[tuple(every)]
    sparse = BoxMask.of(drawn)
    assert gap_axis(sparse) == slice_axis

    found = filled_between(sparse, fine_geometry, slice_axis).whole(body.shape)
    both = np.count_nonzero(found & body)
    assert 2 * both / (found.sum() + body.sum()) > 0.97
    assert (found >= drawn).all()


def test_a_tilted_vessel_is_followed_between_slices(fine_geometry):
    first, last = np.s_[10:11, 20:28, 10:18], np.s_[20:21, 50:58, 40:48]
    structure = mask_of(first, last, shape=fine_geometry.shape)
    found = filled_between(structure, fine_geometry, 0).whole(fine_geometry.shape)

    assert found[15, 35:43, 25:33].all()
    assert found[15].sum() == 64


def test_a_mask_without_gaps_has_no_gap_axis():
    assert gap_axis(mask_of(BLOCK)) is None


def test_a_slice_is_copied_to_its_neighbour():
    structure = mask_of(np.s_[3:4, 2:5, 2:9])
    found = copied_slice(structure, 0, 3, 4).whole((12, 14, 16))
    assert np.array_equal(found[4], structure.whole((12, 14, 16))[3])
    assert not copied_slice(structure, 0, 7, 8).mask.any()


def test_a_threshold_inside_a_structure_keeps_the_range(ball_ct):
    structure = mask_of(np.s_[1:11, 2:22, 20:32], shape=ball_ct.array.shape)
    found = in_range(structure, ball_ct.array, (100, 120)).whole(ball_ct.array.shape)
    assert np.array_equal(found, structure.whole(found.shape) & (ball_ct.array == 110))


def test_a_threshold_in_a_ball_stays_in_the_ball_and_with_its_middle(ball_ct):
    center, other = (5.0, 8.0, 25.0), (12.0, 8.0, 25.0)
    geometry = ball_ct.geometry
    found = ball_in_range(ball_ct.array, geometry, center, 6.0, (100, 120)).whole(geometry.shape)
    assert (ball_ct.array[found] == 110).all()
    far_mm = np.linalg.norm(
        geometry.index_to_lps(np.argwhere(found)) - geometry.index_to_lps(center), axis=1
    ).max()
    assert 5.0 < far_mm <= 6.0
    assert ball_in_range(ball_ct.array, geometry, other, 6.0, (100, 120)) is None


def test_two_structures_make_one():
    a, b = mask_of(np.s_[1:6, 2:8, 2:8]), mask_of(np.s_[4:9, 5:12, 3:9])
    shape = (12, 14, 16)
    whole_a, whole_b = a.whole(shape), b.whole(shape)
    for combination, wanted in (
        (Combination.UNION, whole_a | whole_b),
        (Combination.INTERSECTION, whole_a & whole_b),
        (Combination.DIFFERENCE, whole_a & ~whole_b),
    ):
        assert np.array_equal(combined(a, b, combination).whole(shape), wanted)
