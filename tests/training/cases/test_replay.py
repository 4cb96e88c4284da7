"""Clicks of a version, played again."""

import numpy as np
import pytest

from imaging.clicks import Click
from inference.messages import MaskProposal, StageSeconds
from training.cases.provenance import (
    AutomaticStep,
    ClickStep,
    ImportStep,
    ManualStep,
    MovedClickStep,
    RedoStep,
    UndoStep,
)
from training.cases.replay import replay, replay_plan

SHAPE = (10, 12, 14)
SPLEEN, LIVER = 1, 4


class Model:
    """Finds rows 0 and 1, and answers the n-th click of a structure with slice n."""

    def __init__(self):
        self.requests = []

    def segment(self, structure):
        box = (slice(0, 10), slice(0, 2), slice(0, 14))
        return MaskProposal(structure, box, np.ones((10, 2, 14), bool), StageSeconds())

    def respond(self, request):
        self.requests.append(request)
        at = len(request.clicks)
        box = (slice(at, at + 1), slice(0, 12), slice(0, 14))
        mask = np.full((1, 12, 14), request.clicks[-1].is_foreground)
        return MaskProposal(request.structure, box, mask, StageSeconds())


def click(structure="spleen", is_foreground=True):
    return ClickStep(Click((1.0, 2.0, 3.0), structure, is_foreground), 7, 0.1)


@pytest.fixture
def start():
    return np.zeros(SHAPE, np.uint8)


def test_each_step_shows_its_mask_and_how_near_it_comes(start):
    stored = start.copy()
    stored[:, :2] = SPLEEN
    stored[1] = SPLEEN
    steps = (AutomaticStep("spleen", 5, 0.1), click())

    first, second = replay(replay_plan(steps), start, stored, Model())

    assert first.voxels_changed == 10 * 2 * 14
    assert first.dice == pytest.approx(2 * 280 / (280 + 420))
    assert (second.structure, second.voxels_changed, second.dice) == ("spleen", 140, 1.0)
    assert np.array_equal(second.mask, stored == SPLEEN)


def test_a_model_hears_all_clicks_of_the_structure_and_the_mask_so_far(start):
    model = Model()
    steps = (click(), click("liver"), click(is_foreground=False))

    list(replay(replay_plan(steps), start, start, model))

    counts = [(r.structure, len(r.clicks)) for r in model.requests]
    assert counts == [("spleen", 1), ("liver", 1), ("spleen", 2)]
    assert model.requests[2].current_mask.sum() == 12 * 14


def test_other_structures_are_left_alone(start):
    start[1] = LIVER

    (step,) = replay(replay_plan((click(),)), start, start, Model())

    assert step.voxels_changed == 0


def test_what_was_undone_is_not_played_and_what_cannot_be_is_counted():
    steps = (
        click(), click("liver"), UndoStep(), ManualStep("Brush", 3), UndoStep(), RedoStep(),
        ImportStep("m.nii.gz", 9),
    )  # fmt: skip

    plan = replay_plan(steps)

    assert plan.steps == (click(),)
    assert plan.left_out == 2


class Painter:
    """Answers a click with the plane of its x coordinate."""

    def respond(self, request):
        at = int(request.clicks[-1].point_lps[0])
        box = (slice(at, at + 1), slice(0, 12), slice(0, 14))
        mask = np.full((1, 12, 14), True)
        return MaskProposal(request.structure, box, mask, StageSeconds())


def test_a_moved_click_leaves_its_old_place_when_it_is_played(start):
    first = ClickStep(Click((2.0, 0.0, 0.0), "spleen", True), 168, 0.1)
    again = MovedClickStep(Click((4.0, 0.0, 0.0), "spleen", True), (2.0, 0.0, 0.0), 336, 0.0)
    last = MovedClickStep(Click((6.0, 0.0, 0.0), "spleen", True), (4.0, 0.0, 0.0), 336, 0.0)

    steps = list(replay(replay_plan((first, again, last)), start, start, Painter()))

    slices = [np.flatnonzero(step.mask.any(axis=(1, 2))).tolist() for step in steps]
    assert slices == [[2], [4], [6]]
    assert [step.voxels_changed for step in steps] == [168, 336, 336]


def test_clicks_of_earlier_versions_are_heard_too(start):
    model = Model()
    earlier = Click((0.0, 0.0, 0.0), "spleen", True)

    list(replay(replay_plan((click(),)), start, start, model, [earlier]))

    assert model.requests[0].clicks == (earlier, click().click)
