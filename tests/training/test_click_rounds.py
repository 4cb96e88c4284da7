import numpy as np
import pytest

from training.click_rounds import MOST_ROUNDS, OpenRounds, clicked_error, composed
from training.click_samples import ClickSample
from training.simulated_clicks import SimulatedClick

SHAPE = (24, 26, 28)


def block(k: slice, j: slice, i: slice) -> np.ndarray:
    mask = np.zeros(SHAPE, bool)
    mask[k, j, i] = True
    return mask


@pytest.fixture
def sample() -> ClickSample:
    """The target is two blocks far from each other; the mask has neither."""
    target = block(slice(2, 8), slice(2, 8), slice(2, 8))
    target |= block(slice(16, 22), slice(18, 24), slice(20, 26))
    return ClickSample(np.zeros(SHAPE, np.float32), target, np.zeros(SHAPE, np.float32))


def test_the_answer_counts_near_the_newest_click_only(sample):
    sample.newest = np.array([5.0, 5.0, 5.0])
    sample.foreground.append(sample.newest)
    mask = composed(np.zeros(SHAPE, bool), sample.target, sample)
    assert mask[2:8, 2:8, 2:8].all()
    assert not mask[16:, 18:, 20:].any()


def test_at_a_click_its_own_word_counts_whatever_the_answer(sample):
    sample.newest = np.array([5.0, 5.0, 5.0])
    sample.foreground.append(sample.newest)
    nothing = np.zeros(SHAPE, bool)
    mask = composed(nothing, nothing, sample)
    assert mask[5, 5, 5]
    assert mask.sum() == 7


def test_without_a_new_click_the_whole_answer_counts(sample):
    assert np.array_equal(composed(np.zeros(SHAPE, bool), sample.target, sample), sample.target)


def test_the_clicked_error_is_the_part_that_the_click_is_in(sample):
    sample.newest = np.array([18.0, 20.0, 22.0])
    error = clicked_error(sample)
    assert np.array_equal(np.argwhere(error).min(axis=0), [16, 18, 20])
    assert error.sum() == 6**3
    sample.newest = None
    assert not clicked_error(sample).any()


def test_a_background_click_is_about_what_is_too_much(sample):
    leak = block(slice(2, 8), slice(12, 16), slice(2, 8))
    sample.mask = (leak | sample.target).astype(np.float32)
    sample.newest = np.array([4.0, 13.0, 4.0])
    assert np.array_equal(clicked_error(sample), leak)


def test_a_wrong_answer_comes_back_with_a_new_click_in_its_error(sample):
    rounds = OpenRounds()
    rng = np.random.default_rng(0)
    half = block(slice(2, 8), slice(2, 8), slice(2, 8))
    rounds.answer(sample, half, rng)
    again = rounds.take(SHAPE, rng)
    assert again is sample
    assert again.rounds == 1
    at = tuple(np.round(again.newest).astype(int))
    assert sample.target[at]
    assert not half[at]
    assert rounds.take(SHAPE, rng) is None


def test_right_answers_and_endless_ones_do_not_come_back(sample):
    rounds = OpenRounds()
    rng = np.random.default_rng(0)
    rounds.answer(sample, sample.target.copy(), rng)
    assert rounds.take(SHAPE, rng) is None
    sample.rounds = MOST_ROUNDS
    rounds.answer(sample, np.zeros(SHAPE, bool), rng)
    assert rounds.take(SHAPE, rng) is None


def test_the_newest_click_is_the_one_added_last(sample):
    sample.add(SimulatedClick((5, 5, 5), True), np.random.default_rng(1))
    assert np.array_equal(sample.newest, sample.foreground[0])
