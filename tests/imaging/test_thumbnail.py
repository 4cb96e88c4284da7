"""The pictures of the case list lie as radiologists look at them, whatever the file's axes."""

import io

import numpy as np
import pytest
from PIL import Image

from imaging.geometry import VolumeGeometry
from imaging.thumbnail import SIDE_PX, slice_thumbnail, thumbnail_png
from imaging.volume import Volume

FLIPS = [(1, 1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, -1), (-1, -1, -1)]


def picture(volume):
    image = Image.open(io.BytesIO(thumbnail_png(volume)))
    assert image.size == (SIDE_PX, SIDE_PX)
    return np.asarray(image)


def flipped(array, signs, spacing_kji_mm):
    """The same patient, stored with some axes turned around."""
    direction = np.eye(3)[:, ::-1] * signs
    first = [0 if sign > 0 else n - 1 for sign, n in zip(signs, array.shape, strict=True)]
    straight = VolumeGeometry.from_parts(array.shape, (0, 0, 0), spacing_kji_mm)
    geometry = VolumeGeometry.from_parts(
        array.shape, straight.index_to_lps(first), spacing_kji_mm, direction
    )
    turned = array[tuple(slice(None, None, sign) for sign in signs)]
    return Volume(np.ascontiguousarray(turned), geometry)


@pytest.mark.parametrize("signs", FLIPS)
def test_a_high_stack_is_seen_from_the_front(signs):
    array = np.full((60, 30, 40), -1000, np.int16)
    array[45:, :, :15] = 400  # at the patient's head and right
    pixels = picture(flipped(array, signs, (4.0, 5.0, 5.0)))

    bright = np.argwhere(pixels > 200)
    assert bright.mean(axis=0)[0] < SIDE_PX / 2  # up
    assert bright.mean(axis=0)[1] < SIDE_PX / 2  # left in the picture


@pytest.mark.parametrize("signs", FLIPS)
def test_a_low_stack_is_seen_from_below(signs):
    array = np.full((12, 50, 40), -1000, np.int16)
    array[:, :15, :15] = 400  # at the patient's front and right
    pixels = picture(flipped(array, signs, (5.0, 4.0, 4.0)))

    bright = np.argwhere(pixels > 200)
    assert (bright.mean(axis=0) < SIDE_PX / 2).all()


def test_proportions_are_those_of_the_patient():
    array = np.full((50, 40, 100), 40, np.int16)
    pixels = picture(flipped(array, (1, 1, 1), (4.0, 4.0, 4.0)))

    lit = np.argwhere(pixels > 0)
    height, width = lit.max(axis=0) - lit.min(axis=0) + 1
    assert (height, width) == (48, 96)


def test_a_tilted_grid_gives_a_picture(ball_ct):
    pixels = picture(ball_ct)

    assert pixels.max() == int((45 + 160) / 400 * 255)
    assert pixels.min() == 0


@pytest.mark.parametrize("signs", FLIPS)
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1)])
def test_a_series_is_shown_in_its_own_plane_whichever_way_it_is_stored(signs, order):
    array = np.full((9, 20, 30), -1000, np.int16)
    array[4:, :13, :20] = 400  # upper, front, right
    upright = flipped(array, signs, (3.0, 2.0, 1.5))
    affine = upright.geometry.affine[:, [*order, 3]]
    k, j, i = (array.shape[axis] for axis in order)
    stored = Volume(upright.array.transpose(order), VolumeGeometry((k, j, i), affine))

    picture = slice_thumbnail(stored)

    rows, columns = np.nonzero(picture > 128)
    assert rows.size
    assert rows.mean() < SIDE_PX / 2  # front or head is up
    assert columns.mean() < SIDE_PX / 2  # right, or from the side the front, is left
