import dataclasses

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.structures import STRUCTURES, structure_by_name
from imaging.volume import Volume
from viewer.scenes.styles import StructureStyle
from viewer.scenes.surfaces import surface_from_mask
from viewer.scenes.volume_scene import VolumeScene

STYLES = tuple(StructureStyle.of(structure) for structure in STRUCTURES)
SPLEEN = structure_by_name("spleen")


@pytest.fixture
def volume() -> Volume:
    geometry = VolumeGeometry.from_parts((20, 30, 40), (-39, -29, -19), (2, 2, 2))
    return Volume(np.full(geometry.shape, -1000, np.int16), geometry)


def block_at(geometry, center_lps):
    points_lps = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    return (np.abs(points_lps - center_lps) < 7).all(axis=-1)


@pytest.fixture
def scene(volume) -> VolumeScene:
    scene = VolumeScene()
    scene.show_volume(volume)
    scene.set_structures(STYLES)
    return scene


def orange(pixels):
    """Where the spleen's colour is, also in shade; rows and columns."""
    red, green, blue = (pixels[..., part].astype(int) for part in range(3))
    return np.nonzero((red > 60) & (red > 1.2 * green) & (green > 1.5 * blue) & (red > 3 * blue))


def test_the_patient_faces_the_reader(scene, volume, snapshot):
    surface = surface_from_mask(block_at(volume.geometry, (22, 0, 10)), volume.geometry)
    scene.set_surface(SPLEEN.label_value, surface)

    rows, columns = orange(snapshot(scene, (300, 200)))

    assert len(rows) > 50
    assert columns.mean() > 160
    assert rows.mean() < 95


def test_hidden_and_removed_surfaces_are_not_drawn(scene, volume, snapshot):
    surface = surface_from_mask(block_at(volume.geometry, (22, 0, 10)), volume.geometry)
    without = snapshot(scene)
    scene.set_surface(SPLEEN.label_value, surface)
    shown = snapshot(scene)
    scene.set_structures([dataclasses.replace(style, is_visible=False) for style in STYLES])
    hidden = snapshot(scene)
    scene.set_structures(STYLES)
    shown_again = snapshot(scene)
    scene.set_surface(SPLEEN.label_value, None)

    assert (shown != without).any()
    np.testing.assert_array_equal(hidden, without)
    np.testing.assert_array_equal(shown_again, shown)
    np.testing.assert_array_equal(snapshot(scene), without)
    assert scene.surface_values == frozenset()


def test_another_patient_starts_without_surfaces(scene, volume):
    surface = surface_from_mask(block_at(volume.geometry, (0, 0, 0)), volume.geometry)
    scene.set_surface(SPLEEN.label_value, surface)

    scene.show_volume(volume)

    assert scene.surface_values == frozenset()


@pytest.mark.parametrize("size_px", [(300, 200), (120, 320)])
def test_the_volume_fills_the_view_whatever_its_shape(scene, snapshot, size_px):
    pixels = snapshot(scene, size_px).astype(int)
    # The frames of the planes are the only coloured things.
    rows, columns = np.nonzero(pixels.max(axis=2) - pixels.min(axis=2) > 40)
    height = (rows.max() - rows.min()) / size_px[1]
    width = (columns.max() - columns.min()) / size_px[0]

    assert 0.7 < max(height, width) <= 1
    assert rows.min() > 0
    assert rows.max() < size_px[1] - 1
    assert columns.min() > 0
    assert columns.max() < size_px[0] - 1


def test_half_a_turn_shows_the_back(scene, volume, snapshot):
    surface = surface_from_mask(block_at(volume.geometry, (22, 0, 0)), volume.geometry)
    scene.set_surface(SPLEEN.label_value, surface)

    scene.rotate(360, 0)  # half a degree a pixel
    _, columns = orange(snapshot(scene, (300, 200)))

    assert columns.mean() < 140


def test_dragging_right_turns_the_front_to_the_right(scene, volume, snapshot):
    surface = surface_from_mask(block_at(volume.geometry, (0, -22, 0)), volume.geometry)
    scene.set_surface(SPLEEN.label_value, surface)
    _, before = orange(snapshot(scene, (300, 200)))

    scene.rotate(40, 0)
    _, after = orange(snapshot(scene, (300, 200)))

    assert after.mean() > before.mean() + 10


def test_panning_and_zooming_follow_the_pointer(scene, volume, snapshot):
    surface = surface_from_mask(block_at(volume.geometry, (0, 0, 0)), volume.geometry)
    scene.set_surface(SPLEEN.label_value, surface)
    rows, columns = orange(snapshot(scene, (300, 200)))

    scene.pan(30, 12)
    moved_rows, moved_columns = orange(snapshot(scene, (300, 200)))
    scene.zoom(1.3)
    zoomed_rows, _ = orange(snapshot(scene, (300, 200)))

    assert moved_columns.mean() - columns.mean() == pytest.approx(30, abs=4)
    assert moved_rows.mean() - rows.mean() == pytest.approx(12, abs=4)
    assert len(zoomed_rows) > 1.4 * len(moved_rows)


def test_the_frames_follow_the_cursor(scene, snapshot):
    before = snapshot(scene)
    scene.set_cursor((20.0, 10.0, -10.0))
    after = snapshot(scene)
    scene.set_planes_visible(False)

    assert (before != after).any()
    assert (snapshot(scene) != after).any()


def test_without_a_ct_only_the_background_is_drawn(scene, snapshot):
    scene.show_volume(None)

    assert snapshot(scene).max() < 60
