import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes.body import body_box
from viewer.scenes.planes import Plane
from viewer.scenes.slice_scene import SliceScene

SPACING_KJI_MM = (3.0, 1.5, 1.2)
BODY = (slice(0, 40), slice(40, 90), slice(30, 110))
ARM = (slice(0, 40), slice(60, 72), slice(118, 130))
TABLE = (slice(0, 40), slice(100, 102), slice(5, 140))


def ct(*parts):
    array = np.full((40, 120, 150), -1000, np.int16)
    for part in parts:
        array[part] = 40
    return Volume(array, VolumeGeometry.from_parts(array.shape, (0, 0, 0), SPACING_KJI_MM))


def assert_snug(box, wanted):
    """Nothing of ``wanted`` is cut off, and less than 2 cm of air are left."""
    for part, want, spacing_mm in zip(box, wanted, SPACING_KJI_MM, strict=True):
        assert part.start <= want.start
        assert part.stop >= want.stop
        assert (want.start - part.start) * spacing_mm < 20
        assert (part.stop - want.stop) * spacing_mm < 20


def test_air_and_table_are_left_out():
    assert_snug(body_box(ct(BODY, TABLE)), BODY)


def test_arms_belong_to_the_body():
    assert_snug(body_box(ct(BODY, ARM)), (slice(0, 40), slice(40, 90), slice(30, 130)))


def test_a_body_that_goes_on_beyond_the_ct_is_not_cut():
    everything = (slice(0, 40), slice(0, 120), slice(0, 150))

    assert body_box(ct(everything)) == everything


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 30, 30), (4, 16, 16)])
def test_small_grids_are_shown_whole(shape):
    geometry = VolumeGeometry.from_parts(shape, (0, 0, 0), (5.0, 0.7, 0.7))

    box = body_box(Volume(np.full(shape, 40, np.int16), geometry))

    assert box == tuple(slice(0, side) for side in shape)


def test_without_a_body_there_is_no_box():
    assert body_box(ct()) is None
    assert body_box(ct((slice(4, 8), slice(4, 10), slice(4, 10)))) is None


@pytest.mark.parametrize("plane", list(Plane))
def test_a_fitted_view_is_filled_by_the_body_on_every_grid(plane, geometry, air):
    array = air(geometry)
    k, j, i = geometry.shape
    body = (slice(2, k // 2), slice(1, j // 2), slice(i // 2, i - 1))
    array[body] = 40
    scene = SliceScene(plane)
    scene.show_volume(Volume(array, geometry), body)
    scene.prepare((200, 160), 1.0)

    corners = [
        scene.project(geometry.index_to_lps([k_, j_, i_]))
        for k_ in (body[0].start - 0.5, body[0].stop - 0.5)
        for j_ in (body[1].start - 0.5, body[1].stop - 0.5)
        for i_ in (body[2].start - 0.5, body[2].stop - 0.5)
    ]
    x, y = np.array(corners).T

    assert x.min() >= -0.5
    assert x.max() <= 199.5
    assert y.min() >= -0.5
    assert y.max() <= 159.5
    assert max((x.max() - x.min()) / 200, (y.max() - y.min()) / 160) > 0.95
