"""Measures of bodies whose volume, surface and diameters are known exactly."""

import numpy as np
import pytest
from scipy.special import elliprg

from imaging.geometry import VolumeGeometry
from imaging.structure_measures import measure_structure

TURNED = np.array([[0.8, 0.0, 0.6], [0.6, 0.0, -0.8], [0.0, 1.0, 0.0]])[:, ::-1]


def ellipsoid(geometry, semi_axes_mm):
    """1 inside an ellipsoid along the patient's axes, in the middle of a grid."""
    index_kji = np.stack(np.indices(geometry.shape), axis=-1)
    middle_lps = geometry.index_to_lps((np.array(geometry.shape) - 1) / 2)
    offset = (geometry.index_to_lps(index_kji) - middle_lps) / semi_axes_mm
    return ((offset**2).sum(axis=-1) <= 1).astype(np.uint8)


@pytest.mark.parametrize(
    ("spacing_kji_mm", "direction"),
    [((1, 1, 1), None), ((2.5, 0.8, 0.9), None), ((2.0, 0.7, 1.1), TURNED)],
)
def test_a_ball_is_measured_right_on_any_grid(spacing_kji_mm, direction):
    radius_mm = 20
    shape = tuple(int(2 * radius_mm / mm) + 6 for mm in spacing_kji_mm)
    geometry = VolumeGeometry.from_parts(shape, (5, -9, 13), spacing_kji_mm, direction)
    found = measure_structure(ellipsoid(geometry, np.full(3, radius_mm)), 1, geometry)
    assert found.volume_ml == pytest.approx(4 / 3 * np.pi * radius_mm**3 / 1000, rel=0.01)
    assert found.surface_cm2 == pytest.approx(4 * np.pi * radius_mm**2 / 100, rel=0.03)
    voxel_mm = max(spacing_kji_mm)
    assert 2 * radius_mm - voxel_mm < found.diameter_mm < 2 * radius_mm + voxel_mm
    assert 2 * radius_mm - voxel_mm < found.axial_diameter_mm < 2 * radius_mm + voxel_mm


@pytest.mark.parametrize("spacing_kji_mm", [(1, 1, 1), (3, 0.7, 0.7), (5, 0.8, 0.8)])
@pytest.mark.parametrize("semi_axes_mm", [(40, 20, 12), (12, 20, 40), (30, 25, 45)])
def test_an_ellipsoids_surface_is_right_however_thick_the_slices_are(spacing_kji_mm, semi_axes_mm):
    shape = tuple(
        int(2 * axis / mm) + 6 for axis, mm in zip(semi_axes_mm[::-1], spacing_kji_mm, strict=True)
    )
    geometry = VolumeGeometry.from_parts(shape, (0, 0, 0), spacing_kji_mm)
    found = measure_structure(ellipsoid(geometry, np.array(semi_axes_mm, float)), 1, geometry)
    a, b, c = semi_axes_mm
    area_mm2 = 4 * np.pi * elliprg((a * b) ** 2, (a * c) ** 2, (b * c) ** 2)
    assert found.surface_cm2 == pytest.approx(area_mm2 / 100, rel=0.025)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1)])
def test_the_axial_diameter_is_across_the_body_however_the_voxels_are_stored(order):
    shape = tuple(np.array((92, 32, 52))[list(order)])
    direction = np.eye(3)[:, ::-1][:, list(order)]
    geometry = VolumeGeometry.from_parts(shape, (0, 0, 0), (1, 1, 1), direction)
    found = measure_structure(ellipsoid(geometry, np.array([25.0, 15.0, 45.0])), 1, geometry)
    assert found.diameter_mm == pytest.approx(90, abs=1)
    assert found.axial_diameter_mm == pytest.approx(50, abs=1)


def test_a_box_has_its_own_length_and_nearly_its_own_surface():
    geometry = VolumeGeometry.from_parts((20, 40, 60), (0, 0, 0), (2.0, 1.0, 0.5))
    labels = np.zeros(geometry.shape, np.uint8)
    labels[5:15, 10:30, 10:50] = 7
    found = measure_structure(labels, 7, geometry)
    assert found.voxel_count == 8000
    assert found.volume_ml == pytest.approx(8.0)
    # All three sides are 20 mm. Measured to the middles of the voxels' outer faces.
    assert found.diameter_mm == pytest.approx(20 * np.sqrt(3), abs=2)
    assert found.axial_diameter_mm == pytest.approx(20 * np.sqrt(2), abs=1)
    # Its edges are rounded, most where voxels are long.
    assert 0.9 * 24 < found.surface_cm2 < 24


def test_density_is_of_the_structure_alone():
    geometry = VolumeGeometry.from_parts((4, 5, 6), (0, 0, 0), (1, 1, 1))
    labels = np.zeros(geometry.shape, np.uint8)
    labels[1, 2, 1:5] = 3
    hu = np.full(geometry.shape, -1000, np.int16)
    hu[1, 2, 1:5] = [10, 20, 30, 40]
    found = measure_structure(labels, 3, geometry, hu)
    assert found.mean_hu == 25
    assert found.sd_hu == pytest.approx(np.sqrt(125))


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 4), (1, 4, 1), (4, 1, 1), (1, 3, 3)])
def test_the_smallest_structures_have_measures_as_well(shape):
    geometry = VolumeGeometry.from_parts((6, 7, 8), (0, 0, 0), (1, 1, 1))
    labels = np.zeros(geometry.shape, np.uint8)
    labels[1 : 1 + shape[0], 1 : 1 + shape[1], 1 : 1 + shape[2]] = 2
    found = measure_structure(labels, 2, geometry)
    assert found.diameter_mm >= max(shape)
    assert found.axial_diameter_mm >= max(shape[1:])
    assert found.mean_hu is None


def test_a_structure_without_voxels_has_no_measures():
    geometry = VolumeGeometry.from_parts((4, 5, 6), (0, 0, 0), (1, 1, 1))
    assert measure_structure(np.zeros(geometry.shape, np.uint8), 1, geometry) is None
