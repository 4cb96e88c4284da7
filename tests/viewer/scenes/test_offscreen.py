import subprocess
import sys

import numpy as np
import pytest

from imaging.errors import GraphicsError
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes import offscreen
from viewer.scenes.offscreen import OffscreenView
from viewer.scenes.planes import Plane
from viewer.scenes.slice_scene import SliceScene

HEADLESS = """
import numpy as np
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes.offscreen import render_to_array
from viewer.scenes.planes import Plane
from viewer.scenes.slice_scene import SliceScene

geometry = VolumeGeometry.from_parts((4, 9, 9), (0, 0, 0), (1, 1, 1))
scene = SliceScene(Plane.AXIAL)
scene.show_volume(Volume(np.full(geometry.shape, 40, np.int16), geometry))
pixels = render_to_array(scene, (64, 48))
assert pixels.shape == (48, 64, 3)
assert abs(int(pixels[12, 24, 0]) - 127) < 3
"""


@pytest.fixture
def scene() -> SliceScene:
    geometry = VolumeGeometry.from_parts((4, 9, 9), (0, 0, 0), (1, 1, 1))
    scene = SliceScene(Plane.AXIAL)
    scene.show_volume(Volume(np.full(geometry.shape, 40, np.int16), geometry))
    return scene


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux runs without a display")
def test_a_scene_renders_in_silence_without_a_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    done = subprocess.run(
        [sys.executable, "-c", HEADLESS], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_view_can_change_its_size(scene):
    view = OffscreenView(scene, (64, 48))
    first = view.render()
    view.resize((100, 30))

    assert first.shape == (48, 64, 4)
    assert view.render().shape == (30, 100, 4)
    assert view.size_px == (100, 30)
    view.close()


def test_dense_screens_get_larger_text(scene):
    scene.set_crosshair_visible(False)
    text_pixels = []
    for pixel_ratio in (1.0, 2.0):
        view = OffscreenView(scene, (300, 300))
        view.resize((300, 300), pixel_ratio)
        letter = view.render()[120:180, -40:, :3].astype(int)
        view.close()
        text_pixels.append((letter.min(axis=2) > 170).sum())

    assert text_pixels[1] > 2.5 * text_pixels[0] > 0


def test_a_scene_can_be_shown_again_in_another_view(scene):
    views = []
    for _ in range(2):
        view = OffscreenView(scene, (80, 60))
        views.append(view.render().copy())
        view.close()
        view.close()

    np.testing.assert_array_equal(*views)


def test_missing_opengl_is_said_in_a_sentence(scene, monkeypatch):
    monkeypatch.setattr(offscreen, "_window_class", lambda: None)

    with pytest.raises(GraphicsError, match="no OpenGL"):
        OffscreenView(scene)
