"""Before and after: of the last change, and of two versions; kept apart from drawing."""

import numpy as np
import pytest

from imaging.history import Change
from imaging.labels import LabelEdit
from viewer.scenes.before_after import ADDED_VALUE, REMOVED_VALUE
from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


def put(session, label_value, first, last):
    box = (slice(first, last), slice(5, 9), slice(6, 10))
    before = session.labels.array[box].copy()
    edit = LabelEdit(box, before, np.full(before.shape, label_value, np.uint8))
    session.do(Change("brush", edit, session.clicks.clicks, session.clicks.clicks))


def drawn(desk):
    """The labels that the axial slice draws."""
    views = desk.logic.views.case_view.views
    views.slice_widgets[Plane.AXIAL].grab()
    return views.slice_scenes[Plane.AXIAL]._overlay._labels


@pytest.fixture
def opened(desk):
    desk.open_case()
    geometry = desk.session.volume.geometry
    desk.session.activate("spleen")
    put(desk.session, 1, 3, 6)
    desk.logic.views.go_to(tuple(geometry.index_to_lps((4, 7, 8))))
    return desk


def test_the_difference_shows_the_last_change_and_follows(opened):
    opened.actions["compare_difference"].trigger()
    assert (drawn(opened) == ADDED_VALUE).sum() == 16

    put(opened.session, 0, 4, 6)
    assert (drawn(opened) == REMOVED_VALUE).sum() == 16
    assert not (drawn(opened) == ADDED_VALUE).any()
    opened.session.undo()
    assert (drawn(opened) == ADDED_VALUE).sum() == 16


def test_undoing_all_ends_the_comparison(opened):
    opened.actions["compare_difference"].trigger()
    opened.session.undo()

    assert not opened.actions["compare_difference"].isChecked()
    assert not opened.logic.views.case_view.views.comparison.is_shown


def test_the_second_press_shows_the_mask_again(opened):
    mask = drawn(opened).copy()
    opened.actions["compare_wipe"].trigger()
    opened.actions["compare_difference"].trigger()
    assert not opened.actions["compare_wipe"].isChecked()
    opened.actions["compare_difference"].trigger()

    np.testing.assert_array_equal(drawn(opened), mask)


def test_the_line_stays_where_it_was_dragged_while_changes_follow(opened):
    opened.actions["compare_wipe"].trigger()
    line = opened.logic.views.case_view.views.comparison.lines[0]
    line._set_share(0.8)
    put(opened.session, 0, 4, 6)

    assert line.share == 0.8


def test_the_look_is_remembered(opened):
    opened.actions["compare_wipe"].trigger()
    assert opened.workbench.settings.settings.compare_look == "wipe"


def test_without_a_change_a_sentence_says_so(desk):
    desk.open_case()
    desk.actions["compare_wipe"].trigger()

    assert "Nothing was changed yet" in desk.window.banner.text
    assert not desk.actions["compare_wipe"].isChecked()


def test_a_hidden_structure_is_not_compared(opened):
    opened.actions["compare_difference"].trigger()
    opened.session.set_visible("spleen", False)

    assert not drawn(opened).any()


def test_another_case_begins_without_a_comparison(opened):
    opened.actions["compare_wipe"].trigger()
    opened.session.mark_saved(opened.session.state)
    opened.open_case()

    assert not opened.actions["compare_wipe"].isChecked()
    assert not opened.logic.views.case_view.views.comparison.is_shown
