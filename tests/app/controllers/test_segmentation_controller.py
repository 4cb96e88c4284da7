from dataclasses import replace

import numpy as np
import pytest

from app.controllers.case_session import CaseSession
from imaging.errors import CancelledError, EngineError

SPLEEN, PANCREAS = 1, 2


def test_a_click_shows_its_marker_at_once_and_its_mask_when_the_answer_comes(bench):
    bench.click((10, 10, 10))

    assert len(bench.session.shown_clicks) == 1
    assert not bench.labels.any()
    bench.executor.run_all()
    assert bench.labels[10, 10, 10] == SPLEEN
    assert len(bench.session.shown_clicks) == 1


def test_the_newest_request_holds_all_the_clicks_and_older_ones_are_not_delivered(bench):
    bench.click((10, 10, 10))
    bench.click((10, 20, 10))
    bench.click((10, 20, 20))
    bench.executor.run_all()

    assert [len(request.clicks) for request in bench.predictor.requests] == [3]
    assert [request.new_clicks for request in bench.predictor.requests] == [3]
    assert bench.labels[10, 20, 20] == SPLEEN


def test_an_answer_to_a_mask_that_is_gone_is_dropped_and_asked_again(bench):
    bench.click((10, 10, 10))
    bench.executor.run_all()
    bench.editing.undo()
    bench.click((15, 20, 20))
    bench.editing.redo()
    bench.executor.run_all()

    assert [len(request.clicks) for request in bench.predictor.requests] == [1, 1, 2]
    assert bench.predictor.requests[-1].current_mask[10, 10, 10]
    assert bench.labels[10, 10, 10] == SPLEEN
    assert bench.labels[15, 20, 20] == SPLEEN


def test_an_answer_for_another_case_is_dropped(bench, volume):
    first = bench.session
    bench.click((10, 10, 10))
    other = CaseSession(volume, bench.model.structures)
    bench.controller.open_case(other, bench.model, lambda _volume: bench.predictor)
    bench.executor.run_all()

    assert not first.labels.array.any()
    assert not other.labels.array.any()


def test_other_labels_on_the_same_ct_need_no_new_preparation(bench, volume):
    other = CaseSession(volume, bench.model.structures)
    bench.controller.open_case(other, bench.model, lambda _volume: pytest.fail("prepared again"))
    bench.session = other
    bench.click((10, 10, 10))
    bench.executor.run_all()

    assert other.labels.array[10, 10, 10] == SPLEEN


def test_clicks_on_two_structures_are_both_answered(bench):
    bench.click((10, 10, 10))
    bench.session.activate("pancreas")
    bench.click((10, 25, 30))
    bench.executor.run_all()

    assert bench.labels[10, 10, 10] == SPLEEN
    assert bench.labels[10, 25, 30] == PANCREAS


def test_a_click_before_the_model_is_ready_waits_for_it(
    held_executor, fake_model, predictor, volume, make_bench
):
    bench = make_bench(held_executor, fake_model, predictor, volume)
    bench.click((10, 10, 10))
    assert bench.controller.engine == ""
    held_executor.run_all()

    assert bench.labels[10, 10, 10] == SPLEEN
    assert bench.controller.engine == "Fake engine on no device"


def test_automatic_is_one_undo_step_and_shows_progress(bench):
    shares = []
    bench.activities.changed.connect(
        lambda: shares.append(bench.activities.current and bench.activities.current.share)
    )
    bench.controller.segment_active()
    bench.executor.run_all()

    assert shares == [0.0, 0.5, None]
    assert (bench.labels == SPLEEN).sum() == 125
    assert bench.session.undo_name == "automatic spleen"


def test_automatic_replaces_the_whole_mask_also_what_lay_elsewhere(bench):
    bench.click((15, 20, 20))
    bench.executor.run_all()
    assert bench.labels[15, 20, 20] == SPLEEN
    bench.controller.segment_active()
    bench.executor.run_all()

    assert bench.labels[15, 20, 20] == 0
    assert (bench.labels == SPLEEN).sum() == 125


def test_a_mask_that_automatic_replaces_is_mentioned(bench):
    bench.controller.segment_active()
    bench.executor.run_all()
    assert not bench.notices

    bench.click((2, 2, 2), is_foreground=False)
    bench.executor.run_all()
    bench.controller.segment_active()
    bench.executor.run_all()

    assert bench.notices == [
        "The automatic spleen took the place of the mask that was there. Undo brings that back."
    ]


def test_what_is_drawn_during_automatic_is_heeded(bench):
    """The edit is computed away from the GUI thread, so the map may change before it arrives."""
    drawn = np.zeros(bench.labels.shape, bool)
    drawn[0:2] = True
    bench.controller.segment_active()
    bench.draw_elsewhere(drawn, PANCREAS)
    bench.executor.run_next()
    assert not (bench.labels == SPLEEN).any()  # that edit was for another map
    bench.executor.run_all()

    assert (bench.labels == SPLEEN).any()
    assert (bench.labels[drawn] == PANCREAS).all()
    bench.editing.undo()
    assert np.array_equal(bench.labels == PANCREAS, drawn)


def test_cancelling_automatic_while_it_runs_changes_nothing(bench):
    bench.predictor.while_segmenting = bench.controller.cancel_automatic
    bench.controller.segment_active()
    bench.executor.run_all()

    assert not bench.labels.any()
    assert bench.activities.current is None
    assert bench.session.undo_name is None
    assert bench.failures == []


def test_a_click_placed_during_automatic_is_answered_after_it(bench):
    bench.controller.segment_active()
    bench.click((10, 10, 10))
    bench.executor.run_all()

    assert bench.labels[4, 4, 4] == SPLEEN
    assert bench.labels[10, 10, 10] == SPLEEN
    assert bench.predictor.requests[0].current_mask[4, 4, 4]


def test_a_structure_that_needs_clicks_says_so_and_does_not_run(bench):
    bench.session.activate("pancreas")

    assert "cannot find the pancreas" in bench.controller.why_not_automatic()
    bench.controller.segment_active()
    assert len(bench.executor) == 0


def test_a_structure_that_the_model_was_not_made_for_is_answered_with_one_warning(bench):
    bench.session.activate("liver")
    bench.click((10, 10, 10))
    bench.click((10, 20, 10))
    bench.executor.run_all()

    assert ["was not made for the liver" in notice for notice in bench.notices] == [True]
    assert bench.session.volume_ml("liver") > 0


def test_a_failing_click_takes_its_marker_away_and_says_why(bench):
    bench.predictor.error = EngineError("The network could not be run.")
    bench.click((10, 10, 10))
    bench.executor.run_all()

    assert bench.failures == ["The network could not be run."]
    assert bench.session.shown_clicks == ()
    assert not bench.controller.is_answering


def test_an_unexpected_fault_is_a_sentence_and_the_next_click_works(bench):
    bench.predictor.error = ZeroDivisionError()
    bench.click((10, 10, 10))
    bench.executor.run_all()
    bench.predictor.error = None
    bench.click((10, 10, 10))
    bench.executor.run_all()

    assert "failed unexpectedly (ZeroDivisionError)" in bench.failures[0]
    assert bench.labels[10, 10, 10] == SPLEEN


def test_a_click_that_waited_for_other_work_does_not_count_as_slow(bench):
    def click_later():
        bench.click((10, 10, 10))
        bench.clock.now += 20

    bench.predictor.while_segmenting = click_later
    bench.controller.segment_active()
    bench.executor.run_all()
    assert bench.labels[10, 10, 10] == SPLEEN
    assert bench.controller.latency.last_s is None

    bench.click((15, 20, 20))
    bench.executor.run_all()
    assert bench.controller.latency.last_s == pytest.approx(0)


def test_latency_is_counted_from_the_click_to_the_picture(bench):
    pictures = []
    bench.controller.after_picture = pictures.append
    bench.click((10, 10, 10))
    bench.clock.now += 0.3
    bench.executor.run_all()
    assert bench.controller.latency.last_s is None
    bench.clock.now += 0.1
    pictures[0]()

    assert bench.controller.latency.last_s == pytest.approx(0.4)


def test_a_model_that_cannot_be_made_ready_fails_once_and_disables_clicks(
    held_executor, fake_model, volume, make_bench
):
    def broken(_volume):
        raise EngineError("The weights are missing.")

    bench = make_bench(held_executor, fake_model, None, volume)
    bench.controller.open_case(bench.session, fake_model, broken)
    bench.click((10, 10, 10))
    held_executor.run_all()

    assert bench.failures == ["The weights are missing."]
    assert bench.session.shown_clicks == ()
    assert bench.controller.why_no_clicks() == "The model could not be made ready."


def test_a_model_that_knows_its_structures_only_takes_no_clicks_on_others(
    held_executor, fake_model, predictor, volume, make_bench
):
    model = replace(fake_model, answers_any_structure=False)
    bench = make_bench(held_executor, model, predictor, volume)
    assert bench.controller.why_no_clicks() is None

    bench.session.activate("liver")
    bench.click((10, 10, 10))

    assert bench.session.shown_clicks == ()
    assert bench.notices[-1] == (
        "The model 'Fake model' takes clicks on spleen, pancreas only, not on the liver. "
        "Choose another model or structure."
    )


def test_a_newer_click_stops_the_answer_to_the_one_before(bench):
    bench.click((10, 10, 10))
    bench.executor.run_all()
    is_cancelled = bench.predictor.was_cancelled
    assert not is_cancelled()

    def click_meanwhile(_request, is_cancelled):
        bench.predictor.respond = answer
        bench.click((12, 12, 12))
        seen.append(is_cancelled())
        raise CancelledError("cancelled")

    seen, answer = [], bench.predictor.respond
    bench.predictor.respond = click_meanwhile
    bench.click((11, 11, 11))
    bench.executor.run_all()

    assert seen == [True]
    assert bench.failures == []
    assert bench.labels[12, 12, 12] == SPLEEN
    last = bench.predictor.requests[-1]
    assert (len(last.clicks), last.new_clicks) == (3, 2)
