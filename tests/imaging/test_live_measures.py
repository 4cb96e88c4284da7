import numpy as np
import pytest

from imaging.live_measures import LiveMeasures
from imaging.structure_measures import measure_structure


@pytest.fixture
def labels(oblique_geometry):
    labels = np.zeros(oblique_geometry.shape, np.uint8)
    labels[3:8, 4:9, 5:12] = 2
    labels[10:12, 4:9, 5:12] = 6
    return labels


@pytest.fixture
def hu(oblique_geometry):
    return np.random.default_rng(3).integers(-100, 200, oblique_geometry.shape).astype(np.int16)


def test_measures_followed_through_edits_are_those_of_the_whole_map(labels, hu, oblique_geometry):
    live = LiveMeasures(labels, 2, oblique_geometry, hu)
    assert live.measures() == measure_structure(labels, 2, oblique_geometry, hu)
    for box, value in (
        (np.s_[7:11, 2:5, 5:8], 2),
        (np.s_[3:5, 4:9, 5:12], 0),
        (np.s_[0:12, 0:20, 0:20], 0),
        (np.s_[1:3, 1:3, 1:4], 2),
    ):
        labels[box] = value
        live.mark(box)
        assert live.measures() == measure_structure(labels, 2, oblique_geometry, hu)


def test_after_the_first_look_only_the_boxes_that_changed_are_searched(
    labels, hu, oblique_geometry
):
    live = LiveMeasures(labels, 2, oblique_geometry, hu)
    before = live.measures()
    labels[12:14, 10:12, 10:12] = 2  # which nobody said

    assert live.measures() == before


def test_a_structure_without_voxels_has_no_measures(labels, hu, oblique_geometry):
    assert LiveMeasures(labels, 9, oblique_geometry, hu).measures() is None
