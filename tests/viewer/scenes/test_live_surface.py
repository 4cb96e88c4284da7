"""A surface that followed edits is the one that a fresh look gives, on every grid."""

import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy

from imaging.geometry import VolumeGeometry
from viewer.scenes import live_surface
from viewer.scenes.live_surface import LiveSurface


def points_of(surface):
    points = vtk_to_numpy(surface.GetPoints().GetData())
    return points[np.lexsort(points.T)]


def normals_and_points(surface):
    return (
        vtk_to_numpy(surface.GetPointData().GetNormals()),
        vtk_to_numpy(surface.GetPoints().GetData()),
    )


@pytest.fixture
def fine_geometry(oblique_geometry) -> VolumeGeometry:
    """Oblique, and fine enough for voxels to be pooled along two axes."""
    return VolumeGeometry((24, 60, 50), oblique_geometry.affine @ np.diag([1.0, 0.6, 0.7, 1.0]))


@pytest.fixture
def labels(fine_geometry):
    labels = np.zeros(fine_geometry.shape, np.uint8)
    labels[6:14, 20:41, 15:38] = 3
    labels[2:5, 5:15, 5:15] = 8
    return labels


def put(labels, surface, box, value):
    labels[box] = value
    surface.mark(box)


def test_a_followed_surface_is_the_one_that_a_fresh_look_gives(labels, fine_geometry, monkeypatch):
    monkeypatch.setattr(live_surface, "MAX_VOLUME_ERROR", 0.0)
    followed = LiveSurface(labels, 3, fine_geometry)
    followed.surface()
    put(labels, followed, np.s_[10:17, 30:43, 20:25], 3)
    put(labels, followed, np.s_[6:9, 20:27, 15:20], 0)

    followed_points = points_of(followed.surface())
    fresh_points = points_of(LiveSurface(labels, 3, fine_geometry).surface())

    # The pools of the two begin at other voxels, so that their corners are not the same.
    assert len(followed_points) == pytest.approx(len(fresh_points), rel=0.1)
    np.testing.assert_allclose(followed_points.min(axis=0), fresh_points.min(axis=0), atol=0.7)
    np.testing.assert_allclose(followed_points.max(axis=0), fresh_points.max(axis=0), atol=0.7)


def test_an_edit_that_is_taken_back_leaves_the_surface_as_it_was(labels, fine_geometry):
    followed = LiveSurface(labels, 3, fine_geometry)
    before = points_of(followed.surface())
    box = np.s_[10:17, 30:44, 20:25]
    kept = labels[box].copy()
    put(labels, followed, box, 3)
    between = points_of(followed.surface())
    put(labels, followed, box, kept)

    assert between.shape != before.shape
    np.testing.assert_allclose(points_of(followed.surface()), before, atol=1e-4)


def test_a_structure_may_grow_from_nothing_through_the_whole_grid(labels, fine_geometry):
    followed = LiveSurface(labels, 5, fine_geometry)
    assert followed.surface() is None
    put(labels, followed, np.s_[3:4, 8:9, 8:9], 5)
    assert followed.surface().GetNumberOfPolys() >= 8
    for reach in (10, 24):
        put(labels, followed, np.s_[0:reach, 0 : 2 * reach, 0 : 2 * reach], 5)
        fresh = LiveSurface(labels, 5, fine_geometry).surface()
        np.testing.assert_allclose(followed.surface().GetBounds(), fresh.GetBounds(), atol=0.5)
    put(labels, followed, np.s_[0:24, 0:60, 0:50], 0)
    assert followed.surface() is None


def test_edits_elsewhere_and_of_others_change_nothing(labels, fine_geometry):
    followed = LiveSurface(labels, 3, fine_geometry)
    before = points_of(followed.surface())
    put(labels, followed, np.s_[0:2, 0:2, 0:2], 8)

    assert np.array_equal(points_of(followed.surface()), before)


def test_normals_stand_on_the_surface_of_a_ball_also_where_axes_are_mirrored(geometry):
    points_lps = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    center_lps = geometry.index_to_lps((np.array(geometry.shape) - 1) / 2)
    labels = (np.linalg.norm(points_lps - center_lps, axis=-1) < 9.0).astype(np.uint8)

    normals, points = normals_and_points(LiveSurface(labels, 1, geometry).surface())

    outwards = (points - center_lps) / np.linalg.norm(points - center_lps, axis=1)[:, None]
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-3)
    assert np.median((normals * outwards).sum(axis=1)) > 0.95
    assert ((normals * outwards).sum(axis=1) > 0.4).mean() > 0.99


def test_a_large_structure_is_drawn_in_so_many_pooled_voxels(monkeypatch, fine_geometry):
    labels = np.ones(fine_geometry.shape, np.uint8)
    usual = LiveSurface(labels, 1, fine_geometry).surface()
    monkeypatch.setattr(live_surface, "MAX_POOLED_VOXELS", 2_000)
    coarse = LiveSurface(labels, 1, fine_geometry).surface()

    assert coarse.GetNumberOfPolys() < 0.7 * usual.GetNumberOfPolys()
    np.testing.assert_allclose(coarse.GetBounds(), usual.GetBounds(), atol=1.5)
