"""How two versions differ."""

import numpy as np
import pytest

from imaging.errors import GeometryMismatchError
from imaging.measures import dice
from training.cases.compare import compare_labels

SPLEEN, LIVER, AORTA = 1, 4, 9


@pytest.fixture
def pair(oblique_geometry):
    before = np.zeros(oblique_geometry.shape, np.uint8)
    before[2:8, 3:9, 4:20] = SPLEEN
    before[10:12, 2:7, 1:9] = LIVER
    after = before.copy()
    after[2:4] = 0
    after[3, 5, 6] = LIVER
    after[15, 15, 15] = AORTA
    return before, after


def test_each_structure_has_its_dice_volumes_and_voxels(pair, oblique_geometry):
    before, after = pair
    voxel_ml = 3.0 * 0.9 * 0.7 / 1000

    differences = compare_labels(before, after, oblique_geometry)

    assert [one.structure for one in differences] == ["spleen", "liver", "aorta"]
    for one, value in zip(differences, (SPLEEN, LIVER, AORTA), strict=True):
        a, b = before == value, after == value
        assert one.dice == pytest.approx(dice(a, b))
        assert one.voxels_different == np.count_nonzero(a != b)
        assert one.ml_before == pytest.approx(a.sum() * voxel_ml)
        assert one.ml_after == pytest.approx(b.sum() * voxel_ml)


def test_equal_labels_do_not_differ(pair, oblique_geometry):
    differences = compare_labels(pair[0], pair[0], oblique_geometry)

    assert {(one.dice, one.voxels_different) for one in differences} == {(1.0, 0)}


def test_labels_of_two_grids_cannot_be_compared(pair, flipped_geometry):
    with pytest.raises(GeometryMismatchError, match="one grid"):
        compare_labels(*pair, flipped_geometry)
