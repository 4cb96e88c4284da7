"""Undo and redo of label edits and clicks, within a limit of memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.clicks import Click, ClickList
from imaging.history import Change, EditHistory
from imaging.labels import LabelMap

SHAPE = (4, 5, 6)


class Desk:
    """Labels, clicks and their history, with a change for each number."""

    def __init__(self, **limits):
        self.labels, self.clicks = LabelMap(SHAPE), ClickList()
        self.history = EditHistory(self.labels, self.clicks, **limits)

    def change(self, number):
        target = np.random.default_rng(number).random(SHAPE) < 0.4
        clicks = self.clicks.clicks
        click = Click((float(number), 0.0, 0.0), "spleen", is_foreground=number % 2 == 0)
        edit = self.labels.edit_to(target, 1 + number % 3)
        return Change(f"click {number}", edit, clicks, (*clicks, click))

    def state(self):
        return self.labels.array.tobytes(), self.clicks.clicks


@pytest.fixture
def desk():
    return Desk()


def test_undo_and_redo_restore_labels_and_clicks_byte_for_byte(desk):
    states = [desk.state()]
    for number in range(6):
        desk.history.do(desk.change(number))
        states.append(desk.state())
    for state in reversed(states[:-1]):
        desk.history.undo()
        assert desk.state() == state
    for state in states[1:]:
        desk.history.redo()
        assert desk.state() == state


@given(st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=30))
def test_any_walk_through_the_history_stays_on_known_states(steps):
    desk = Desk()
    done, undone = [desk.state()], []
    for number, step in enumerate(steps):
        if step == "do":
            desk.history.do(desk.change(number))
            done.append(desk.state())
            undone.clear()
        elif step == "undo":
            assert (desk.history.undo() is None) == (len(done) == 1)
            if len(done) > 1:
                undone.append(done.pop())
        else:
            assert (desk.history.redo() is None) == (not undone)
            if undone:
                done.append(undone.pop())
        assert desk.state() == done[-1]


def test_a_new_change_forgets_what_was_undone(desk):
    desk.history.do(desk.change(0))
    desk.history.undo()
    desk.history.do(desk.change(1))
    assert desk.history.redo() is None
    assert desk.history.redo_name is None


def test_names_tell_what_undo_and_redo_would_do(desk):
    assert (desk.history.undo_name, desk.history.redo_name) == (None, None)
    desk.history.do(desk.change(0))
    desk.history.do(desk.change(1))
    desk.history.undo()
    assert (desk.history.undo_name, desk.history.redo_name) == ("click 0", "click 1")


def test_a_change_of_clicks_alone_can_be_undone(desk):
    click = Click((1.0, 2.0, 3.0), "liver", is_foreground=True)
    desk.history.do(Change("add click", None, (), (click,)))
    assert desk.clicks.clicks == (click,)
    desk.history.undo()
    assert desk.clicks.clicks == ()


def test_the_oldest_changes_are_forgotten_beyond_the_memory_limit():
    desk = Desk(max_bytes=1000)
    for number in range(20):
        desk.history.do(desk.change(number))
    assert desk.history.byte_count <= 1000
    undone = 0
    while desk.history.undo() is not None:
        undone += 1
    assert 1 <= undone < 20


def test_the_newest_change_can_always_be_undone():
    desk = Desk(max_bytes=0)
    before = desk.state()
    desk.history.do(desk.change(0))
    assert desk.history.undo().name == "click 0"
    assert desk.state() == before


def test_who_listens_hears_each_step_and_no_empty_one(desk):
    heard = []
    desk.history.changed.connect(lambda: heard.append(desk.history.undo_name))
    desk.history.undo()
    desk.history.do(desk.change(0))
    desk.history.undo()
    desk.history.redo()
    desk.history.redo()
    assert heard == ["click 0", None, "click 0"]


def test_clicks_that_stay_the_same_are_not_announced(desk):
    heard = []
    desk.clicks.changed.connect(lambda: heard.append(True))
    edit = desk.labels.edit_to(np.ones(SHAPE, bool), 1)
    desk.history.do(Change("brush", edit, (), ()))
    assert heard == []
