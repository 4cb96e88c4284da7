import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.readers.open_volume import open_volume
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file
from training.cases.content_hash import content_sha256


@pytest.fixture
def hu(oblique_geometry):
    rng = np.random.default_rng(4)
    return rng.integers(-1000, 1500, oblique_geometry.shape).astype(np.int16)


@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
@pytest.mark.parametrize("grid", ["oblique_geometry", "flipped_geometry"])
def test_a_ct_has_the_fingerprint_of_its_file_whatever_the_format(tmp_path, request, grid, ending):
    geometry = request.getfixturevalue(grid)
    hu = np.random.default_rng(4).integers(-1000, 1500, geometry.shape).astype(np.int16)
    path = tmp_path / f"ct{ending}"
    write_volume_file(path, Volume(hu, geometry))
    read = open_volume(path)
    assert content_sha256(read.array, read.geometry) == content_sha256(hu, geometry)


def test_one_voxel_makes_another_fingerprint(hu, oblique_geometry):
    before = content_sha256(hu, oblique_geometry)
    hu[7, 8, 9] += 1
    assert content_sha256(hu, oblique_geometry) != before


def test_the_same_voxels_elsewhere_have_another_fingerprint(hu, oblique_geometry):
    affine = oblique_geometry.affine.copy()
    affine[1, 3] += 0.5
    moved = VolumeGeometry(oblique_geometry.shape, affine)
    assert content_sha256(hu, moved) != content_sha256(hu, oblique_geometry)


def test_the_same_bytes_in_another_shape_or_type_have_another_fingerprint():
    affine = np.eye(4)
    flat, tall = VolumeGeometry((2, 3, 4), affine), VolumeGeometry((4, 3, 2), affine)
    array = np.zeros((2, 3, 4), np.uint8)
    fingerprints = {
        content_sha256(array, flat),
        content_sha256(array.reshape(4, 3, 2), tall),
        content_sha256(array.view(np.int8), flat),
    }
    assert len(fingerprints) == 3


def test_neither_the_sign_of_zero_nor_the_order_in_memory_matters(hu, oblique_geometry):
    affine = oblique_geometry.affine.copy()
    affine[affine == 0] = -0.0
    negative = VolumeGeometry(oblique_geometry.shape, affine)
    turned = np.asfortranarray(hu).astype(">i2")
    assert content_sha256(turned, negative) == content_sha256(hu, oblique_geometry)


def test_voxels_that_do_not_fit_their_grid_are_refused(hu, oblique_geometry):
    with pytest.raises(ValueError, match="does not fit"):
        content_sha256(hu[1:], oblique_geometry)
