"""Strokes become single, named, exact steps of undo; giving up leaves nothing."""

import numpy as np
import pytest

from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController, DrawnSlice
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.controllers.work_log import WorkLog
from imaging.editing.brush import Brush
from training.cases.provenance import ManualStep

PLACE = DrawnSlice(axis=0, title="slice 9")


@pytest.fixture
def session(ball_ct):
    labels = np.zeros(ball_ct.geometry.shape, np.uint8)
    labels[6:12, 8:16, 8:30] = 2  # pancreas
    return CaseSession(ball_ct, ("spleen", "pancreas"), labels=labels)


@pytest.fixture
def drawing(session):
    return DrawingController(lambda: session, DrawingOptions(brush=Brush(3.0)))


@pytest.fixture
def told(drawing):
    told = []
    drawing.noticed.connect(told.append)
    return told


@pytest.fixture
def stroke(session, drawing):
    """Draws along voxels."""

    def along(tool, *way_kji, is_finished=True):
        points = [tuple(session.volume.geometry.index_to_lps(index)) for index in way_kji]
        drawing.begin(tool, points[0], PLACE)
        for point in points[1:]:
            drawing.move(point)
        if is_finished:
            drawing.end()

    return along


def test_a_stroke_is_one_step_of_undo_with_a_name(session, stroke):
    stroke(DrawingTool.BRUSH, (8, 5, 5), (8, 22, 8), (8, 22, 30))

    assert session.undo_name == "brush on spleen, slice 9"
    assert session.volume_ml("spleen") > 0
    session.undo()
    assert session.volume_ml("spleen") == 0
    assert session.undo_name is None


def test_locked_neighbours_stay_and_unlocked_ones_give_way(session, stroke):
    before = session.labels.mask(2).copy()
    stroke(DrawingTool.BRUSH, (8, 12, 5), (8, 12, 35))
    assert np.array_equal(session.labels.mask(2), before)

    session.set_locked("pancreas", False)
    stroke(DrawingTool.BRUSH, (8, 12, 5), (8, 12, 35))
    assert session.labels.mask(2).sum() < before.sum()


def test_a_stroke_that_begins_on_a_locked_structure_says_so(stroke, told):
    stroke(DrawingTool.BRUSH, (8, 12, 12), (8, 20, 12))
    assert told == ["This spot belongs to the pancreas, which is locked and will stay as it is."]


def test_the_preview_is_told_while_drawing_and_withdrawn_at_the_end(drawing, stroke, session):
    previews = []
    drawing.preview_changed.connect(lambda patch, _box: previews.append(patch))
    stroke(DrawingTool.BRUSH, (8, 5, 5), (8, 22, 8), is_finished=False)
    assert previews[-1] is not None
    assert session.undo_name is None

    drawing.end()
    assert previews[-1] is None


def test_a_stroke_given_up_changes_nothing(drawing, stroke, session):
    before = session.labels.array.copy()
    stroke(DrawingTool.BRUSH, (8, 5, 5), (8, 22, 8), is_finished=False)
    drawing.cancel()
    drawing.move((0.0, 0.0, 0.0))
    drawing.end()

    assert np.array_equal(session.labels.array, before)
    assert session.undo_name is None


def test_what_changes_under_the_pen_is_kept(drawing, stroke, session, draw):
    stroke(DrawingTool.BRUSH, (8, 18, 5), (8, 18, 20), is_finished=False)
    draw(session, label_value=4, first=5, last=12, name="an answer")
    drawing.end()

    assert session.labels.mask(4)[5:12, 5:12, 5:12].sum() + session.labels.mask(2).sum() > 0
    assert not (session.labels.mask(1) & (session.labels.array == 4)).any()
    liver = session.labels.mask(4).copy()
    session.undo()
    assert np.array_equal(session.labels.mask(4), liver)  # the stroke took nothing of it


def test_lasso_and_cut_through_all_slices(drawing, stroke, session):
    corners = [(8, 6, 6), (8, 6, 33), (8, 18, 33), (8, 18, 6)]
    drawing.set_options(DrawingOptions(is_through=True))
    session.activate("pancreas")
    stroke(DrawingTool.CUT, *corners)
    assert session.volume_ml("pancreas") == 0
    assert session.undo_name == "cut on pancreas, slice 9"

    session.undo()
    session.activate("spleen")
    drawing.set_options(DrawingOptions())
    stroke(DrawingTool.LASSO, *corners)
    assert [k for k in range(20) if session.labels.mask(1)[k].any()] == [8]


def test_fill_closes_an_outline_and_explains_why_it_cannot(drawing, stroke, session, told):
    drawing.set_options(DrawingOptions(brush=Brush(2.0)))
    session.activate("pancreas")
    stroke(DrawingTool.ERASER, (8, 12, 18))
    hole = session.labels.mask(2)[8].copy()
    stroke(DrawingTool.BUCKET, (8, 12, 18))
    assert session.labels.mask(2)[8, 12, 18]
    assert session.labels.mask(2)[8].sum() > hole.sum()
    assert session.undo_name == "fill on pancreas, slice 9"

    stroke(DrawingTool.BUCKET, (8, 25, 35))
    assert "not closed" in told[-1]
    stroke(DrawingTool.BUCKET, (8, 12, 18))
    assert "already" in told[-1]


def test_a_limit_that_lets_nothing_change_is_explained(drawing, stroke, session, told):
    drawing.set_options(DrawingOptions(hu_range=(900, 1000)))
    stroke(DrawingTool.BRUSH, (8, 20, 20))
    assert told == ["Nothing changed: no voxel here has 900 to 1000 HU."]
    drawing.set_options(DrawingOptions(inside="pancreas"))
    stroke(DrawingTool.BRUSH, (8, 20, 20))
    assert "which is locked" in told[-1]
    assert session.undo_name is None


def test_a_hidden_structure_is_shown_when_it_is_drawn(stroke, session):
    session.set_visible("spleen", False)
    stroke(DrawingTool.BRUSH, (8, 20, 20))
    assert session.is_visible("spleen")


def test_without_a_case_a_stroke_is_ignored():
    drawing = DrawingController(lambda: None)
    drawing.begin(DrawingTool.BRUSH, (0.0, 0.0, 0.0), PLACE)
    drawing.end()
    assert not drawing.is_drawing


def test_a_version_remembers_strokes_as_work_by_hand(session, stroke):
    log = WorkLog(session, lambda: 0.0)
    stroke(DrawingTool.BRUSH, (8, 5, 5), (8, 22, 8))

    provenance = log.provenance(None, "")
    (step,) = provenance.steps
    assert isinstance(step, ManualStep)
    assert step.name == "brush on spleen, slice 9"
    assert step.voxels_changed == session.labels.mask(1).sum()
