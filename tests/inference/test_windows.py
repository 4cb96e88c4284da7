import numpy as np
import pytest
from monai.data.utils import compute_importance_map, dense_patch_slices
from monai.inferers.utils import _get_scan_interval

from inference.windows import WindowBlend, blending_weights, scan_starts


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5, 0.625, 0.99])
@pytest.mark.parametrize("length", [96, 97, 150, 274, 410])
def test_windows_begin_where_monais_do(length, overlap):
    interval = _get_scan_interval((length,), (96,), 1, (overlap,))
    theirs = [one[0].start for one in dense_patch_slices((length,), (96,), interval)]
    assert list(scan_starts(length, 96, overlap)) == theirs


@pytest.mark.parametrize("blending", ["constant", "gaussian"])
def test_windows_are_blended_as_monai_does(blending):
    ours = blending_weights((8, 12, 10), blending)
    theirs = compute_importance_map((8, 12, 10), mode=blending).numpy()
    assert ours.dtype == np.float32
    assert np.allclose(ours, theirs, atol=1e-6)


def test_the_blend_is_the_weighted_mean_and_background_where_nobody_looked():
    weights = np.array([1, 2, 1], np.float32).reshape(3, 1, 1)
    blend = WindowBlend(2, (5, 1, 1), weights)
    one, other = np.zeros((2, 3, 1, 1), np.float32), np.zeros((2, 3, 1, 1), np.float32)
    one[1], other[1] = 4.0, 1.0
    whole = (slice(0, 5), slice(0, 1), slice(0, 1))
    blend.add((slice(0, 3), *whole[1:]), one)
    blend.add((slice(1, 4), *whole[1:]), other)
    mean = blend.mean(whole)[:, :, 0, 0]
    assert np.allclose(mean[1, :4], [4, (4 * 2 + 1) / 3, (4 + 2) / 3, 1])
    assert mean[0, 4] > mean[1, 4]
    assert blend.foreground(whole).ravel().tolist() == [True, True, True, True, False]
