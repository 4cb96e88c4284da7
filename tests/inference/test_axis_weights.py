import numpy as np
import pytest

from inference.axis_weights import (
    area_weights,
    linear_weights,
    resample,
    softmax,
    stretched_weights,
    winning_classes,
)
from inference.grids import interpolate


@pytest.mark.parametrize(("samples", "length"), [(4, 8), (3, 8), (8, 3), (5, 5), (7, 20), (1, 6)])
def test_rows_are_means(samples, length):
    for weights in (area_weights(samples, length), stretched_weights(samples, length)):
        assert weights.shape == (samples, length)
        assert np.allclose(weights.sum(axis=1), 1)
        assert (weights >= 0).all()


def test_area_takes_every_voxel_that_a_part_touches():
    assert np.allclose(area_weights(2, 3), [[0.5, 0.5, 0], [0, 0.5, 0.5]])
    assert np.allclose(area_weights(4, 2), [[1, 0], [1, 0], [0, 1], [0, 1]])


def test_linear_weights_repeat_the_ends():
    weights = linear_weights(np.array([-1.0, 0.25, 1.0, 9.0]), 3)
    assert np.allclose(weights, [[1, 0, 0], [0.75, 0.25, 0], [0, 1, 0], [0, 0, 1]])
    assert np.allclose(linear_weights(np.array([0.0, 5.0]), 1), 1)


def test_resampling_is_trilinear_interpolation():
    rng = np.random.default_rng(1)
    array = rng.integers(-1000, 1000, (6, 9, 7)).astype(np.int16)
    positions = [rng.uniform(0, n - 1, m) for n, m in zip(array.shape, (4, 12, 5), strict=True)]
    k, j, i = (linear_weights(at, n) for at, n in zip(positions, array.shape, strict=True))
    found = resample(array, (k, j, i))
    assert np.allclose(found, interpolate(array.astype(np.float32), positions), atol=0.01)


def test_what_is_clipped_is_clipped_before_the_mean():
    array = np.array([[[0, 100]]], np.int16)
    one = np.ones((1, 1), np.float32)
    weights = (one, one, area_weights(1, 2))
    assert resample(array, weights, lambda hu: np.minimum(hu, 10))[0, 0, 0] == pytest.approx(5)


@pytest.mark.parametrize("classes", [2, 4])
def test_winning_classes_are_those_of_the_whole_grid(classes):
    rng = np.random.default_rng(classes)
    logits = rng.normal(size=(classes, 5, 6, 7)).astype(np.float32)
    logits[0] += 1
    logits[1:, :2] -= 20
    probabilities = softmax(logits)
    weights = (stretched_weights(9, 5), area_weights(4, 6), stretched_weights(16, 7))
    found = winning_classes(probabilities, weights, range(1, classes))
    fine = np.einsum("ckji,ak,bj,di->cabd", probabilities, *weights)
    whole = np.zeros(fine.shape[1:], np.uint8)
    whole[found.box] = found.classes
    assert whole.any()
    assert np.array_equal(whole, fine.argmax(axis=0))
    assert found.box[0].start > 0, "only the box in which a class can win is looked at"


def test_nothing_wins_where_background_is_everywhere_above():
    probabilities = np.stack([np.full((3, 3, 3), 0.6), np.full((3, 3, 3), 0.4)]).astype(np.float32)
    weights = (area_weights(6, 3),) * 3
    assert winning_classes(probabilities, weights, (1,)) is None


def test_softmax_stands_large_logits():
    logits = np.array([[[[1000.0]]], [[[-1000.0]]]], np.float32)
    assert np.allclose(softmax(logits).ravel(), [1, 0])
    three = softmax(np.concatenate([logits, logits[:1]]))
    assert np.allclose(three.ravel(), [0.5, 0, 0.5])
