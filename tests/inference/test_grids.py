import numpy as np
from scipy.ndimage import map_coordinates

from inference.grids import block_mean, interpolate


def test_block_mean_averages_and_drops_what_is_left_over():
    array = np.arange(5 * 7 * 9, dtype=np.int16).reshape(5, 7, 9)
    means = block_mean(array, (2, 3, 4))
    assert means.shape == (2, 2, 2)
    assert means[1, 0, 1] == array[2:4, 0:3, 4:8].mean()


def test_block_mean_of_factor_one_is_the_array():
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    assert np.array_equal(block_mean(array, (1, 1, 1)), array)


def test_interpolation_equals_scipy_inside_and_repeats_ends_outside():
    rng = np.random.default_rng(1)
    array = rng.normal(size=(6, 7, 8)).astype(np.float32)
    positions = [np.linspace(-1, 7, 11), np.linspace(0.2, 5.5, 4), np.linspace(0, 7, 20)]
    grid = np.stack(np.meshgrid(*positions, indexing="ij"))
    theirs = map_coordinates(array, grid, order=1, mode="nearest")
    assert np.abs(interpolate(array, positions) - theirs).max() < 1e-5


def test_a_single_voxel_axis_is_repeated():
    array = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    out = interpolate(array, [np.array([-1.0, 0, 2]), np.arange(2.0), np.arange(3.0)])
    assert np.array_equal(out[2], array[0])
