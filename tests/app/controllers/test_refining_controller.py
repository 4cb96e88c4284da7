"""Tools off the GUI thread: preview, apply, cancel, and what changes meanwhile."""

import numpy as np
import pytest

from app.controllers.activities import Activities
from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController
from app.controllers.drawing_options import DrawingOptions
from app.controllers.refinements import REFINEMENTS
from app.controllers.refining_controller import RefiningController, RefiningRequest
from imaging.clicks import Click
from imaging.structures import structure_by_name

BY_KEY = {refinement.key: refinement for refinement in REFINEMENTS}


@pytest.fixture
def session(ball_ct):
    labels = np.zeros(ball_ct.geometry.shape, np.uint8)
    labels[5:12, 6:18, 8:30] = 1
    labels[8:9, 10:12, 15:18] = 0
    labels[16, 24, 35] = 1
    labels[5:12, 18:22, 8:30] = 2
    return CaseSession(ball_ct, ("spleen", "pancreas"), labels=labels)


@pytest.fixture
def drawing(session):
    return DrawingController(lambda: session)


@pytest.fixture
def activities():
    return Activities()


@pytest.fixture
def refining(session, drawing, held_executor, activities):
    return RefiningController(lambda: session, drawing, held_executor, lambda f: f(), activities)


@pytest.fixture
def told(refining):
    told = []
    refining.failed.connect(told.append)
    refining.noticed.connect(told.append)
    return told


@pytest.fixture
def request_for(session):
    def make(key, *numbers, other=None, cursor_kji=(8, 8, 12)):
        refinement = BY_KEY[key]
        defaults = tuple(parameter.default for parameter in refinement.parameters)
        cursor = tuple(session.volume.geometry.index_to_lps(cursor_kji))
        structure = structure_by_name(other) if other else None
        return RefiningRequest(refinement, numbers or defaults, structure, cursor, 0, True)

    return make


@pytest.fixture
def apply(refining, held_executor, request_for):
    def run(key, *numbers, **kind):
        refining.apply(request_for(key, *numbers, **kind))
        held_executor.run_all()

    return run


@pytest.mark.parametrize("key", [key for key in BY_KEY if key not in ("between", "union")])
def test_every_tool_runs_with_its_defaults_and_is_one_exact_step_of_undo(session, apply, told, key):
    before = session.labels.array.copy()
    others = session.labels.mask(2).copy()
    other = "pancreas" if BY_KEY[key].asks_structure else None
    apply(key, other=other, cursor_kji=(8, 8, 25) if key == "threshold_ball" else (8, 8, 12))

    assert told == [] or key == "threshold"  # all of the mask is in the default range
    if not told:
        assert session.undo_name == f"{BY_KEY[key].step_name} spleen"
        assert not np.array_equal(session.labels.array, before)
        session.undo()
    assert np.array_equal(session.labels.array, before)
    session.redo()
    assert np.array_equal(session.labels.mask(2), others)  # it is locked


def test_holes_small_parts_and_the_largest_part(session, apply):
    apply("holes")
    assert session.labels.mask(1)[8, 10:12, 15:18].all()
    apply("largest")
    assert not session.labels.mask(1)[16].any()
    session.undo()
    apply("drop_island", cursor_kji=(16, 24, 35))
    assert not session.labels.mask(1)[16].any()


def test_a_slice_is_copied_towards_the_head_and_towards_the_feet(session, apply, told):
    apply("copy_forward", cursor_kji=(11, 8, 12))
    assert np.array_equal(session.labels.mask(1)[12], session.labels.mask(1)[11])
    apply("copy_backward", cursor_kji=(5, 8, 12))
    assert np.array_equal(session.labels.mask(1)[4], session.labels.mask(1)[5])
    apply("copy_forward", cursor_kji=(2, 8, 12))
    assert told == ["This slice has no spleen to copy. Scroll to a slice that has."]


def test_slices_between_drawn_ones_are_filled(session, apply, told):
    apply("between")
    assert session.labels.mask(1)[13:16].any(axis=(1, 2)).all()
    assert told == []


def test_a_union_needs_an_open_lock(session, apply, told):
    apply("union", other="pancreas")
    assert told == ["Nothing changed: the pancreas is locked. Open its lock to take from it."]
    session.set_locked("pancreas", False)
    apply("union", other="pancreas")
    assert session.volume_ml("pancreas") == 0


def test_clicks_are_seeds(session, apply):
    session.activate("liver")
    point = tuple(session.volume.geometry.index_to_lps((4, 8, 26)))
    away = tuple(session.volume.geometry.index_to_lps((4, 24, 6)))
    session.clicks.replace([Click(point, "liver", True), Click(away, "liver", False)])
    apply("seeds", 12.0)
    found = session.labels.mask(4)
    assert found[4, 8, 26]
    assert not found[4, 24, 6]
    assert found.sum() > 100


def test_the_editable_area_holds_for_these_tools_too(session, apply, drawing):
    drawing.set_options(DrawingOptions(hu_range=(100, 120)))
    before = session.labels.array.copy()
    apply("grow", 4.0)
    changed = session.labels.array != before
    assert changed.any()
    assert (session.volume.array[changed] == 110).all()


def test_a_preview_changes_nothing_and_is_taken_over_without_computing_again(
    session, refining, held_executor, request_for
):
    shown = []
    refining.preview_changed.connect(lambda patch, box: shown.append((patch, box)))
    before = session.labels.array.copy()
    refining.preview(request_for("grow", 3.0))
    held_executor.run_all()
    patch, box = shown[-1]
    assert np.array_equal(session.labels.array, before)
    assert refining.has_preview

    refining.apply(request_for("grow", 3.0))
    assert len(held_executor) == 0
    assert np.array_equal(session.labels.array[box], patch.labels)
    assert shown[-1][0] is None
    assert not refining.has_preview


def test_a_preview_of_something_else_is_not_taken_over(
    session, refining, held_executor, request_for
):
    refining.preview(request_for("grow", 3.0))
    held_executor.run_all()
    grown_ml = session.volume_ml("spleen")
    refining.apply(request_for("shrink", 3.0))
    held_executor.run_all()
    assert session.volume_ml("spleen") < grown_ml
    assert session.undo_name == "shrinking of spleen"


def test_what_is_drawn_meanwhile_is_kept_and_the_tool_runs_again(
    session, refining, held_executor, request_for, draw
):
    refining.apply(request_for("holes"))
    draw(session, label_value=1, first=12, last=16, name="brush on spleen")
    held_executor.run_all()
    assert session.undo_name == "hole filling of spleen"
    assert session.labels.mask(1)[12:16, 12:16, 12:16].all()


def test_cancelling_changes_nothing_and_ends_the_activity(
    session, refining, held_executor, request_for, activities
):
    refining.apply(request_for("grow"))
    assert activities.current.text == "Grow: spleen"
    activities.current.cancel()
    held_executor.run_all()
    assert activities.current is None
    assert session.undo_name is None


def test_an_empty_structure_is_a_sentence(session, apply, told):
    session.activate("liver")
    apply("smooth")
    assert told == ["The liver is empty: draw or segment it first."]


def test_a_range_the_wrong_way_round_is_a_sentence(apply, told):
    apply("threshold", 200.0, 100.0)
    assert told == ["From 200 to 100 HU is no range: the first is the larger one."]
