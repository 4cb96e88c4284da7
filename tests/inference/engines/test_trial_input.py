import numpy as np
import pytest

from inference.engines.trial_input import (
    SIDE,
    input_for,
    inputs_for,
    spacing_from,
    spacing_text,
)


def test_the_input_is_the_same_every_time_and_fits_the_network():
    inputs = input_for((1, 3, None, 24, 40))
    assert inputs.shape == (1, 3, SIDE, 24, 40)
    assert inputs.dtype == np.float32
    assert inputs.min() >= 0
    assert inputs.max() <= 1
    np.testing.assert_array_equal(inputs, input_for((1, 3, None, 24, 40)))


@pytest.mark.parametrize("shape", [(1, 1, None, None, None), (1, 1, 160, 112, 112)])
def test_it_shows_air_fat_soft_tissue_and_bone(shape):
    image = input_for(shape)[0, 0]
    shares = np.histogram(image, [0, 0.01, 0.3, 0.9, 1.01])[0] / image.size
    assert shares.min() > 0.01  # fat lies below 0.3, organs between 0.3 and 0.9
    assert shares[2] > 0.2


def test_each_other_channel_holds_one_click_and_those_lie_apart():
    channels = input_for((1, 4, None, None, None))[0, 1:]
    places = [np.unravel_index(channel.argmax(), channel.shape) for channel in channels]
    assert [channel.max() for channel in channels] == [1, 1, 1]
    assert all((channel > 0.5).sum() < 500 for channel in channels)
    assert len(set(places)) == 3


def test_the_first_click_lies_in_the_spleen_of_the_patients_left():
    _, spleen = input_for((1, 2, None, None, None))[0]
    r, _, s = np.unravel_index(spleen.argmax(), spleen.shape)
    assert r < SIDE / 2  # axes are R, A, S: the left is where R is small
    assert s > SIDE / 3


def test_a_large_input_is_stretched_without_steps():
    image = input_for((1, 1, 160, 112, 112))[0, 0]
    inner = image[4:-4, 30:80, 30:80]
    assert not np.array_equal(inner[0::2], inner[1::2])


def test_without_a_spacing_a_network_is_tried_on_one_input():
    (alone,) = inputs_for((1, 3, 24, 24, 24), None)
    np.testing.assert_array_equal(alone, input_for((1, 3, 24, 24, 24)))


def test_a_window_that_holds_both_organs_is_tried_on_one_input():
    (alone,) = inputs_for((1, 4, 72, 72, 72), (2.0, 2.0, 2.0))
    assert (alone[0, 1:3].reshape(2, -1).max(axis=1) == 1).all()  # else none was there to click


@pytest.mark.parametrize("shape", [(1, 1, 64, 64, 64), (1, 1, 64, 40, 72)])
def test_a_window_larger_than_the_patient_lies_around_the_middle(shape):
    (alone,) = inputs_for(shape, (7.0, 7.0, 7.0))
    body = np.argwhere(alone[0, 0] > 0)[:, :2]
    middle = (body.min(axis=0) + body.max(axis=0)) / 2
    np.testing.assert_allclose(middle, np.array(shape[2:4]) / 2, atol=4)


def test_a_smaller_window_is_tried_around_each_organ_with_voxels_of_its_own_size():
    spleen, pancreas = inputs_for((1, 4, 64, 64, 64), (1.5, 1.5, 1.5))
    for inputs, channel in ((spleen, 1), (pancreas, 2)):
        at = np.unravel_index(inputs[0, channel].argmax(), inputs.shape[2:])
        assert inputs[0, channel].max() == 1
        assert all(16 < place < 48 for place in at)  # not at the edge
    coarse = input_for((1, 4, 64, 64, 64))
    assert not np.array_equal(spleen[0, 0], coarse[0, 0])


def test_a_spacing_is_read_from_what_was_written():
    assert spacing_from(spacing_text((1.5, 1.5, 2.0))) == (1.5, 1.5, 2.0)


@pytest.mark.parametrize("text", ["", "1 1", "1 1 1 1", "1 x 1", "0 1 1", "1 1 nan", "1 1 1e9"])
def test_what_is_no_spacing_is_left(text):
    assert spacing_from(text) is None
