import numpy as np
import pytest
import scipy.ndimage

from inference.usual_places import is_in_usual_place, likeliest_component


@pytest.fixture
def parts() -> np.ndarray:
    """A large part in front on the right, a small one at the back on the left."""
    mask = np.zeros((10, 20, 30), bool)
    mask[2:8, 1:8, 2:12] = True
    mask[3:6, 12:16, 22:27] = True
    return mask


def test_the_part_in_the_organs_usual_place_is_taken(parts):
    spleen = likeliest_component(parts, "spleen")
    assert spleen.sum() == 3 * 4 * 5
    assert spleen[4, 13, 24]
    assert is_in_usual_place(spleen, "spleen")


def test_without_a_usual_place_the_largest_is_taken(parts):
    liver = likeliest_component(parts, "liver")
    assert liver.sum() == 6 * 7 * 10
    assert is_in_usual_place(liver, "liver")
    assert not is_in_usual_place(liver, "spleen")


def test_where_nothing_lies_in_the_usual_place_the_largest_is_taken(parts):
    mirrored = np.ascontiguousarray(parts[:, :, ::-1])
    mirrored[2:8, 1:8] = False
    found = likeliest_component(mirrored, "spleen")
    assert np.array_equal(found, mirrored)
    assert not is_in_usual_place(found, "spleen")


def test_parts_that_are_too_small_do_not_count(parts):
    assert likeliest_component(parts, "spleen", least_voxels=61).sum() == 6 * 7 * 10
    assert not likeliest_component(parts, "spleen", least_voxels=1000).any()
    assert not likeliest_component(np.zeros_like(parts), "spleen").any()


def test_the_choice_is_that_of_a_plain_look_at_every_part():
    random = np.random.default_rng(3)
    for share in (0.05, 0.2, 0.35):
        mask = random.random((7, 15, 18)) < share
        mask[:, :4], mask[:2] = False, False  # the parts do not begin at the corner
        components, count = scipy.ndimage.label(mask)
        sizes = np.bincount(components.ravel())[1:]
        centers = np.array([np.argwhere(components == n + 1).mean(axis=0) for n in range(count)])
        back, left = ((centers[:, 1:] + 0.5) / mask.shape[1:]).T
        usual = np.where((back >= 0.42) & (left >= 0.58), sizes, 0)
        wanted = components == 1 + np.argmax(usual)

        assert usual.any()
        assert np.array_equal(likeliest_component(mask, "spleen"), wanted)
