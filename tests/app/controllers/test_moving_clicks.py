"""A click that is put at another place: one step of undo, answered anew."""

import numpy as np
import pytest

from app.controllers.activities import Activities
from app.controllers.case_session import CaseSession
from app.controllers.segmentation_controller import SegmentationController
from app.controllers.work_log import step_of
from imaging.errors import EngineError
from training.cases.provenance import MovedClickStep, Provenance

SPLEEN = 1
OLD, NEW, THIRD, FAR = (5, 8, 9), (12, 20, 30), (3, 24, 5), (16, 4, 20)


class Hand:
    """Places and moves clicks by voxels."""

    def __init__(self, executor, model, predictor, volume):
        self.session = CaseSession(volume, model.structures)
        self.controller = SegmentationController(executor, lambda f: f(), Activities())
        self.steps = []
        self.session.step_taken.connect(lambda change, _kind: self.steps.append(change))
        self.controller.open_case(self.session, model, lambda _volume: predictor)
        self.executor, self.predictor = executor, predictor
        executor.run_all()

    def point(self, index_kji):
        return tuple(float(x) for x in self.session.volume.geometry.index_to_lps(index_kji))

    def place(self, index_kji, *, is_foreground=True):
        self.controller.add_click(self.point(index_kji), is_foreground=is_foreground)
        self.executor.run_all()

    def move(self, click, index_kji, *, answers=True):
        self.controller.move_click(click, self.point(index_kji))
        if answers:
            self.executor.run_all()

    @property
    def labels(self):
        return self.session.labels.array


@pytest.fixture
def hand(held_executor, fake_model, predictor, volume):
    return Hand(held_executor, fake_model, predictor, volume)


def test_the_old_place_is_taken_back_and_the_new_one_answered_in_one_step(hand):
    hand.place(OLD)
    (click,) = hand.session.clicks
    hand.move(click, NEW)

    assert hand.labels[OLD] == 0
    assert hand.labels[NEW] == SPLEEN
    assert [c.point_lps for c in hand.session.clicks] == [hand.point(NEW)]
    assert hand.session.undo_name == "move of foreground click on spleen"
    hand.session.undo()
    assert (hand.labels[OLD], hand.labels[NEW]) == (SPLEEN, 0)
    assert list(hand.session.clicks) == [click]


def test_the_model_hears_the_clicks_and_the_mask_without_the_old_place(hand):
    hand.place(OLD)
    hand.place(FAR)
    hand.move(hand.session.clicks.clicks[0], NEW)

    request = hand.predictor.requests[-1]
    assert [c.point_lps for c in request.clicks] == [hand.point(FAR), hand.point(NEW)]
    assert request.new_clicks == 1
    assert not request.current_mask[OLD]
    assert request.current_mask[FAR]


def test_the_marker_is_at_its_new_place_while_the_answer_is_awaited(hand):
    hand.place(OLD)
    hand.move(hand.session.clicks.clicks[0], NEW, answers=False)

    assert [c.point_lps for c in hand.session.shown_clicks] == [hand.point(NEW)]
    hand.controller.withdraw_last_click()
    assert [c.point_lps for c in hand.session.shown_clicks] == [hand.point(OLD)]
    hand.executor.run_all()
    assert hand.labels[OLD] == SPLEEN


def test_a_click_that_is_moved_twice_leaves_nothing_behind(hand):
    hand.place(OLD)
    hand.move(hand.session.clicks.clicks[0], NEW)
    hand.move(hand.session.clicks.clicks[0], THIRD)

    assert (hand.labels[OLD], hand.labels[NEW], hand.labels[THIRD]) == (0, 0, SPLEEN)
    assert np.count_nonzero(hand.labels) == 5 * 5 * 5
    for _ in range(3):
        hand.session.undo()
    assert not hand.labels.any()


def test_a_click_that_waits_is_moved_without_a_step_of_its_own(hand):
    hand.controller.add_click(hand.point(OLD), is_foreground=True)
    hand.move(hand.session.pending_clicks[0], NEW)

    assert hand.session.undo_name == "foreground click on spleen"
    assert (hand.labels[OLD], hand.labels[NEW]) == (0, SPLEEN)


def test_clicks_before_and_after_a_moved_one_are_answered_in_their_order(hand):
    hand.place(OLD)
    (click,) = hand.session.clicks
    hand.controller.add_click(hand.point(FAR), is_foreground=True)
    hand.move(click, NEW, answers=False)
    hand.controller.add_click(hand.point(THIRD), is_foreground=True)
    hand.executor.run_all()

    assert [c.point_lps for c in hand.session.clicks] == [
        hand.point(at) for at in (FAR, NEW, THIRD)
    ]
    assert [int(hand.labels[at]) for at in (OLD, FAR, NEW, THIRD)] == [0, 1, 1, 1]
    assert [change.name for change in hand.steps[-3:]] == [
        "foreground click on spleen",
        "move of foreground click on spleen",
        "foreground click on spleen",
    ]


def test_what_was_drawn_over_the_old_place_stays(hand, draw):
    hand.place(OLD)
    draw(hand.session, 2, 0, 6)
    hand.move(hand.session.clicks.clicks[0], NEW)

    assert hand.labels[4, 5, 5] == 2
    assert hand.labels[7, 10, 11] == 0


def test_a_failed_answer_leaves_the_click_where_it_was(hand):
    hand.place(OLD)
    hand.predictor.error = EngineError("The engine broke.")
    hand.move(hand.session.clicks.clicks[0], NEW)

    assert [c.point_lps for c in hand.session.shown_clicks] == [hand.point(OLD)]
    assert hand.labels[OLD] == SPLEEN


def test_a_click_of_something_else_or_beside_the_ct_moves_nothing(hand, click_at):
    hand.place(OLD)
    (click,) = hand.session.clicks
    hand.move(click_at(OLD), NEW)
    hand.controller.move_click(click, (9999.0, 0.0, 0.0))
    hand.executor.run_all()

    assert list(hand.session.clicks) == [click]
    assert len(hand.steps) == 1


def test_a_version_remembers_where_the_click_was_and_what_counts_now(hand):
    hand.place(OLD)
    hand.move(hand.session.clicks.clicks[0], NEW)

    steps = tuple(step_of(change, hand.session.volume.geometry) for change in hand.steps)
    assert isinstance(steps[1], MovedClickStep)
    assert steps[1].from_point_lps == hand.point(OLD)
    assert steps[1].voxels_changed == 250
    assert [c.point_lps for c in Provenance(steps=steps).clicks] == [hand.point(NEW)]


def test_moving_a_click_that_undo_does_not_reach_says_that_its_mask_stays(
    held_executor, fake_model, predictor, volume, click_at
):
    hand = Hand(held_executor, fake_model, predictor, volume)
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[OLD] = SPLEEN
    hand.session = CaseSession(volume, fake_model.structures, labels=labels, clicks=[click_at(OLD)])
    hand.controller.open_case(hand.session, fake_model, lambda _volume: predictor)
    notices = []
    hand.controller.noticed.connect(notices.append)
    hand.executor.run_all()
    hand.move(hand.session.clicks.clicks[0], NEW)

    assert (hand.labels[OLD], hand.labels[NEW]) == (SPLEEN, SPLEEN)
    assert "stays" in notices[0]
    assert [c.point_lps for c in hand.session.clicks] == [hand.point(NEW)]


def test_a_click_that_came_back_to_its_old_place_moves_on_without_a_trace(hand):
    hand.place(OLD)
    for index_kji in (NEW, OLD, THIRD):
        hand.move(hand.session.clicks.clicks[0], index_kji)

    assert (hand.labels[OLD], hand.labels[NEW], hand.labels[THIRD]) == (0, 0, SPLEEN)
    assert np.count_nonzero(hand.labels) == 5 * 5 * 5
