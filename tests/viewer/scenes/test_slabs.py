"""Slabs: what is seen of several slices, on every grid."""

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.slabs import Slab, SlabKind
from viewer.scenes.slice_scene import SliceScene

BY_NAME = {
    SlabKind.MAXIMUM: lambda values: values.max(axis=0),
    SlabKind.MINIMUM: lambda values: values.min(axis=0),
    SlabKind.MEAN: lambda values: np.rint(values.mean(axis=0)),
}


def seen(slab, array, frame, slice_index):
    width, height = frame.size_px
    pixels = np.empty((height, width), np.int16)
    slab.draw_into(pixels, array, frame, slice_index)
    return pixels


@pytest.mark.parametrize("kind", BY_NAME)
@pytest.mark.parametrize("plane", tuple(Plane))
def test_a_slab_shows_what_its_name_says(geometry, plane, kind):
    rng = np.random.default_rng(5)
    array = rng.integers(-2000, 3000, geometry.shape, np.int16)
    frame = SliceFrame.of(plane, geometry)
    slab = Slab(kind, 3 * frame.slice_spacing_mm)

    slices = np.stack([frame.slice_of(array, index) for index in (5, 6, 7)]).astype(float)
    np.testing.assert_array_equal(seen(slab, array, frame, 6), BY_NAME[kind](slices))


def test_extreme_values_do_not_overflow_in_a_mean(geometry):
    array = np.full(geometry.shape, 32767, np.int16)
    frame = SliceFrame.of(Plane.AXIAL, geometry)
    assert seen(Slab(SlabKind.MEAN, 30.0), array, frame, 6).min() == 32767


@pytest.mark.parametrize(
    ("spacing_mm", "thickness_mm", "slices"),
    [(1.0, 10.0, 11), (1.0, 9.0, 9), (3.0, 10.0, 3), (5.0, 10.0, 3), (5.0, 2.0, 1), (0.625, 5, 9)],
)
def test_a_slab_takes_whole_slices_around_the_middle_one(spacing_mm, thickness_mm, slices):
    geometry = VolumeGeometry.from_parts((60, 4, 4), (0, 0, 0), (spacing_mm, 1, 1))
    frame = SliceFrame.of(Plane.AXIAL, geometry)
    slab = Slab(SlabKind.MAXIMUM, thickness_mm)

    shown = slab.slices(frame, 30)
    assert len(shown) == slices
    assert shown[len(shown) // 2] == 30
    assert slab.text(frame, 30) == f"MIP {slices * spacing_mm:.1f} mm"
    assert slab.slices(frame, 0) == range(slices // 2 + 1)
    assert slab.slices(frame, 59).stop == 60


@pytest.mark.parametrize("thickness_mm", [0.0, -5.0, float("nan"), 1000.0])
def test_a_slab_without_sense_is_refused(thickness_mm):
    with pytest.raises(ValueError, match="mm thick"):
        Slab(SlabKind.MEAN, thickness_mm)


def test_the_view_says_that_it_shows_a_slab_and_follows_it(geometry, air, snapshot):
    array = air(geometry)
    array[6] = 400
    scene = SliceScene(Plane.AXIAL)
    scene.show_volume(Volume(array, geometry))
    frame = scene.frame
    index_kji = (np.array(geometry.shape) - 1) // 2
    index_kji[0] = 7
    scene.set_cursor(geometry.index_to_lps(index_kji))
    plain = snapshot(scene)
    assert "MIP" not in scene.annotations.texts[0]

    scene.set_slab(Slab(SlabKind.MAXIMUM, 3 * frame.slice_spacing_mm))
    assert scene.annotations.texts[0].endswith(f"MIP {3 * frame.slice_spacing_mm:.1f} mm")
    if frame.slice_axis == 0:
        assert snapshot(scene).mean() > plain.mean() + 50
    scene.set_slab(Slab())
    np.testing.assert_array_equal(snapshot(scene), plain)
