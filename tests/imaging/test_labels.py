"""Label maps: changed only by edits, which take back exactly what they did."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.labels import LabelEdit, LabelMap, bounding_box, box_of_value

SHAPE = (5, 6, 7)


def random_labels(seed=0, values=4):
    return np.random.default_rng(seed).integers(0, values, SHAPE).astype(np.uint8)


def random_mask(seed=1, share=0.3):
    return np.random.default_rng(seed).random(SHAPE) < share


def test_the_bounding_box_is_the_smallest_around_the_mask():
    mask = np.zeros(SHAPE, bool)
    mask[1, 2, 3] = mask[3, 2, 6] = True
    assert bounding_box(mask) == (slice(1, 4), slice(2, 3), slice(3, 7))


def test_an_empty_mask_has_no_box():
    assert bounding_box(np.zeros(SHAPE, bool)) is None


@given(st.integers(0, 2**31), st.integers(0, 5))
def test_the_box_of_a_value_is_the_bounding_box_of_its_mask(seed, label_value):
    rng = np.random.default_rng(seed)
    labels = random_labels(seed) * (rng.random(SHAPE) < rng.uniform(0, 0.3))
    labels = labels.astype(np.uint8)
    assert box_of_value(labels, label_value) == bounding_box(labels == label_value)


def test_an_edit_makes_the_structure_cover_exactly_the_target():
    labels = LabelMap.from_array(random_labels())
    before = labels.array.copy()
    target = random_mask()
    labels.apply(labels.edit_to(target, 2))
    assert np.array_equal(labels.mask(2), target)
    others = ~target & (before != 2)
    assert np.array_equal(labels.array[others], before[others])


def test_a_locked_structure_keeps_all_of_its_voxels():
    labels = LabelMap.from_array(random_labels())
    locked = labels.mask(3).copy()
    target = random_mask(share=0.8)
    labels.apply(labels.edit_to(target, 2, locked_values=frozenset({2, 3})))
    assert np.array_equal(labels.mask(3), locked)
    assert np.array_equal(labels.mask(2), target & ~locked)


def test_inside_of_a_box_only_the_box_changes():
    labels = LabelMap.from_array(random_labels())
    before = labels.array.copy()
    box = (slice(1, 4), slice(2, 5), slice(0, 3))
    target = random_mask()[box]
    labels.apply(labels.edit_to(target, 1, box=box))
    assert np.array_equal(labels.array[box] == 1, target)
    outside = np.ones(SHAPE, bool)
    outside[box] = False
    assert np.array_equal(labels.array[outside], before[outside])


def test_an_edit_is_no_larger_than_what_it_changes():
    labels = LabelMap(SHAPE)
    target = np.zeros(SHAPE, bool)
    target[2, 3, 4] = True
    box = (slice(1, 5), slice(0, 6), slice(2, 7))
    edit = labels.edit_to(target[box], 1, box=box)
    assert edit.box == (slice(2, 3), slice(3, 4), slice(4, 5))
    assert edit.byte_count == 2


def test_no_edit_is_needed_where_nothing_would_change():
    labels = LabelMap.from_array(random_labels())
    assert labels.edit_to(labels.mask(2), 2) is None


def test_making_an_edit_changes_nothing_yet():
    labels = LabelMap.from_array(random_labels())
    before = labels.array.copy()
    labels.edit_to(random_mask(), 2)
    assert np.array_equal(labels.array, before)


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.integers(1, 255))
def test_undo_restores_byte_for_byte(seed, share, value):
    labels = LabelMap.from_array(random_labels(seed, 6))
    before = labels.array.tobytes()
    edit = labels.edit_to(random_mask(seed, share), value, locked_values=frozenset({1, 4}))
    if edit is not None:
        labels.apply(edit)
        labels.apply(edit.reversed())
    assert labels.array.tobytes() == before


def test_who_listens_hears_the_box_that_changed():
    labels = LabelMap(SHAPE)
    heard = []
    labels.changed.connect(heard.append)
    edit = labels.edit_to(random_mask(), 2)
    labels.apply(edit)
    assert heard == [edit.box]


def test_the_array_is_read_only_and_follows_every_edit():
    labels = LabelMap(SHAPE)
    seen = labels.array
    with pytest.raises(ValueError, match="read-only"):
        seen[0, 0, 0] = 1
    labels.apply(labels.edit_to(np.ones(SHAPE, bool), 7))
    assert (seen == 7).all()


def test_a_label_map_does_not_follow_the_array_it_was_made_of():
    array = random_labels()
    labels = LabelMap.from_array(array)
    array[...] = 9
    assert not (labels.array == 9).any()


def test_an_array_of_another_type_is_refused():
    with pytest.raises(ValueError, match="uint8, got int64"):
        LabelMap.from_array(np.full(SHAPE, 300))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (np.zeros((1, 1, 1), np.uint8), np.zeros((1, 1, 2), np.uint8)),
        (np.zeros((1, 1, 1), np.int16), np.zeros((1, 1, 1), np.uint8)),
    ],
)
def test_an_edit_that_does_not_fit_its_box_is_refused(before, after):
    with pytest.raises(ValueError, match="the box is"):
        LabelEdit((slice(0, 1), slice(0, 1), slice(0, 1)), before, after)
