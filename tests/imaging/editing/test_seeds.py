"""Growing from seeds: it follows the tissue, leaves rivals alone, and knows its reach."""

import numpy as np
import pytest

from imaging.editing import seeds
from imaging.editing.box_mask import BoxMask, whole_box
from imaging.editing.seeds import grown_from_seeds


@pytest.fixture
def scene(fine_geometry, middle_lps, ellipsoid):
    """A noisy CT with one organ, and the organ's mask."""
    center = middle_lps(fine_geometry)
    organ = ellipsoid(fine_geometry, center, (20, 14, 17)).whole(fine_geometry.shape)
    noise = np.random.default_rng(0).normal(0, 15, organ.shape)
    array = (np.where(organ, 115, 25) + noise).astype(np.int16)
    return array, organ, fine_geometry


def seed_at(geometry, point_lps, reach=2):
    index = np.round(geometry.lps_to_index(point_lps)).astype(int)
    mask = np.zeros(geometry.shape, bool)
    mask[tuple(slice(i - reach, i + reach + 1) for i in index)] = True
    return mask


def whole(mask):
    return BoxMask(whole_box(mask.shape), mask)


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


@pytest.mark.parametrize("max_nodes", [seeds.MAX_NODES, 60_000])
def test_seeds_in_an_organ_and_beside_it_find_the_organ(scene, middle_lps, monkeypatch, max_nodes):
    monkeypatch.setattr(seeds, "MAX_NODES", max_nodes)
    array, organ, geometry = scene
    center = middle_lps(geometry)
    own = seed_at(geometry, center)
    rivals = seed_at(geometry, center - [26, 0, 0]) | seed_at(geometry, center - [0, 24, 0])
    found = grown_from_seeds(array, geometry, BoxMask.of(own), whole(rivals), 45.0).whole(
        organ.shape
    )

    assert dice(found, organ) > 0.93
    assert not (found & rivals).any()
    assert found[own].all()


def test_without_rivals_the_edge_of_the_tissue_still_holds(scene, middle_lps):
    array, organ, geometry = scene
    own = seed_at(geometry, middle_lps(geometry))
    found = grown_from_seeds(array, geometry, BoxMask.of(own), None, 24.0).whole(organ.shape)

    assert dice(found, organ) > 0.9


def test_nothing_beyond_the_reach_is_taken(scene, middle_lps):
    array, organ, geometry = scene
    center = middle_lps(geometry)
    found = grown_from_seeds(array, geometry, BoxMask.of(seed_at(geometry, center)), None, 8.0)
    points = geometry.index_to_lps(np.argwhere(found.whole(organ.shape)))

    assert np.linalg.norm(points - center, axis=1).max() < 8.0 + 6.0
