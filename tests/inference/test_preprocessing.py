import itertools

import numpy as np
import pytest
import SimpleITK as sitk

from imaging.geometry import VolumeGeometry
from imaging.sitk_bridge import sitk_from_array
from imaging.volume import Volume
from inference.preprocessing import (
    CanonicalAxes,
    prepare_volume,
    scale_intensity,
)
from inference.ras import canonical_from_ras, ras_from_canonical


def all_orientations():
    """All 48 ways to order and flip the axes of a grid."""
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            yield np.eye(3)[:, list(order)] * signs


@pytest.mark.parametrize("direction", list(all_orientations()))
def test_the_canonical_array_is_what_simpleitk_calls_lps(direction):
    geometry = VolumeGeometry.from_parts((4, 5, 6), (1.0, 2.0, 3.0), (1.0, 1.5, 2.0), direction)
    array = np.arange(120, dtype=np.int16).reshape(4, 5, 6)
    canonical = CanonicalAxes.of(geometry).to_canonical(array)
    lps = sitk.DICOMOrient(sitk_from_array(array, geometry), "LPS")
    assert np.array_equal(canonical, sitk.GetArrayFromImage(lps))


@pytest.mark.parametrize("direction", list(all_orientations()))
def test_canonical_axes_go_there_and_back(direction):
    geometry = VolumeGeometry.from_parts((4, 5, 6), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), direction)
    axes = CanonicalAxes.of(geometry)
    array = np.arange(120, dtype=np.int16).reshape(4, 5, 6)
    assert np.array_equal(axes.from_canonical(axes.to_canonical(array)), array)
    head, back, left = axes.canonical_index(np.array([1.0, 3.0, 2.0]), (4, 5, 6)).astype(int)
    assert axes.to_canonical(array)[head, back, left] == array[1, 3, 2]


def test_ras_is_what_simpleitk_calls_ras():
    array = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
    geometry = VolumeGeometry.from_parts((3, 4, 5), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    ras = sitk.GetArrayFromImage(sitk.DICOMOrient(sitk_from_array(array, geometry), "RAS"))
    assert np.array_equal(ras_from_canonical(array), ras.transpose(2, 1, 0))
    assert np.array_equal(canonical_from_ras(ras_from_canonical(array)), array)


def test_fine_axes_are_averaged_and_thick_ones_kept():
    geometry = VolumeGeometry.from_parts((10, 40, 50), (0.0, 0.0, 0.0), (5.0, 0.7, 1.0))
    array = np.random.default_rng(0).integers(-100, 100, (10, 40, 50)).astype(np.int16)
    prepared = prepare_volume(Volume(array, geometry))
    assert prepared.factors == (1, 2, 2)
    assert prepared.spacing_mm == pytest.approx([5.0, 1.4, 2.0])
    assert prepared.array[3, 4, 5] == pytest.approx(array[3, 8:10, 10:12].mean())


def test_a_ct_thinner_than_a_block_keeps_a_voxel():
    geometry = VolumeGeometry.from_parts((1, 4, 4), (0.0, 0.0, 0.0), (0.1, 1.0, 1.0))
    prepared = prepare_volume(Volume(np.zeros((1, 4, 4), np.int16), geometry))
    assert prepared.array.shape == (1, 2, 2)


def test_intensity_scaling_clips():
    scaled = scale_intensity(np.array([-200, -100, 0, 100, 300], np.float32), -100, 100)
    assert scaled.tolist() == [0, 0, 0.5, 1, 1]
