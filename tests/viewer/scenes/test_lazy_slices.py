"""What a slice shows is copied when its view is rendered: once, and as it is then."""

import numpy as np
import pytest

from imaging.labels import LabelMap
from imaging.volume import Volume
from viewer.scenes.planes import Plane
from viewer.scenes.slice_content import SliceContent
from viewer.scenes.slice_scene import SliceScene

SIZE_PX = (96, 80)


@pytest.fixture
def volume(geometry):
    count = np.prod(geometry.shape)
    return Volume(np.arange(count, dtype=np.int16).reshape(geometry.shape), geometry)


@pytest.fixture
def scene(volume):
    scene = SliceScene(Plane.SAGITTAL)
    scene.show_volume(volume)
    scene.show_labels(np.zeros(volume.array.shape, np.uint8))
    scene.prepare(SIZE_PX, 1.0)
    return scene


def test_a_cursor_that_moves_thrice_costs_one_slice(scene, volume, monkeypatch):
    drawn = []
    draw = SliceContent.draw_pixels

    def noted(content, pixels, frame, slice_index, slab):
        drawn.append(slice_index)
        draw(content, pixels, frame, slice_index, slab)

    monkeypatch.setattr(SliceContent, "draw_pixels", noted)
    for slice_index in (3, 5, 4):
        scene.set_cursor(scene.point_on_slice(slice_index))
    assert drawn == []

    scene.prepare(SIZE_PX, 1.0)
    scene.prepare(SIZE_PX, 1.0)
    assert drawn == [4]
    assert np.array_equal(scene._pixels, scene.frame.slice_of(volume.array, 4))


def test_the_labels_are_those_of_the_moment_of_the_picture(scene, volume):
    labels = LabelMap(volume.array.shape)
    scene.show_labels(labels.array)
    whole = tuple(slice(0, size) for size in labels.array.shape)
    for value in (1, 2):
        target = np.full(volume.array.shape, value, np.uint8)
        labels.apply(labels.edit_to_labels(target))
        assert scene.labels_changed(whole)
    assert not scene._overlay._labels.any()

    scene.prepare(SIZE_PX, 1.0)
    assert (scene._overlay._labels == 2).all()
