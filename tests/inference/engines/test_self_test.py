import numpy as np
import pytest

from inference.engines.self_test import agreement


def _logits(foreground):
    return np.stack([-foreground, foreground])[None].astype(np.float32)


def test_equal_logits_agree_wholly():
    logits = _logits(np.random.default_rng(0).normal(size=(16, 16, 16)))
    agreed = agreement(logits, logits)
    assert (agreed.dice, agreed.largest_difference) == (1.0, 0.0)
    assert agreed.is_enough


def test_a_mask_that_moved_by_a_voxel_does_not_agree():
    field = -np.ones((24, 24, 24))
    field[8:16, 8:16, 8:16] = 1
    agreed = agreement(_logits(np.roll(field, 1, axis=2)), _logits(field))
    assert agreed.dice == pytest.approx(7 / 8)
    assert not agreed.is_enough


def test_without_any_foreground_the_nearest_voxels_are_compared():
    rng = np.random.default_rng(1)
    field = -5 - rng.random((20, 20, 20))
    assert agreement(_logits(field), _logits(field)).dice == 1
    other = -5 - rng.random((20, 20, 20))
    assert agreement(_logits(other), _logits(field)).dice < 0.5


def test_the_class_that_agrees_least_decides():
    reference = np.zeros((1, 3, 20, 20, 20), np.float32)
    reference[0, 1, :10] = 1
    reference[0, 2, 10:] = 1
    logits = reference.copy()
    logits[0, 2, 19] = -1  # the last slice of class 2 becomes background
    agreed = agreement(logits, reference)
    assert agreed.dice == pytest.approx(2 * 9 / 19)
    assert agreed.largest_difference == 2


def test_logits_of_another_shape_are_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="cannot be compared"):
        agreement(np.zeros((1, 2, 4, 4, 4), np.float32), np.zeros((1, 2, 4, 4, 8), np.float32))
