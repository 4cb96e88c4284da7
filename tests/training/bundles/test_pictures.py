"""The picture of a result shows the patient upright, whatever way the CT is stored."""

import numpy as np
import pytest
from PIL import Image

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from training.bundles.pictures import draw_slices

pytest.importorskip("matplotlib")

NAMES = ("background", "spleen")
AXIAL = np.eye(3)[:, ::-1]


def picture_of(path, direction, marker):
    geometry = VolumeGeometry.from_parts((12, 40, 40), (0.0, 0.0, 0.0), (5.0, 2.0, 2.0), direction)
    array = np.full(geometry.shape, -1000, np.int16)
    mask = np.zeros(geometry.shape, np.uint8)
    mask[4][marker] = 1
    draw_slices(path, Volume(array, geometry, name="Marker"), mask, NAMES)
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    orange = np.argwhere(pixels[..., 0] - pixels[..., 2] > 80)
    dark = np.argwhere(pixels.sum(axis=-1) < 30)
    return (orange.mean(axis=0) - dark.mean(axis=0)) > 0


def test_the_patients_left_front_is_right_and_up(tmp_path):
    stored_upright = picture_of(tmp_path / "a.png", AXIAL, (slice(2, 10), slice(30, 38)))
    stored_turned = picture_of(
        tmp_path / "b.png", np.diag([-1.0, -1.0, 1.0]) @ AXIAL, (slice(30, 38), slice(2, 10))
    )
    for is_below, is_right in (stored_upright, stored_turned):
        assert not is_below
        assert is_right


def test_an_empty_mask_is_said(tmp_path):
    geometry = VolumeGeometry.from_parts((12, 8, 8), (0.0, 0.0, 0.0), (5.0, 2.0, 2.0), AXIAL)
    volume = Volume(np.zeros(geometry.shape, np.int16), geometry, name="Empty")
    draw_slices(tmp_path / "empty.png", volume, np.zeros(geometry.shape, np.uint8), NAMES)
    assert (tmp_path / "empty.png").stat().st_size > 1000
