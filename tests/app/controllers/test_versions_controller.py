import numpy as np
import pytest

from training.cases.provenance import ClickStep, GoBackStep, ManualStep, UndoStep
from training.cases.records import CaseStatus


@pytest.fixture
def session(table):
    return table.open(1)


def save(table):
    table.bench.versions.save()
    table.run()


def newest(table, case_id=1):
    return table.project.versions.newest(case_id)


def test_saving_keeps_a_version_with_its_steps_and_parent(table, session, draw):
    draw(session)
    save(table)
    draw(session, first=9, last=12, name="brush")
    session.undo()
    session.redo()
    draw(session, label_value=2, first=12, last=14, name="fill")
    save(table)

    version = newest(table)
    assert version.number == 2
    assert version.parent_id == table.project.versions.numbered(1, 1).id
    steps = version.provenance.steps
    assert [step.kind for step in steps] == ["manual", "undo", "redo", "manual"]
    assert steps[0] == ManualStep("brush", 27)
    assert np.array_equal(table.project.versions.read(version.id).labels, session.labels.array)
    assert not session.is_modified


def test_clicks_are_remembered_with_what_they_changed(table, session, click_at):
    from app.controllers.click_queue import ClickQueue, PlacedClick

    queue = ClickQueue(session)
    target = np.zeros(session.volume.geometry.shape, bool)
    target[4:6, 4:8, 4:9] = True
    placed = PlacedClick(click_at((5, 5, 5)), 0.0)
    queue.record((placed,), session.labels.edit_to(target, session.active.label_value))
    save(table)

    provenance = newest(table).provenance
    (step,) = provenance.steps
    assert isinstance(step, ClickStep)
    assert step.click == placed.click
    assert step.voxels_changed == 40
    assert step.volume_change_ml == pytest.approx(session.volume_ml("spleen"), abs=1e-4)
    assert provenance.model.id == "fake"
    assert provenance.engine == "Fake engine"


def test_without_the_model_no_model_is_named(table, session, draw):
    draw(session)
    save(table)

    assert newest(table).provenance.model is None


def test_edits_during_the_save_stay_unsaved(table, session, draw):
    draw(session)
    table.bench.versions.save()
    draw(session, first=10, last=12)
    table.run()

    assert session.is_modified
    assert table.project.versions.read(newest(table).id).labels[11, 11, 11] == 0
    save(table)
    assert [step.kind for step in newest(table).provenance.steps] == ["manual"]


def test_nothing_new_is_not_saved_twice(table, session, draw):
    draw(session)
    save(table)
    save(table)

    assert newest(table).number == 1
    assert "Nothing was changed" in table.told[-1]


def test_a_version_that_cannot_be_kept_is_a_sentence_and_stays_unsaved(table, session, draw):
    draw(session)
    table.project.review.exclude(1, "motion")
    save(table)

    assert "excluded" in table.told[-1]
    assert session.is_modified


@pytest.mark.usefixtures("session")
def test_a_closed_case_says_why_it_is_not_saved(table):
    assert table.bench.versions.why_not_save is None
    table.bench.review.exclude(1, "motion")
    table.run()

    assert table.bench.opener.record.status is CaseStatus.EXCLUDED
    assert "Reopen it" in table.bench.versions.why_not_save


def test_two_versions_are_compared_voxel_by_voxel(table, session, draw):
    draw(session, first=2, last=6)
    save(table)
    session.undo()
    draw(session, first=4, last=8)
    save(table)
    shown = []
    table.bench.versions.compared.connect(shown.append)
    first, second = table.bench.versions.history.versions
    table.bench.versions.compare(first, second)
    table.run()

    (comparison,) = shown
    (spleen,) = comparison.structures
    assert spleen.dice == pytest.approx(2 * 8 / (64 + 64))
    assert ((comparison.after > 0) & (comparison.before == 0)).sum() == 56
    assert ((comparison.after == 0) & (comparison.before > 0)).sum() == 56
    assert comparison.point_lps is not None


def test_a_version_is_compared_with_the_mask_as_it_is(table, session, draw):
    draw(session)
    save(table)
    draw(session, label_value=2, first=10, last=12)
    shown = []
    table.bench.versions.compared.connect(shown.append)
    table.bench.versions.compare(table.bench.versions.history.versions[0], None)
    table.run()

    assert shown[0].newer is None
    assert (shown[0].after != shown[0].before).sum() == 8


def test_going_back_is_a_step_of_undo_and_a_new_version(table, session, draw):
    draw(session)
    save(table)
    before = session.labels.array.copy()
    draw(session, first=10, last=12)
    save(table)
    table.bench.versions.go_back(table.bench.versions.history.versions[0])
    table.run()

    assert np.array_equal(session.labels.array, before)
    assert session.undo_name == "return to version 1"
    save(table)
    assert newest(table).provenance.steps == (GoBackStep(1),)
    session.undo()
    assert not np.array_equal(session.labels.array, before)
    save(table)
    assert newest(table).provenance.steps == (UndoStep(),)
    assert newest(table).number == 4


def test_a_save_asked_for_during_a_save_follows_it(table, session, draw):
    draw(session)
    table.bench.versions.save()
    draw(session, first=9, last=12, name="brush")
    table.bench.versions.save()
    table.run()

    first, second = table.project.versions.of_case(1)
    assert second.parent_id == first.id
    assert [step.name for step in first.provenance.steps] == ["painting"]
    assert [step.name for step in second.provenance.steps] == ["brush"]
    assert not session.is_modified


def test_what_is_drawn_while_the_next_case_is_read_is_kept(table, session, draw):
    table.bench.opener.open_case(3)
    draw(session)
    table.run()

    assert table.bench.opener.opened.case_id == 3
    kept = table.project.versions.read(newest(table).id).labels
    assert np.array_equal(kept, session.labels.array)


def test_what_is_drawn_while_the_case_is_left_is_kept(table, session, draw):
    draw(session)
    table.bench.versions.make_safe(lambda: table.bench.opener.open_neighbour(1))
    draw(session, first=9, last=12)
    table.run()

    assert table.bench.opener.opened.case_id == 2
    kept = table.project.versions.read(newest(table).id).labels
    assert np.array_equal(kept, session.labels.array)


def test_a_save_that_fails_opens_nothing(table, session, draw):
    draw(session)
    table.project.review.exclude(1, "motion")
    table.bench.versions.make_safe(lambda: table.bench.opener.open_neighbour(1))
    table.run()

    assert table.bench.opener.opened.session is session
    assert session.is_modified
