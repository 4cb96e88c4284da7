"""Where clicks land: by default in the voxel that holds them, on demand where MONAI puts them."""

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference.network_specs import PackageFile, WholeVolumeSpec
from inference.whole_volume import SqueezedVolume

SIDE = 128


@pytest.fixture
def landing(tmp_path):
    """The network's voxel (R, A, S) in which a click on a voxel (i, j, k) of the file is drawn."""
    spec = WholeVolumeSpec(
        network=PackageFile(tmp_path / "x", "0" * 64),
        inputs=("image", "spleen", "background"),
        outputs=("background", "spleen"),
        size_ras=(SIDE, SIDE, SIDE),
        low_hu=-175,
        high_hu=250,
        guidance_sigma_voxels=3,
    )

    def find(geometry, index_ijk, *, is_exact):
        volume = Volume(np.zeros(geometry.shape, np.int16), geometry)
        x, y, z = (float(mm) for mm in geometry.index_to_lps(np.array(index_ijk)[::-1]))
        squeezed = SqueezedVolume(volume, spec, is_exact=is_exact)
        channel = squeezed.inputs((Click((x, y, z), "spleen", True),))[0, 1]
        return tuple(int(n) for n in np.unravel_index(channel.argmax(), channel.shape))

    return find


def sagittal():
    """64 x 80 x 20 voxels, slices from right to left: rows run back, columns down."""
    direction = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    return VolumeGeometry.from_parts((20, 80, 64), (5.0, -9.0, 30.0), (2.0, 0.9, 1.3), direction)


def test_a_click_on_a_sagittal_stack_lands_where_it_is(landing):
    r, a, s = landing(sagittal(), (32, 40, 10), is_exact=False)
    assert abs(r - SIDE * (20 - 10 - 0.5) / 20) <= 3.5  # slices are 6.4 of its voxels thick
    assert abs(a - SIDE * (64 - 32 - 0.5) / 64) <= 1.5
    assert abs(s - SIDE * (80 - 40 - 0.5) / 80) <= 1.5


def test_monai_misplaces_it_by_the_shape_before_reordering(landing):
    r, _, s = landing(sagittal(), (32, 40, 10), is_exact=True)
    assert r < SIDE / 4  # scaled as if the 20 slices were 64 columns
    assert s == SIDE - 1  # scaled far outside, and clamped


def off_by_rounding():
    """A file whose affines give 139.9999 for voxel 140, and similar elsewhere."""
    return VolumeGeometry.from_parts((SIDE,) * 3, (-31.7, 12.3, -200.9), (0.7, 0.9, 1.1))


def test_monai_cuts_clicks_to_the_voxel_below_where_rounding_goes_down(landing):
    clicks = [(n, n, n) for n in range(1, SIDE - 1, 18)]
    exact = np.array([landing(off_by_rounding(), one, is_exact=True) for one in clicks])
    usual = np.array([landing(off_by_rounding(), one, is_exact=False) for one in clicks])
    right = np.array([(SIDE - 1 - i, SIDE - 1 - j, k) for i, j, k in clicks])
    np.testing.assert_array_equal(usual, right)
    assert set(np.unique(right - exact)) == {0, 1}
