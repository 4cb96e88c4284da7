import numpy as np
import pytest

from app.controllers.case_session import CaseSession
from app.controllers.recovery_controller import NewerVersion, RestoreOn
from imaging.errors import WriteError
from training.cases.journal import Journal
from training.cases.records import LabelDraft, VersionKind

CLOSE = Journal.close


def die(monkeypatch):
    """From now on journals end as a killed program leaves them: let go, but not deleted."""
    monkeypatch.setattr(Journal, "close", lambda journal, **_: CLOSE(journal, discard=False))


@pytest.fixture
def crashed(table, held_executor, draw, monkeypatch):
    """A table whose program ended in the middle of the work on case 2; returns its labels."""
    session = table.open(2)
    draw(session)
    draw(session, label_value=2, first=10, last=13, name="brush")
    session.undo()
    table.run()
    labels = session.labels.array.copy()
    die(monkeypatch)
    table.bench.projects.close_project()
    monkeypatch.undo()
    held_executor.run_all()
    return labels


def journals_of(table, study):
    table.bench.projects.open_project(study)
    table.run()
    return table.bench.recovery.journals


@pytest.mark.usefixtures("crashed")
def test_what_a_crash_left_is_offered_with_name_and_steps(table, study):
    (info,) = journals_of(table, study)

    assert info.header.name == "liver 2"
    assert info.change_count == 3


def test_restoring_brings_back_labels_and_undo_steps_and_removes_the_journal(table, study, crashed):
    (info,) = journals_of(table, study)
    said = []
    table.bench.recovery.restored.connect(said.append)
    table.bench.recovery.restore(info)
    table.run()

    opened = table.bench.opener.opened
    assert opened.case_id == 2
    assert np.array_equal(opened.session.labels.array, crashed)
    assert opened.session.is_modified
    assert opened.session.undo_name is not None
    assert "3 steps" in said[0]
    assert table.bench.recovery.journals == ()
    assert not info.path.exists()

    table.bench.versions.save()
    table.run()
    newest = table.project.versions.newest(2)
    assert np.array_equal(table.project.versions.read(newest.id).labels, crashed)


@pytest.fixture
def newer(table, study, draw, volume, monkeypatch):
    """Case 2 was left with a stroke on version 1, and got version 2, which has a second organ."""
    session = table.open(2)
    draw(session)
    table.bench.versions.save()
    draw(session, first=8, last=11)
    table.run()
    die(monkeypatch)
    table.bench.projects.close_project()
    monkeypatch.undo()
    (info,) = journals_of(table, study)
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[0, :2, :2] = 3
    draft = LabelDraft(labels, volume.geometry)
    table.project.versions.save(2, VersionKind.IMPORTED, draft)
    return info, session.labels.array.copy(), labels


def restore(table, info, on=None):
    wanted, said = [], []
    table.bench.recovery.choice_wanted.connect(lambda _info, newer: wanted.append(newer))
    table.bench.recovery.restored.connect(said.append)
    table.bench.recovery.restore(info, on)
    table.run()
    return wanted, said


def test_work_behind_a_newer_version_is_not_restored_unasked(table, newer):
    info, _left, _labels = newer
    wanted, said = restore(table, info)

    assert wanted == [NewerVersion("liver 2", 1, 2)]
    assert said == []
    assert table.bench.opener.opened is None
    assert info.path.exists()


def test_work_is_put_on_the_newer_version_as_one_step(table, newer):
    info, left, labels = newer
    wanted, said = restore(table, info, RestoreOn.NEWEST)
    opened = table.bench.opener.opened
    stroke = (slice(8, 11),) * 3
    expected = labels.copy()
    expected[stroke] = left[stroke]

    assert wanted == []
    assert "version 2" in said[0]
    assert np.array_equal(opened.session.labels.array, expected)
    assert opened.version_id == table.project.versions.newest(2).id
    assert not table.bench.versions.is_behind
    opened.session.undo()
    assert np.array_equal(opened.session.labels.array, labels)


def test_work_as_it_was_left_says_which_version_it_is_of(table, newer):
    info, left, _labels = newer
    restore(table, info, RestoreOn.BASE)

    assert np.array_equal(table.bench.opener.opened.session.labels.array, left)
    assert table.bench.versions.is_behind
    assert table.bench.versions.base_number == 1


def test_restoring_lists_the_structures_as_they_were(table, study, draw, monkeypatch):
    session = table.open(2)
    for name in ("pancreas", "stomach", "liver"):
        session.activate(name)
    draw(session)
    listed = session.structures
    table.run()
    die(monkeypatch)
    table.bench.projects.close_project()
    monkeypatch.undo()
    (info,) = journals_of(table, study)
    restore(table, info)

    assert table.bench.opener.opened.session.structures == listed


@pytest.mark.usefixtures("crashed")
def test_discarding_deletes_the_journal(table, study):
    (info,) = journals_of(table, study)
    table.bench.recovery.discard(info)
    table.run()

    assert not info.path.exists()
    assert table.bench.recovery.journals == ()


def test_what_was_saved_is_not_offered_again(table, study, draw, monkeypatch):
    session = table.open(2)
    draw(session)
    table.bench.versions.save()
    table.run()
    die(monkeypatch)
    table.bench.projects.close_project()

    assert journals_of(table, study) == ()


def test_strokes_after_the_save_are_offered_on_top_of_the_version(table, study, draw, monkeypatch):
    session = table.open(2)
    draw(session)
    table.bench.versions.save()
    draw(session, first=10, last=12)
    table.run()
    labels = session.labels.array.copy()
    version = table.project.versions.newest(2)
    die(monkeypatch)
    table.bench.projects.close_project()
    monkeypatch.undo()

    (info,) = journals_of(table, study)
    assert info.change_count == 1
    table.bench.recovery.restore(info)
    table.run()
    assert np.array_equal(table.bench.opener.opened.session.labels.array, labels)
    assert table.bench.opener.opened.version_id == version.id


@pytest.mark.usefixtures("crashed")
def test_what_was_offered_for_a_case_goes_with_its_project(table, study):
    journals_of(table, study)
    table.open(2)
    assert len(table.bench.recovery.journals) == 1
    table.bench.projects.close_project()
    table.run()

    assert table.bench.recovery.journals == ()


def test_changes_to_an_approved_case_wait_in_its_journal(table, draw):
    session = table.open(1)
    draw(session)
    table.bench.versions.save()
    table.run()
    table.bench.review.approve("It is a test.")
    table.run()
    draw(session, first=9, last=12)
    labels, kept = session.labels.array.copy(), []
    table.bench.autosave.kept.connect(kept.append)
    table.open(2)
    assert kept == ["liver 1"]

    table.open(1)
    (info,) = table.bench.recovery.journals
    table.bench.recovery.restore(info)
    table.run()
    assert np.array_equal(table.bench.opener.opened.session.labels.array, labels)


def test_a_case_stays_open_where_its_changes_cannot_be_kept(
    table, case_controller, volume, draw, monkeypatch
):
    case_controller.adopt(CaseSession(volume, ("spleen",)))
    session = case_controller.session
    draw(session)
    table.run()

    def refuse(_journal):
        raise WriteError("The disk is full.")

    monkeypatch.setattr(Journal, "sync", refuse)
    table.bench.opener.open_case(1)
    table.run()
    assert case_controller.session is session
    assert any("stays open" in text for text in table.told)


def test_another_case_leaves_nothing_to_restore(table, study, draw):
    draw(table.open(2))
    table.open(1)

    assert not list((study / "journals").glob("*.journal"))


def test_a_ct_without_a_project_is_restored_too(
    project_bench, case_controller, held_executor, files, volume, draw, tmp_path, monkeypatch
):
    path = tmp_path / "ct.nii.gz"
    path.touch()
    session = CaseSession(volume, ("spleen",), path=path, series_uid="1.2.3")
    case_controller.adopt(session)
    draw(session)
    held_executor.run_all()
    labels = session.labels.array.copy()
    die(monkeypatch)
    case_controller.adopt(CaseSession(volume, ("spleen",)))
    held_executor.run_all()
    monkeypatch.undo()

    project_bench.recovery.find()
    held_executor.run_all()
    (info,) = project_bench.recovery.journals
    project_bench.recovery.restore(info)
    held_executor.run_all()

    restored = case_controller.session
    assert np.array_equal(restored.labels.array, labels)
    assert restored.path == path
    assert files.opened[-1] == (path, "1.2.3")


def test_the_old_journal_stays_where_the_new_one_does_not_reach_the_disk(
    table, study, draw, monkeypatch
):
    draw(table.open(2))
    table.run()
    die(monkeypatch)
    table.bench.projects.close_project()
    monkeypatch.undo()
    (info,) = journals_of(table, study)

    def refuse(_journal):
        raise WriteError("The disk is full.")

    monkeypatch.setattr(Journal, "sync", refuse)
    table.bench.recovery.restore(info)
    table.run()
    assert info.path.exists()


def test_a_disk_that_refuses_is_told_once(table, draw, monkeypatch):
    session = table.open(2)

    def refuse(_journal, _change, _structures):
        raise WriteError("The disk is full.")

    monkeypatch.setattr(Journal, "append", refuse)
    draw(session)
    draw(session, first=9, last=11)
    table.run()

    assert len([text for text in table.told if "disk is full" in text]) == 1
