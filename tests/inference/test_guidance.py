import numpy as np
import pytest

from inference.guidance import gaussian_taps, guidance_channel


def test_no_clicks_give_zeros():
    assert guidance_channel(np.zeros((0, 3)), (8, 9, 10)).max() == 0


def test_the_kernel_has_the_published_taps():
    taps = gaussian_taps(3.0)
    assert len(taps) == 25
    assert taps[12] == pytest.approx(0.13237, abs=1e-5)
    assert taps.sum() == pytest.approx(0.99997, abs=1e-5)


def test_the_maximum_is_one_at_the_click_also_at_the_border():
    channel = guidance_channel([[0, 4, 15]], (16, 16, 16))
    assert channel[0, 4, 15] == channel.max() == 1


def test_two_clicks_on_one_voxel_count_once():
    once = guidance_channel([[4, 5, 6], [12, 12, 12]], (16, 16, 16))
    twice = guidance_channel([[4, 5, 6], [4.2, 5, 6], [12, 12, 12]], (16, 16, 16))
    assert np.array_equal(once, twice)


def test_a_click_outside_is_drawn_at_the_nearest_border():
    assert guidance_channel([[-3, 40, 5]], (10, 12, 14))[0, 11, 5] == 1


def test_guidance_equals_monai():
    pytest.importorskip("monai")
    from monai.apps.deepedit.transforms import AddGuidanceSignalDeepEditd

    clicks = [[3, 5, 20], [10, 11, 12], [10, 13, 12]]
    shape = (24, 28, 32)
    transform = AddGuidanceSignalDeepEditd(keys="image", guidance="guidance", sigma=3)
    data = {
        "image": np.zeros((1, *shape), np.float32),
        "guidance": {"spleen": np.array(clicks), "background": np.array([])},
    }
    theirs = np.asarray(transform(data)["image"])
    assert np.abs(theirs[1] - guidance_channel(clicks, shape)).max() < 1e-5
    assert np.array_equal(theirs[2], np.zeros(shape, np.float32))
