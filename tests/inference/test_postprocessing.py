import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference.postprocessing import ellipsoid, keep_change_near, mask_from_probability
from inference.preprocessing import prepare_volume


@pytest.fixture
def prepared():
    geometry = VolumeGeometry.from_parts((30, 40, 50), (0.0, 0.0, 0.0), (1.5, 0.8, 0.9))
    return prepare_volume(Volume(np.zeros(geometry.shape, np.int16), geometry))


@pytest.mark.parametrize(
    "first_index", [(4.0, 7.5, 9.2), (-9.3, -4.0, 20.0), (14.0, 22.0, 31.0)], ids=str
)
def test_a_mask_is_the_interpolated_probability_above_a_half(prepared, first_index):
    step = np.array([1.3, 2.5, 2.2])
    probability = np.zeros((16, 12, 14), np.float32)
    probability[3:14, 2:9, 1:12] = np.random.default_rng(4).random((11, 7, 11))
    box, mask = mask_from_probability(probability, np.array(first_index), step, prepared)
    indices = np.stack(np.mgrid[box]).reshape(3, -1)
    at = (indices - np.array(first_index)[:, None]) / step[:, None]
    expected = map_coordinates(probability, at, order=1, mode="nearest").reshape(mask.shape)
    sure = np.abs(expected - 0.5) > 1e-5
    assert np.array_equal(mask[sure], (expected > 0.5)[sure])
    assert mask.any()


def test_a_probability_map_beside_the_ct_gives_no_mask(prepared):
    box, mask = mask_from_probability(
        np.ones((4, 4, 4), np.float32), np.array([100.0, -60.0, 5.0]), np.ones(3), prepared
    )
    assert mask.shape == tuple(part.stop - part.start for part in box)
    assert not mask.any()


@pytest.mark.parametrize("center", [(5.2, 6.0, 7.9), (-1.5, 3.0, 20.4), (40.0, 0.0, 0.0)], ids=str)
def test_an_ellipsoid_has_the_voxels_within_its_half_axes(center):
    shape, radii = (10, 14, 20), np.array([2.0, 4.5, 3.1])
    box, ball = ellipsoid(shape, np.array(center), radii)
    found = np.zeros(shape, bool)
    found[box] = ball
    offsets = np.moveaxis(np.indices(shape), 0, -1) - np.array(center)
    assert np.array_equal(found, ((offsets / radii) ** 2).sum(axis=-1) <= 1)


def test_only_changes_near_a_point_are_kept_whole():
    before = np.zeros((20, 20, 60), bool)
    before[5:9, 5:9, 5:9] = before[5:9, 5:9, 40:44] = True
    after = np.zeros_like(before)
    after[2:5, 5:9, 5:20] = True  # reaches from near to far; in one piece
    after[12:14, 5:9, 40:44] = True
    kept = keep_change_near(before, after, np.array([[4.0, 7.0, 6.0]]), np.array([2.0, 2, 2]))
    assert np.array_equal(kept[2:5, 5:9, 5:20], after[2:5, 5:9, 5:20])
    assert not kept[5:9, 5:9, 5:9].any(), "what vanishes touches the point as well"
    assert np.array_equal(kept[:, :, 30:], before[:, :, 30:])


def test_nothing_changes_where_no_point_is_near():
    before = np.zeros((4, 5, 6), bool)
    after = ~before
    assert not keep_change_near(before, after, np.zeros((0, 3)), np.ones(3)).any()
    assert not keep_change_near(before, after, np.array([[40.0, 0, 0]]), np.ones(3)).any()
