import numpy as np
import pytest

from imaging.volume import Volume
from viewer.scenes.offscreen import OffscreenView
from viewer.scenes.picking import MIN_MM_PER_PX, PictureView
from viewer.scenes.planes import Plane
from viewer.scenes.slice_scene import SliceScene


@pytest.fixture(params=Plane, ids=lambda plane: plane.value)
def scene(request, tissue_volume) -> SliceScene:
    scene = SliceScene(request.param)
    scene.show_volume(tissue_volume)
    scene.prepare((301, 222), 1.0)
    return scene


def voxels(geometry):
    last = np.array(geometry.shape) - 1
    return [(0, 0, 0), tuple(last), (3, 5, 7), (last[0], 2, 9)]


def test_a_pick_returns_the_voxel_whose_centre_is_under_the_pointer(scene, geometry):
    for index_kji in voxels(geometry):
        point_lps = geometry.index_to_lps(index_kji)
        scene.set_cursor(point_lps)
        picked_lps = scene.pick(scene.project(point_lps))

        assert geometry.nearest_index(picked_lps) == index_kji
        np.testing.assert_allclose(picked_lps, point_lps, atol=1e-6)


def test_a_pick_is_right_after_zoom_and_pan(scene, geometry):
    scene.zoom(3.7, (40, 55))
    scene.pan(-12, 31)
    scene.prepare((301, 222), 1.0)
    for index_kji in voxels(geometry):
        point_lps = geometry.index_to_lps(index_kji)
        scene.set_cursor(point_lps)

        assert geometry.nearest_index(scene.pick(scene.project(point_lps))) == index_kji


def test_the_brightest_pixel_is_where_a_bright_voxel_projects(scene, geometry, air):
    index_kji = (5, 11, 9)
    array = air(geometry)
    array[index_kji] = 3000
    point_lps = geometry.index_to_lps(index_kji)
    scene.show_volume(Volume(array, geometry))
    scene.set_cursor(point_lps)
    scene.annotations.set_visible(False)
    scene.set_crosshair_visible(False)
    view = OffscreenView(scene, (401, 333))
    pixels = view.render()[::-1, :, 0].astype(float)
    view.close()

    rows, columns = np.indices(pixels.shape)
    seen_px = (columns * pixels).sum() / pixels.sum(), (rows * pixels).sum() / pixels.sum()

    np.testing.assert_allclose(seen_px, scene.project(point_lps), atol=0.6)
    assert geometry.nearest_index(scene.pick(seen_px)) == index_kji


def test_beside_the_ct_there_is_nothing_to_pick(scene):
    assert scene.pick((-50, 100)) is None
    assert scene.pick((150, 5000)) is None


def test_a_view_maps_pixels_and_millimetres_back_and_forth():
    view = PictureView((200, 100), (10.0, -4.0), 0.5)

    assert view.to_picture((99.5, 49.5)) == pytest.approx((10.0, -4.0))
    assert view.to_px(view.to_picture((3, 77))) == pytest.approx((3, 77))


def test_up_in_the_patient_is_up_on_the_screen():
    view = PictureView((200, 100))

    assert view.to_px((0, 10))[1] < view.to_px((0, 0))[1]


def test_zooming_keeps_what_is_under_the_pointer():
    view = PictureView((200, 100), (10.0, -4.0), 0.5)

    closer = view.zoomed(2.5, (31, 12))

    assert closer.mm_per_px == pytest.approx(0.2)
    assert closer.to_picture((31, 12)) == pytest.approx(view.to_picture((31, 12)))


def test_zooming_stops_at_a_limit():
    assert PictureView((10, 10)).zoomed(1e9).mm_per_px == MIN_MM_PER_PX


def test_panning_moves_the_picture_with_the_pointer():
    view = PictureView((200, 100), (0.0, 0.0), 0.5)
    grabbed = view.to_picture((50, 50))

    moved = view.panned(8, -3)

    assert moved.to_picture((58, 47)) == pytest.approx(grabbed)


def test_a_fitted_view_shows_every_corner():
    view = PictureView.fitting((120, 300), (-1.0, 99.0, -1.0, 59.0))

    for corner in ((-1, -1), (99, 59)):
        x, y = view.to_px(corner)
        assert -0.5 <= x <= 119.5
        assert -0.5 <= y <= 299.5
