import dataclasses

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.geometry import VolumeGeometry
from imaging.labels import LabelEdit, LabelMap
from imaging.structures import STRUCTURES, structure_by_name
from imaging.volume import Volume
from viewer.scenes.planes import Plane
from viewer.scenes.slice_scene import SliceScene
from viewer.scenes.styles import OverlayStyle, StructureStyle
from viewer.scenes.window_level import WindowLevel

STYLES = tuple(StructureStyle.of(structure) for structure in STRUCTURES)
SPLEEN = structure_by_name("spleen")
LIVER = structure_by_name("liver")

on_one_grid = pytest.mark.parametrize("geometry", ["oblique_grid"], indirect=True)


def bare_scene(plane, volume) -> SliceScene:
    """A scene without text and crosshair, so that every pixel is the picture's."""
    scene = SliceScene(plane)
    scene.show_volume(volume)
    scene.annotations.set_visible(False)
    scene.set_crosshair_visible(False)
    scene.set_structures(STYLES)
    return scene


def pixel_at(scene, pixels, point_lps):
    x, y = scene.project(point_lps)
    return pixels[round(y), round(x)].astype(int)


def with_marker(geometry, towards_lps) -> tuple[Volume, np.ndarray]:
    """Air with a bright block on one side of the patient's middle, and the block's centre."""
    array = np.full(geometry.shape, -1000, np.int16)
    points_lps = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    middle_lps = geometry.index_to_lps((np.array(geometry.shape) - 1) / 2)
    array[(points_lps - middle_lps) @ np.array(towards_lps) > 4] = 1000
    return Volume(array, geometry), middle_lps


def halves(pixels):
    grey = pixels[..., 0].astype(float)
    height, width = grey.shape
    return {
        "left": grey[:, : width // 2].mean(),
        "right": grey[:, width // 2 :].mean(),
        "top": grey[: height // 2].mean(),
        "bottom": grey[height // 2 :].mean(),
    }


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL])
def test_a_marker_in_the_patients_left_is_on_the_right(plane, geometry, snapshot):
    volume, middle_lps = with_marker(geometry, (1, 0, 0))
    scene = bare_scene(plane, volume)
    scene.set_cursor(middle_lps)

    sides = halves(snapshot(scene))

    assert sides["right"] > 3 * sides["left"]


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
def test_the_head_is_up(plane, geometry, snapshot):
    volume, middle_lps = with_marker(geometry, (0, 0, 1))
    scene = bare_scene(plane, volume)
    scene.set_cursor(middle_lps)

    sides = halves(snapshot(scene))

    assert sides["top"] > 3 * sides["bottom"]


def test_the_front_is_up_in_axial_and_left_in_sagittal_pictures(geometry, snapshot):
    volume, middle_lps = with_marker(geometry, (0, -1, 0))
    axial, sagittal = (bare_scene(plane, volume) for plane in (Plane.AXIAL, Plane.SAGITTAL))
    for scene in (axial, sagittal):
        scene.set_cursor(middle_lps)

    assert halves(snapshot(axial))["top"] > 3 * halves(snapshot(axial))["bottom"]
    assert halves(snapshot(sagittal))["left"] > 3 * halves(snapshot(sagittal))["right"]


def test_letters_are_drawn_at_the_edges_on_every_grid(tissue_volume):
    drawn = {}
    for plane in Plane:
        scene = SliceScene(plane)
        scene.show_volume(tissue_volume)
        drawn[plane] = "".join(scene.annotations.letters)

    assert drawn == {Plane.AXIAL: "RLPA", Plane.CORONAL: "RLFH", Plane.SAGITTAL: "APFH"}


def test_letters_leave_bright_pixels_at_all_four_edges(snapshot):
    geometry = VolumeGeometry.from_parts((10, 40, 40), (0, 0, 0), (3, 1, 1))
    scene = SliceScene(Plane.AXIAL)
    scene.show_volume(Volume(np.full(geometry.shape, -1000, np.int16), geometry))
    scene.set_crosshair_visible(False)

    bright = snapshot(scene, (200, 200)).min(axis=2) > 120

    assert bright[90:110, :22].any()
    assert bright[90:110, -22:].any()
    assert bright[:24, 90:110].any()
    assert bright[-24:, 90:110].any()


@on_one_grid
def test_soft_tissue_is_mid_grey_and_air_is_black(geometry, snapshot, air):
    array = air(geometry)
    array[3:-3, 3:-3, 3:-3] = 40
    scene = bare_scene(Plane.AXIAL, Volume(array, geometry))
    pixels = snapshot(scene)

    middle_lps = geometry.index_to_lps((np.array(geometry.shape) - 1) // 2)
    assert np.ptp(pixel_at(scene, pixels, middle_lps)) == 0
    assert abs(pixel_at(scene, pixels, middle_lps)[0] - 127.5) < 2
    assert pixels[2, 2].max() == 0


@on_one_grid
def test_window_and_level_set_black_grey_and_white(tissue_volume, geometry, snapshot):
    scene = bare_scene(Plane.CORONAL, tissue_volume)
    middle_lps = geometry.index_to_lps((np.array(geometry.shape) - 1) // 2)
    grey = {}
    for center_hu in (40 - 100, 40, 40 + 100):
        scene.set_window_level(WindowLevel(200, center_hu))
        grey[center_hu] = pixel_at(scene, snapshot(scene), middle_lps)[0]

    assert grey[-60] > 250
    assert 120 < grey[40] < 135
    assert grey[140] < 5


@pytest.mark.parametrize("plane", Plane)
def test_a_labelled_voxel_takes_its_structures_colour(plane, tissue_volume, geometry, snapshot):
    index_kji = (6, 10, 8)
    labels = np.zeros(geometry.shape, np.uint8)
    labels[index_kji] = LIVER.label_value
    point_lps = geometry.index_to_lps(index_kji)
    scene = bare_scene(plane, tissue_volume)
    scene.set_overlay(OverlayStyle(fill_opacity=0.5, outline_opacity=0.0))
    scene.set_cursor(point_lps)
    plain = pixel_at(scene, snapshot(scene), point_lps)

    scene.show_labels(labels)
    labelled = pixel_at(scene, snapshot(scene), point_lps)

    np.testing.assert_allclose(labelled, (plain + np.array(LIVER.color_rgb)) / 2, atol=2)


def test_the_outline_surrounds_the_voxels_and_not_their_inside(snapshot):
    geometry = VolumeGeometry.from_parts((5, 20, 20), (0, 0, 0), (3, 1, 1))
    volume = Volume(np.full(geometry.shape, -1000, np.int16), geometry)
    labels = np.zeros(geometry.shape, np.uint8)
    labels[2, 5:15, 5:15] = LIVER.label_value
    scene = bare_scene(Plane.AXIAL, volume)
    scene.set_overlay(OverlayStyle(fill_opacity=0.0, outline_opacity=1.0, outline_width_px=2))
    scene.show_labels(labels)

    pixels = snapshot(scene, (400, 400))

    assert pixel_at(scene, pixels, geometry.index_to_lps((2, 10, 10))).max() == 0
    edge = pixel_at(scene, pixels, geometry.index_to_lps((2, 10, 4.5)))
    np.testing.assert_allclose(edge, LIVER.color_rgb, atol=2)


@on_one_grid
def test_hidden_structures_are_not_drawn(tissue_volume, geometry, snapshot):
    labels = np.full(geometry.shape, LIVER.label_value, np.uint8)
    scene = bare_scene(Plane.AXIAL, tissue_volume)
    plain = snapshot(scene)
    scene.show_labels(labels)
    assert (snapshot(scene) != plain).any()

    scene.set_structures([dataclasses.replace(style, is_visible=False) for style in STYLES])

    np.testing.assert_array_equal(snapshot(scene), plain)


@on_one_grid
def test_only_visible_structures_are_drawn(tissue_volume, geometry, snapshot):
    labels = np.full(geometry.shape, LIVER.label_value, np.uint8)
    labels[6, 10, 8] = SPLEEN.label_value
    spleen_lps, liver_lps = geometry.index_to_lps([(6, 10, 8), (6, 14, 12)])
    scene = bare_scene(Plane.AXIAL, tissue_volume)
    scene.set_overlay(OverlayStyle(fill_opacity=1.0, outline_opacity=0.0))
    scene.show_labels(labels)
    scene.set_cursor(spleen_lps)

    scene.set_structures(
        dataclasses.replace(style, is_visible=style.name == "spleen") for style in STYLES
    )
    pixels = snapshot(scene)

    np.testing.assert_allclose(pixel_at(scene, pixels, spleen_lps), SPLEEN.color_rgb, atol=2)
    assert np.ptp(pixel_at(scene, pixels, liver_lps)) == 0


@on_one_grid
def test_the_overlay_can_be_switched_off(tissue_volume, geometry, snapshot):
    scene = bare_scene(Plane.AXIAL, tissue_volume)
    plain = snapshot(scene)
    scene.show_labels(np.full(geometry.shape, LIVER.label_value, np.uint8))

    scene.set_overlay(OverlayStyle(is_visible=False))

    np.testing.assert_array_equal(snapshot(scene), plain)


@pytest.mark.parametrize("plane", Plane)
def test_an_edit_shows_after_labels_changed(plane, tissue_volume, geometry, snapshot):
    labels = LabelMap(geometry.shape)
    scene = bare_scene(plane, tissue_volume)
    scene.show_labels(labels.array)
    point_lps = geometry.index_to_lps((6, 10, 8))
    scene.set_cursor(point_lps)
    before = snapshot(scene)
    box = (slice(5, 8), slice(9, 12), slice(7, 10))
    zeros = np.zeros((3, 3, 3), np.uint8)

    labels.apply(LabelEdit(box, zeros, zeros + LIVER.label_value))

    assert scene.labels_changed(box)
    after = snapshot(scene)
    assert (pixel_at(scene, after, point_lps) != pixel_at(scene, before, point_lps)).any()


@on_one_grid
def test_an_edit_beside_the_slice_needs_no_rendering(tissue_volume, geometry):
    scene = bare_scene(Plane.AXIAL, tissue_volume)
    scene.show_labels(np.zeros(geometry.shape, np.uint8))
    scene.set_cursor(geometry.index_to_lps((6, 9, 8)))
    axis = scene.frame.slice_axis
    box = [slice(0, 3)] * 3
    box[axis] = slice(scene.slice_index + 1, scene.slice_index + 3)

    assert not scene.labels_changed(tuple(box))


@on_one_grid
def test_labels_of_another_shape_are_refused(tissue_volume):
    scene = bare_scene(Plane.AXIAL, tissue_volume)

    with pytest.raises(ValueError, match="shape"):
        scene.show_labels(np.zeros((2, 2, 2), np.uint8))


@pytest.mark.parametrize("plane", Plane)
def test_scrolling_forward_goes_to_head_front_or_left(plane, tissue_volume):
    scene = bare_scene(plane, tissue_volume)
    start = scene.project((0, 0, 0))
    before_lps = np.array(scene.scroll(0))
    after_lps = np.array(scene.scroll(2))

    towards = {Plane.AXIAL: (0, 0, 1), Plane.CORONAL: (0, -1, 0), Plane.SAGITTAL: (1, 0, 0)}
    step_mm = np.dot(after_lps - before_lps, towards[plane])
    assert step_mm > 1.9 * scene.frame.slice_spacing_mm * 0.9
    assert scene.project((0, 0, 0)) == pytest.approx(start)


@on_one_grid
def test_scrolling_stops_at_the_ends(tissue_volume):
    scene = bare_scene(Plane.SAGITTAL, tissue_volume)

    scene.scroll(10_000)
    end = scene.slice_index
    scene.scroll(1)

    assert scene.slice_index == end
    assert end in (0, scene.frame.slice_count - 1)


@on_one_grid
def test_the_crosshair_crosses_at_the_cursor(tissue_volume, geometry, snapshot):
    scene = SliceScene(Plane.AXIAL)
    scene.show_volume(tissue_volume)
    scene.annotations.set_visible(False)
    scene.set_cursor(geometry.index_to_lps((6, 12, 5)))
    with_lines = snapshot(scene).astype(int)
    scene.set_crosshair_visible(False)
    changed = (with_lines != snapshot(scene)).any(axis=2)
    x, y = scene.project(geometry.index_to_lps((6, 12, 5)))

    assert changed[:, round(x) - 1 : round(x) + 2].sum() > 80
    assert changed[round(y) - 1 : round(y) + 2].sum() > 120
    assert not changed[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5].any()


@pytest.mark.parametrize("plane", Plane)
def test_a_click_at_a_voxel_is_marked_there_in_its_colour(plane, geometry, air, snapshot):
    point_lps = geometry.index_to_lps((6, 10, 8))
    scene = bare_scene(plane, Volume(air(geometry), geometry))
    scene.set_cursor(point_lps)

    scene.set_clicks([Click(tuple(point_lps), "liver", is_foreground=True)])

    pixels = snapshot(scene).astype(int)
    x, y = (round(part) for part in scene.project(point_lps))
    around = pixels[y - 5 : y + 6, x - 5 : x + 6].reshape(-1, 3)
    assert (np.abs(around - LIVER.color_rgb).max(axis=1) < 12).sum() > 20


@on_one_grid
def test_background_clicks_are_hollow(geometry, tissue_volume, snapshot):
    point_lps = geometry.index_to_lps((6, 10, 8))
    scene = bare_scene(Plane.AXIAL, tissue_volume)
    scene.set_cursor(point_lps)
    filled = {}
    for is_foreground in (True, False):
        scene.set_clicks([Click(tuple(point_lps), "liver", is_foreground)])
        pixels = snapshot(scene).astype(int)
        filled[is_foreground] = (np.abs(pixels - LIVER.color_rgb).max(axis=2) < 12).sum()

    assert filled[True] > 1.15 * filled[False] > 0


def test_clicks_fade_with_the_distance_and_vanish(snapshot):
    geometry = VolumeGeometry.from_parts((60, 40, 40), (0, 0, 0), (1, 1, 1))
    scene = bare_scene(Plane.AXIAL, Volume(np.full(geometry.shape, -1000, np.int16), geometry))
    scene.set_clicks([Click((20.0, 20.0, 30.0), "liver", is_foreground=True)])
    brightness = []
    for distance_mm in (0, 5, 10, 20):
        scene.set_cursor((20.0, 20.0, 30.0 + distance_mm))
        brightness.append(int(snapshot(scene).astype(int).sum()))

    assert brightness[0] > brightness[1] > brightness[2] > brightness[3] == 0


@on_one_grid
def test_text_tells_the_slice_and_the_window(tissue_volume):
    scene = SliceScene(Plane.AXIAL)
    scene.show_volume(tissue_volume)
    scene.set_window_level(WindowLevel(1500, -600))

    texts = scene.annotations.texts

    assert f"{scene.slice_index + 1} / {scene.frame.slice_count}" in texts[0]
    assert "W 1500" in texts[1]
    assert "L -600" in texts[1]


@on_one_grid
def test_a_scene_without_a_ct_is_black(snapshot, tissue_volume):
    scene = SliceScene(Plane.AXIAL)
    assert snapshot(scene).max() == 0
    assert scene.pick((10, 10)) is None
    assert scene.scroll(1) is None

    scene.show_volume(tissue_volume)
    assert snapshot(scene).max() > 0
    scene.show_volume(None)

    assert snapshot(scene).max() == 0


@on_one_grid
def test_fit_keeps_the_picture_whole_when_the_view_changes_its_size(tissue_volume, snapshot):
    scene = bare_scene(Plane.AXIAL, tissue_volume)
    for size_px in ((300, 100), (100, 300)):
        lit = snapshot(scene, size_px)[..., 0] > 60
        assert not lit[0].any()
        assert not lit[:, 0].any()
        assert lit.any()


@pytest.mark.parametrize("plane", list(Plane))
def test_voxels_at_the_edge_are_drawn_whole_with_their_labels(plane, geometry, snapshot):
    shape = (1, *geometry.shape[1:])
    grid = VolumeGeometry(shape, geometry.affine)
    scene = bare_scene(plane, Volume(np.full(shape, 40, np.int16), grid))
    size_px = (260, 260)
    grey = snapshot(scene, size_px)[..., 0].astype(int)
    scene.show_labels(np.full(shape, SPLEEN.label_value, np.uint8))
    scene.set_overlay(OverlayStyle(fill_opacity=1.0, outline_opacity=0.0))
    filled = snapshot(scene, size_px).astype(int)

    left, right, bottom, top = scene.frame.bounds_picture_mm
    for right_mm, up_mm in ((left, bottom), (right, top), (left, top), (right, bottom)):
        x, y = scene.view.to_px((0.98 * right_mm + 0.02 * left, 0.98 * up_mm + 0.02 * bottom))
        x += 1 if right_mm == left else -1
        y += 1 if up_mm == top else -1
        assert abs(grey[round(y), round(x)] - 127) < 8
        np.testing.assert_allclose(filled[round(y), round(x)], SPLEEN.color_rgb, atol=3)


@on_one_grid
def test_the_three_scenes_copy_no_volume(tissue_volume):
    scenes = [bare_scene(plane, tissue_volume) for plane in Plane]

    assert all(scene.volume is tissue_volume for scene in scenes)
