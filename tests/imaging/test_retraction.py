"""Taking back an edit that others followed."""

import numpy as np
import pytest

from imaging.labels import LabelMap
from imaging.retraction import edit_after, mask_after, retraction

SHAPE = (8, 9, 11)
SPLEEN, LIVER = 1, 4


def block(k, j, i):
    mask = np.zeros(SHAPE, bool)
    mask[k, j, i] = True
    return mask


@pytest.fixture
def labels():
    """A liver, then a spleen drawn partly over it."""
    array = np.zeros(SHAPE, np.uint8)
    array[2:6, 2:6, 2:6] = LIVER
    return LabelMap.from_array(array)


def draw(labels, mask, value=SPLEEN):
    edit = labels.edit_to(labels.mask(value) | mask, value)
    labels.apply(edit)
    return edit


def test_an_edit_that_nothing_followed_is_taken_back_whole(labels):
    before = labels.array.copy()
    drawn = draw(labels, block(slice(4, 8), slice(3, 5), slice(3, 9)))

    labels.apply(retraction(labels, [drawn]))

    assert np.array_equal(labels.array, before)


def test_what_came_over_it_stays(labels):
    drawn = draw(labels, block(slice(4, 8), slice(3, 5), slice(3, 9)))
    draw(labels, block(7, 3, slice(3, 9)), LIVER)

    labels.apply(retraction(labels, [drawn]))

    assert (labels.array[7, 3, 3:9] == LIVER).all()
    assert not (labels.array == SPLEEN).any()


def test_what_a_later_one_of_them_took_back_is_not_brought_back(labels):
    before = labels.array.copy()
    first = draw(labels, block(slice(4, 8), slice(3, 5), slice(3, 9)))
    box = (slice(0, 1), slice(0, 2), slice(0, 2))
    moved = edit_after(
        labels, retraction(labels, [first]), np.ones((1, 2, 2), bool), SPLEEN, box=box
    )
    labels.apply(moved)

    labels.apply(retraction(labels, [moved, first]))

    assert np.array_equal(labels.array, before)


def test_nothing_left_means_nothing_to_do(labels):
    drawn = draw(labels, block(7, 3, 3))
    draw(labels, block(7, 3, 3), LIVER)

    assert retraction(labels, [drawn]) is None


@pytest.mark.parametrize("at", [(0, 0, 0), (5, 4, 4), (7, 8, 10)])
def test_taking_back_and_answering_is_one_edit_and_one_undo(labels, at):
    drawn = draw(labels, block(slice(4, 8), slice(3, 5), slice(3, 9)))
    start = labels.array.copy()
    first = retraction(labels, [drawn])
    expected = LabelMap.from_array(start)
    expected.apply(first)
    box = tuple(slice(n, n + 1) for n in at)
    expected.apply(expected.edit_to(np.ones((1, 1, 1), bool), SPLEEN, box=box))

    edit = edit_after(labels, first, np.ones((1, 1, 1), bool), SPLEEN, box=box)
    labels.apply(edit)
    assert np.array_equal(labels.array, expected.array)

    labels.apply(edit.reversed())
    assert np.array_equal(labels.array, start)


def test_locked_structures_keep_what_the_answer_asks_for_and_get_back_what_was_theirs(labels):
    drawn = draw(labels, block(slice(4, 8), slice(3, 5), slice(3, 9)))
    first = retraction(labels, [drawn])
    box = (slice(4, 6), slice(3, 5), slice(3, 5))

    edit = edit_after(
        labels, first, np.ones((2, 2, 2), bool), SPLEEN, box=box, locked_values=frozenset({LIVER})
    )
    labels.apply(edit)

    assert (labels.array[2:6, 2:6, 2:6] == LIVER).all()


def test_the_mask_to_answer_is_the_one_after_the_retraction(labels):
    drawn = draw(labels, block(slice(4, 8), slice(3, 5), slice(3, 9)))
    draw(labels, block(0, 0, slice(0, 3)))

    mask = mask_after(labels, retraction(labels, [drawn]), SPLEEN)

    assert np.array_equal(mask, block(0, 0, slice(0, 3)))
    assert labels.mask(SPLEEN).sum() > 3


def test_where_the_answer_puts_back_what_was_taken_nothing_changes(labels):
    drawn = draw(labels, block(slice(4, 8), slice(3, 5), slice(3, 9)))
    first = retraction(labels, [drawn])
    mask = np.ones((4, 2, 6), bool)

    assert edit_after(labels, first, mask, SPLEEN, box=drawn.box) is None
