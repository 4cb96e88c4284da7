from unittest.mock import create_autospec

import numpy as np
import pytest

from app.controllers.case_session import CaseSession
from app.controllers.editing_controller import EditingController
from app.controllers.segmentation_controller import SegmentationController
from imaging.history import Change


@pytest.fixture
def session(volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[3:6, 3:6, 3:6] = 1
    labels[8:9, 3:6, 3:6] = 2
    return CaseSession(volume, ("spleen", "pancreas"), labels=labels)


@pytest.fixture
def editing(session):
    segmentation = create_autospec(SegmentationController, instance=True, is_answering=False)
    return EditingController(lambda: session, segmentation)


@pytest.fixture
def three_clicks(session, click_at):
    clicks = (click_at((3, 3, 3)), click_at((8, 3, 3), "pancreas"), click_at((4, 4, 4)))
    session.do(Change("clicks", None, (), clicks))
    return clicks


def test_deleting_a_click_keeps_the_mask_and_can_be_undone(session, editing, three_clicks):
    before = session.labels.array.tobytes()
    editing.delete_click(three_clicks[0])

    assert session.clicks.clicks == three_clicks[1:]
    assert session.labels.array.tobytes() == before
    editing.undo()
    assert session.clicks.clicks == three_clicks


def test_delete_last_click_takes_the_newest_of_the_active_structure(session, editing, three_clicks):
    session.activate("pancreas")
    editing.delete_last_click()

    assert session.clicks.clicks == (three_clicks[0], three_clicks[2])


def test_clearing_clicks_leaves_those_of_other_structures(session, editing, three_clicks):
    editing.clear_clicks()

    assert session.clicks.clicks == (three_clicks[1],)


def test_clearing_a_structure_removes_mask_and_clicks_in_one_step(session, editing, three_clicks):
    before = session.labels.array.tobytes()
    editing.clear_structure()

    assert session.volume_ml("spleen") == 0
    assert session.volume_ml("pancreas") > 0
    assert session.clicks.clicks == (three_clicks[1],)
    editing.undo()
    assert session.labels.array.tobytes() == before
    assert session.clicks.clicks == three_clicks


def test_deleting_without_clicks_makes_no_step(session, editing):
    editing.delete_last_click()
    editing.clear_clicks()

    assert session.undo_name is None
