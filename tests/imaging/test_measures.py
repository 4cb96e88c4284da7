import numpy as np
import pytest

from imaging import measures
from imaging.labels import LabelMap
from imaging.measures import dice, inner_point_lps, point_inside, volume_ml


@pytest.fixture
def labels(oblique_geometry):
    array = np.zeros(oblique_geometry.shape, np.uint8)
    array[2:6, 3:9, 4:12] = 1
    array[10, 10, 10:14] = 7
    return LabelMap.from_array(array)


def test_a_volume_counts_voxels_at_their_true_size(labels, oblique_geometry):
    expected_ml = 4 * 6 * 8 * 3.0 * 0.9 * 0.7 / 1000

    assert volume_ml(labels, 1, oblique_geometry) == pytest.approx(expected_ml)
    assert volume_ml(labels, 3, oblique_geometry) == 0


def test_the_inner_point_of_a_block_is_its_middle(labels, oblique_geometry):
    point_lps = inner_point_lps(labels.mask(1), oblique_geometry)
    index_kji = oblique_geometry.lps_to_index(point_lps)

    assert np.abs(index_kji - [3.5, 5.5, 7.5]).max() <= 0.51


def test_the_inner_point_of_a_bent_mask_lies_in_it(oblique_geometry):
    mask = np.zeros(oblique_geometry.shape, np.bool_)
    mask[5:8, 2:25, 3:7] = True
    mask[5:8, 20:25, 3:35] = True
    index_kji = oblique_geometry.nearest_index(inner_point_lps(mask, oblique_geometry))

    assert mask[index_kji]


def test_an_empty_mask_has_no_inner_point(oblique_geometry):
    assert inner_point_lps(np.zeros(oblique_geometry.shape, np.bool_), oblique_geometry) is None


@pytest.mark.parametrize("looked_at", [100, 100_000])
def test_a_point_inside_is_deep_in_the_structure_however_few_voxels_are_looked_at(
    labels, oblique_geometry, monkeypatch, looked_at
):
    monkeypatch.setattr(measures, "MAX_LOOKED_AT", looked_at)
    point_lps = point_inside(labels.array, 1, oblique_geometry)
    index_kji = oblique_geometry.lps_to_index(point_lps)

    assert np.abs(index_kji - [3.5, 5.5, 7.5]).max() <= 1.51
    assert point_inside(labels.array, 9, oblique_geometry) is None


def test_a_point_inside_is_found_where_every_nth_voxel_misses_the_structure(
    oblique_geometry, monkeypatch
):
    monkeypatch.setattr(measures, "MAX_LOOKED_AT", 30)
    labels = np.zeros(oblique_geometry.shape, np.uint8)
    labels[2, 3, 5] = labels[17, 28, 35] = 4
    index_kji = oblique_geometry.nearest_index(point_inside(labels, 4, oblique_geometry))

    assert labels[index_kji] == 4


def test_dice_compares_two_masks_of_any_size():
    a = np.zeros((2, 3, 4), bool)
    assert dice(a, a) == 1
    a[0, 0, :3] = True
    b = np.zeros_like(a)
    assert dice(a, b) == 0
    b[0, 0, 2:4] = True
    assert dice(a, b) == dice(b, a) == pytest.approx(2 / 5)
