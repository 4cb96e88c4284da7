"""What undo takes back of the model's answers, and what locks keep from them."""

import numpy as np

SPLEEN, PANCREAS = 1, 2


def test_clicks_that_one_answer_served_are_undone_and_redone_together(bench):
    bench.click((4, 4, 4))
    bench.executor.run_all()
    first = bench.labels.copy()
    bench.click((10, 10, 10))
    bench.click((10, 20, 20))
    bench.executor.run_all()
    answered = bench.labels.copy()

    bench.editing.undo()
    assert len(bench.session.shown_clicks) == 1
    assert np.array_equal(bench.labels, first)

    bench.editing.redo()
    assert len(bench.session.shown_clicks) == 3
    assert np.array_equal(bench.labels, answered)

    bench.editing.undo()
    bench.editing.undo()
    assert bench.session.shown_clicks == ()
    assert bench.session.undo_name is None


def test_undo_and_redo_restore_the_labels_byte_for_byte(bench):
    states = [bench.labels.tobytes()]
    bench.controller.segment_active()
    bench.executor.run_all()
    states.append(bench.labels.tobytes())
    for index_kji, is_foreground in (((10, 10, 10), True), ((4, 4, 4), False), ((6, 6, 6), True)):
        bench.click(index_kji, is_foreground=is_foreground)
        bench.executor.run_all()
        states.append(bench.labels.tobytes())
    assert len(set(states)) == len(states)

    for state in reversed(states[:-1]):
        bench.editing.undo()
        assert bench.labels.tobytes() == state
    for state in states[1:]:
        bench.editing.redo()
        assert bench.labels.tobytes() == state


def test_undo_withdraws_a_click_that_is_not_answered_yet(bench):
    bench.click((10, 10, 10))
    bench.editing.undo()
    bench.executor.run_all()

    assert bench.session.shown_clicks == ()
    assert not bench.labels.any()
    assert bench.session.undo_name is None


def test_a_locked_structure_is_not_overwritten_by_clicks_on_another(bench):
    bench.click((10, 10, 10))
    bench.executor.run_all()
    spleen = bench.labels == SPLEEN
    bench.session.activate("pancreas")
    bench.click((10, 10, 12))
    bench.executor.run_all()

    assert np.array_equal(bench.labels == SPLEEN, spleen)
    assert bench.labels[10, 10, 14] == PANCREAS


def test_an_unlocked_structure_gives_way(bench):
    bench.click((10, 10, 10))
    bench.executor.run_all()
    bench.session.set_locked("spleen", False)
    bench.session.activate("pancreas")
    bench.click((10, 10, 12))
    bench.executor.run_all()

    assert bench.labels[10, 10, 12] == PANCREAS


def test_a_click_into_a_locked_structure_says_whose_spot_it_is(bench):
    bench.click((10, 10, 10))
    bench.executor.run_all()
    bench.session.activate("pancreas")
    bench.click((10, 10, 10))

    assert "belongs to the spleen" in bench.notices[-1]


def test_a_lock_that_closes_while_a_click_waits_holds_for_its_answer(bench):
    bench.session.set_locked("pancreas", False)
    everywhere = np.ones(bench.labels.shape, bool)
    bench.draw_elsewhere(everywhere, PANCREAS)
    bench.click((10, 10, 10))
    bench.session.set_locked("pancreas", True)
    bench.executor.run_all()

    assert (bench.labels == PANCREAS).all()
    assert len(bench.session.clicks) == 1
