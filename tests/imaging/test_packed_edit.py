"""Packed edits: exact in both directions, and small."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imaging.clicks import ClickList
from imaging.history import Change, EditHistory
from imaging.labels import LabelEdit, LabelMap
from imaging.measures import voxel_counts
from imaging.packed_edit import PackedEdit

SHAPE = (5, 6, 7)


@given(st.integers(0, 2**32 - 1))
def test_an_edit_comes_back_as_it_was_from_before_and_from_after(seed):
    rng = np.random.default_rng(seed)
    labels = LabelMap.from_array(rng.integers(0, 4, SHAPE).astype(np.uint8))
    box = (slice(1, 4), slice(0, 6), slice(2, 7))
    after = rng.integers(0, 4, (3, 6, 5)).astype(np.uint8)
    edit = LabelEdit(box, labels.array[box].copy(), after)
    packed = PackedEdit.of(edit)

    before = packed.unpacked(labels, is_applied=False)
    labels.apply(edit)
    behind = packed.unpacked(labels, is_applied=True)

    for other in (before, behind):
        assert other.box == box
        assert np.array_equal(other.before, edit.before)
        assert np.array_equal(other.after, edit.after)


def test_only_voxels_that_change_are_lost_and_gained():
    box = (slice(0, 1), slice(0, 1), slice(0, 5))
    before = np.array([[[1, 1, 2, 5, 4]]], np.uint8)
    after = np.array([[[1, 0, 3, 5, 2]]], np.uint8)

    changes = PackedEdit.of(LabelEdit(box, before, after)).value_changes

    assert set(changes) == {(0, 0, 1), (1, 1, 0), (2, 1, 1), (3, 0, 1), (4, 1, 0)}


@given(st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=12))
def test_counts_followed_through_any_history_are_those_of_the_map(steps):
    labels = LabelMap(SHAPE)
    history = EditHistory(labels, ClickList())
    counts = voxel_counts(labels.array)
    for number, step in enumerate(steps):
        if step == "do":
            target = np.random.default_rng(number).random(SHAPE) < 0.3
            edit = labels.edit_to(target, 1 + number % 3)
            history.do(Change("brush", edit, (), ()))
        elif (history.undo if step == "undo" else history.redo)() is None:
            continue
        for value, lost, gained in history.value_changes:
            counts[value] += gained - lost

        assert np.array_equal(counts, voxel_counts(labels.array))


def test_five_hundred_strokes_on_a_large_ct_take_little_memory():
    labels = LabelMap((40, 512, 512))
    history = EditHistory(labels, ClickList())
    disc = np.hypot(*np.mgrid[-20:21, -20:21]) <= 20
    rng = np.random.default_rng(0)
    for number in range(500):
        k, j, i = rng.integers(0, (40, 470, 470))
        box = (slice(k, k + 1), slice(j, j + 41), slice(i, i + 41))
        target = disc[None] if number % 3 else np.zeros_like(disc[None])
        edit = labels.edit_to(target, 1 + number % 10, box=box)
        history.do(Change("brush", edit, (), ()))

    assert history.byte_count < 1_000_000  # the whole map has ten times as much
    while history.undo() is not None:
        pass
    assert not labels.array.any()
