"""Strokes: what is previewed is what is done, and nothing changes before."""

import numpy as np
import pytest

from imaging.editing.brush import Brush
from imaging.editing.rules import EditRules, Effect
from imaging.editing.stroke import Stroke
from imaging.labels import LabelMap
from imaging.volume import Volume

PATH = ((8.0, 4.0, 5.0), (8.0, 20.0, 12.0), (8.0, 11.0, 33.0), (8.0, 3.0, 30.0))


@pytest.fixture
def labels(oblique_geometry):
    array = np.zeros(oblique_geometry.shape, np.uint8)
    array[6:12, 8:16, 8:30] = 2
    array[8, 2:8, 2:8] = 1
    return LabelMap.from_array(array)


@pytest.fixture
def draw(labels, ball_ct):
    def make(effect=Effect.ADD, brush=None, rules=None):
        brush, rules = brush or Brush(4.0), rules or EditRules(1)
        stroke = Stroke(labels, ball_ct, brush, effect, rules, slice_axis=0)
        boxes = [stroke.move_to(index_kji) for index_kji in PATH]
        return stroke, [box for box in boxes if box is not None]

    return make


def test_a_stroke_changes_nothing_before_its_edit_is_applied(labels, draw):
    before = labels.array.copy()
    draw()
    assert np.array_equal(labels.array, before)


@pytest.mark.parametrize("effect", [Effect.ADD, Effect.ERASE])
def test_the_preview_is_what_the_map_becomes(labels, draw, effect):
    stroke, _ = draw(effect)
    patch = stroke.patch
    labels.apply(stroke.edit())
    assert np.array_equal(labels.array[patch.box], patch.labels)


def test_the_told_boxes_hold_all_that_looks_different(labels, draw):
    stroke, boxes = draw()
    told = np.zeros(labels.array.shape, bool)
    for box in boxes:
        told[box] = True
    before = labels.array.copy()
    labels.apply(stroke.edit())
    assert not (told < (labels.array != before)).any()


def test_a_fast_stroke_leaves_no_gaps(labels, ball_ct):
    def covered(points):
        rules = EditRules(1, frozenset())
        stroke = Stroke(labels, ball_ct, Brush(2.0), Effect.ADD, rules, slice_axis=0)
        for point in points:
            stroke.move_to(point)
        edit = stroke.edit()
        mask = np.zeros(labels.array.shape, bool)
        mask[edit.box] = edit.after == 1
        return mask

    ends = np.array([(3.0, 4.0, 4.0), (3.0, 24.0, 35.0)])
    steps = np.linspace(ends[0], ends[1], 60)
    assert np.array_equal(covered(ends), covered(steps))


def test_locked_structures_keep_their_voxels(labels, draw):
    before = labels.mask(2).copy()
    stroke, _ = draw(rules=EditRules(1, locked_values=frozenset({2})))
    labels.apply(stroke.edit())
    assert np.array_equal(labels.mask(2), before)
    assert labels.mask(1).sum() > 36


def test_inside_a_structure_only_its_voxels_are_taken(labels, draw):
    before = labels.array.copy()
    stroke, _ = draw(rules=EditRules(1, inside_value=2))
    labels.apply(stroke.edit())
    changed = labels.array != before
    assert changed.any()
    assert (before[changed] == 2).all()


def test_only_voxels_in_the_hu_range_are_taken(labels, draw, ball_ct):
    before = labels.array.copy()
    stroke, _ = draw(rules=EditRules(1, hu_range=(100, 120)))
    labels.apply(stroke.edit())
    changed = labels.array != before
    assert changed.any()
    assert (ball_ct.array[changed] == 110).all()


def test_a_ball_reaches_the_neighbouring_slices(labels, draw):
    stroke, _ = draw(brush=Brush(4.0, is_ball=True))
    labels.apply(stroke.edit())
    assert [labels.mask(1)[k].any() for k in (6, 7, 8, 9, 10)] == [False, True, True, True, False]


def test_an_eraser_takes_only_the_active_structure(labels, draw):
    before = labels.mask(2).copy()
    stroke, _ = draw(Effect.ERASE)
    labels.apply(stroke.edit())
    assert np.array_equal(labels.mask(2), before)
    assert not labels.mask(1)[8, 4, 5]


def test_a_stroke_that_misses_the_grid_changes_nothing(labels, ball_ct):
    stroke = Stroke(labels, ball_ct, Brush(2.0), Effect.ADD, EditRules(1), slice_axis=0)
    assert stroke.move_to((3.0, -90.0, 4.0)) is None
    assert stroke.edit() is None


def test_a_brush_that_sticks_to_edges_stays_in_the_tissue_it_began_in(oblique_geometry):
    rng = np.random.default_rng(1)
    organ = np.zeros(oblique_geometry.shape, bool)
    organ[:, 4:20, 5:20] = True
    array = np.where(organ, 110, 20) + rng.normal(0, 12, organ.shape)
    volume = Volume(array.astype(np.int16), oblique_geometry, name="Two tissues")
    labels = LabelMap(organ.shape)
    stroke = Stroke(
        labels, volume, Brush(6.0), Effect.ADD, EditRules(1), slice_axis=0, sticks_to_edges=True
    )
    for column in (10.0, 14.0, 17.0):
        stroke.move_to((8.0, 12.0, column))
    labels.apply(stroke.edit())

    found = labels.mask(1)[8]
    assert np.count_nonzero(found & ~organ[8]) <= 0.05 * np.count_nonzero(found)
    assert found[12, 5:19].all()  # and noise leaves no holes


@pytest.mark.parametrize("column", [-3.1, -3.4, -5.0])
def test_a_brush_that_sticks_to_edges_marks_nothing_from_outside_the_volume(ball_ct, column):
    labels = LabelMap(ball_ct.geometry.shape)
    stroke = Stroke(
        labels, ball_ct, Brush(6.0), Effect.ADD, EditRules(1), slice_axis=0, sticks_to_edges=True
    )
    stroke.move_to((8.0, 12.0, column))
    assert stroke.edit() is None
