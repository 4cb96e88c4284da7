import numpy as np
import pytest

from imaging.structures import structure_by_name

SPLEEN = structure_by_name("spleen").label_value
PANCREAS = structure_by_name("pancreas").label_value


@pytest.fixture
def shown(bench):
    """What the views were told to draw over the labels."""
    told = []
    bench.controller.found_so_far.changed.connect(lambda patch, box: told.append((patch, box)))
    return told


def test_what_is_found_is_shown_before_the_end_and_gives_way_to_the_mask(bench, shown):
    labels_meanwhile = []
    bench.controller.found_so_far.changed.connect(
        lambda _patch, _box: labels_meanwhile.append(bench.labels.any())
    )
    bench.controller.segment_active()
    bench.executor.run_all()

    (patch, box), (nothing, cleared) = shown
    assert box == patch.box == (slice(2, 4), slice(2, 7), slice(2, 7))
    assert (patch.labels == SPLEEN).all()
    assert nothing is None
    assert cleared == box
    assert labels_meanwhile == [False, False]
    assert (bench.labels == SPLEEN).sum() == 125
    bench.editing.undo()  # still one step
    assert not bench.labels.any()


def test_what_is_locked_is_not_drawn_over(bench, shown):
    locked = np.zeros(bench.labels.shape, bool)
    locked[2, 2:7, 2:7] = True
    bench.draw_elsewhere(locked, PANCREAS)
    bench.controller.segment_active()
    bench.executor.run_all()

    patch, box = shown[0]
    assert box == (slice(3, 4), slice(2, 7), slice(2, 7))
    assert (patch.labels == SPLEEN).all()


def test_nothing_is_shown_of_work_that_was_cancelled(bench, shown):
    bench.predictor.while_preparing_answer = bench.controller.cancel_automatic
    bench.controller.segment_active()
    bench.executor.run_all()

    assert shown == []
    assert not bench.labels.any()


def test_cancelling_takes_away_what_was_shown(bench, shown):
    bench.predictor.while_segmenting = bench.controller.cancel_automatic
    bench.controller.segment_active()
    bench.executor.run_all()

    assert [patch is None for patch, _ in shown] == [False, True]
    assert not bench.labels.any()


def test_labels_that_changed_meanwhile_are_not_hidden(bench, shown):
    """The patch was made for another map: a stroke in its box would disappear under it."""
    stroke = np.zeros(bench.labels.shape, bool)
    stroke[3, 3, 3] = True
    bench.predictor.while_preparing_answer = lambda: bench.draw_elsewhere(stroke, PANCREAS)
    bench.controller.segment_active()
    bench.executor.run_all()

    assert shown == []
    assert bench.labels[3, 3, 3] == PANCREAS


def test_a_step_takes_away_what_was_shown(bench, shown):
    stroke = np.zeros(bench.labels.shape, bool)
    stroke[3, 3, 3] = True
    after_the_stroke = []

    def draw():
        bench.draw_elsewhere(stroke, PANCREAS)
        after_the_stroke.append(shown[-1][0])

    bench.predictor.while_segmenting = draw
    bench.controller.segment_active()
    bench.executor.run_all()

    assert shown[0][0] is not None
    assert after_the_stroke == [None]
