"""Our arrays and SimpleITK's images show the same patient."""

import numpy as np
import pytest
import SimpleITK as sitk

from imaging.geometry import VolumeGeometry
from imaging.sitk_bridge import geometry_from_sitk, sitk_from_array


@pytest.fixture(params=["oblique", "flipped"])
def geometry(request, oblique_geometry, flipped_geometry):
    return oblique_geometry if request.param == "oblique" else flipped_geometry


def test_simpleitk_places_every_voxel_where_we_do(geometry):
    image = sitk_from_array(np.zeros(geometry.shape, np.int16), geometry)
    for index_kji in np.random.default_rng(0).integers(0, geometry.shape, (20, 3)):
        point = image.TransformIndexToPhysicalPoint([int(n) for n in index_kji[::-1]])
        assert np.allclose(point, geometry.index_to_lps(index_kji), atol=1e-9)


def test_a_geometry_comes_back(geometry):
    image = sitk_from_array(np.zeros(geometry.shape, np.uint8), geometry)
    assert np.allclose(geometry_from_sitk(image).affine, geometry.affine, atol=1e-12)
    assert geometry_from_sitk(image).shape == geometry.shape


def test_a_leaning_grid_comes_back(oblique_geometry):
    affine = oblique_geometry.affine.copy()
    affine[:3, 0] += [0.3, 0.1, 0.0]
    leaning = VolumeGeometry(oblique_geometry.shape, affine)
    image = sitk_from_array(np.zeros(leaning.shape, np.uint8), leaning)
    assert np.allclose(geometry_from_sitk(image).affine, affine, atol=1e-12)


def test_voxels_keep_their_index(geometry):
    array = np.random.default_rng(1).integers(0, 99, geometry.shape).astype(np.int16)
    image = sitk_from_array(array, geometry)
    assert image[3, 2, 1] == array[1, 2, 3]
    assert np.array_equal(sitk.GetArrayFromImage(image), array)
