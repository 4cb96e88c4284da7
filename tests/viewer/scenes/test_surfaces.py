import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkFiltersCore import vtkMassProperties

from imaging.geometry import VolumeGeometry
from viewer.scenes.surfaces import surface_from_labels, surface_from_mask


def ball(geometry: VolumeGeometry, radius_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """A ball around the grid's middle, and that middle."""
    points_lps = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    center_lps = geometry.index_to_lps((np.array(geometry.shape) - 1) / 2)
    return np.linalg.norm(points_lps - center_lps, axis=-1) < radius_mm, center_lps


def test_a_surface_lies_around_its_mask_in_the_patient(geometry):
    mask, center_lps = ball(geometry, 7.0)

    points_lps = vtk_to_numpy(surface_from_mask(mask, geometry).GetPoints().GetData())

    distance_mm = np.linalg.norm(points_lps - center_lps, axis=1)
    half_voxel_mm = np.linalg.norm(geometry.spacing_kji_mm) / 2
    np.testing.assert_allclose(distance_mm, 7.0, atol=half_voxel_mm + 0.6)
    np.testing.assert_allclose(
        (points_lps.min(axis=0) + points_lps.max(axis=0)) / 2, center_lps, atol=0.8
    )


def test_normals_point_outwards_on_every_grid(geometry):
    mask, center_lps = ball(geometry, 7.0)
    surface = surface_from_mask(mask, geometry)

    points_lps = vtk_to_numpy(surface.GetPoints().GetData())
    normals = vtk_to_numpy(surface.GetPointData().GetNormals())

    assert (((points_lps - center_lps) * normals).sum(axis=1) > 0).mean() > 0.99


def test_fine_voxels_are_pooled_and_the_volume_stays():
    geometry = VolumeGeometry.from_parts((30, 90, 90), (0, 0, 0), (1.5, 0.5, 0.5))
    mask, _ = ball(geometry, 18.0)

    surface = surface_from_mask(mask, geometry)

    mass = vtkMassProperties()
    mass.SetInputData(surface)
    assert mass.GetVolume() == pytest.approx(mask.sum() * geometry.voxel_volume_mm3, rel=0.05)
    assert surface.GetNumberOfPolys() < 12_000


def test_an_empty_mask_has_no_surface(geometry):
    assert surface_from_mask(np.zeros(geometry.shape, bool), geometry) is None


def test_a_single_voxel_has_a_surface(oblique_geometry):
    labels = np.zeros(oblique_geometry.shape, np.uint8)
    labels[0, 0, 0] = 5

    assert surface_from_labels(labels, 5, oblique_geometry).GetNumberOfPolys() >= 8
    assert surface_from_labels(labels, 4, oblique_geometry) is None
