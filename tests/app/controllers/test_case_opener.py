import numpy as np
import pytest

from imaging.history import Change
from training.cases.records import LabelDraft, VersionKind


def test_a_case_opens_with_its_newest_version(table, volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[3:6, 4:9, 5:11] = 2
    draft = LabelDraft(labels, volume.geometry)
    version = table.project.versions.save(2, VersionKind.INTERIM, draft)

    session = table.open(2)

    assert np.array_equal(session.labels.array, labels)
    assert session.volume.name == "liver 2"
    assert table.bench.opener.opened.version_id == version.id
    assert table.bench.opener.record.id == 2
    assert not session.is_modified


def test_the_next_case_is_read_in_advance_and_not_again(table, files):
    table.open(1)
    assert [path.name for path, _ in files.opened] == ["liver 1.nii.gz", "liver 2.nii.gz"]

    opened = []
    table.bench.opener.case_opened.connect(lambda case: opened.append(case.case_id))
    table.bench.opener.open_neighbour(1)

    assert opened == [2]  # at once, before any work has run
    assert len(files.opened) == 2


def test_a_case_that_changed_after_it_was_read_in_advance_is_read_again(table, volume):
    table.open(1)
    labels = np.ones(volume.geometry.shape, np.uint8)
    draft = LabelDraft(labels, volume.geometry)
    table.bench.projects.write(
        "Saving", lambda project: project.versions.save(2, VersionKind.AUTOMATIC, draft)
    )
    table.run()

    assert (table.open(2).labels.array == 1).all()


def test_asking_for_a_case_that_is_just_being_read_waits_for_it(table, files):
    opener = table.bench.opener
    table.bench.projects.refresh()
    table.run()
    opener.open_case(1)
    table.executor.run_next()  # the case is read and shown, the next one is on its way
    opener.open_neighbour(1)
    table.run()

    assert opener.opened.case_id == 2
    assert [path.name for path, _ in files.opened].count("liver 2.nii.gz") == 1


def test_a_ct_that_has_gone_is_a_sentence_and_the_open_case_stays(table, study):
    session = table.open(1)
    (study.parent / "liver 3.nii.gz").unlink()
    table.bench.opener.open_case(3)
    table.run()

    assert "liver 3" in table.told[0]
    assert table.bench.opener.opened.session is session


def test_a_ct_that_changed_is_a_sentence(table, study, files, volume):
    files.others[study.parent / "liver 3.nii.gz"] = volume
    table.bench.opener.open_case(3)
    table.run()

    assert "liver 3" in table.told[0]
    assert table.bench.opener.opened is None


def test_a_moved_ct_is_found_again_where_the_user_shows(table, study, files):
    old, new = study.parent / "liver 3.nii.gz", study.parent / "moved.nii.gz"
    files.others[new] = files.others.pop(old)
    old.rename(new)
    table.bench.opener.relink(3, new)
    table.run()

    assert table.bench.opener.opened.case_id == 3
    assert table.project.cases.source_path(3) == new


def test_another_ct_is_refused_in_its_place(table, study):
    table.bench.opener.relink(3, study.parent / "liver 2.nii.gz")
    table.run()

    assert len(table.told) == 1
    assert table.project.cases.source_path(3).name == "liver 3.nii.gz"


def test_closing_the_project_forgets_its_case(table):
    table.open(1)
    table.bench.projects.close_project()

    assert table.bench.opener.opened is None
    assert table.bench.opener.record is None


def test_all_done_is_said(table):
    for case_id in (2, 3):
        table.project.review.exclude(case_id, "motion")
    table.open(1)
    said = []
    table.bench.opener.all_done.connect(lambda: said.append(True))
    table.bench.opener.open_neighbour(1)

    assert said == [True]


def test_going_on_passes_a_case_that_cannot_be_opened(table, study):
    (study.parent / "liver 2.nii.gz").unlink()
    table.open(1)
    table.bench.opener.open_neighbour(1)
    table.run()
    assert "liver 2" in table.told[0]
    assert table.bench.opener.opened.case_id == 1

    table.bench.opener.open_neighbour(1)
    table.run()
    assert table.bench.opener.opened.case_id == 3


def test_what_cannot_be_read_ahead_is_tried_once_and_said_only_when_asked_for(
    table, study, files, monkeypatch
):
    (study.parent / "liver 2.nii.gz").unlink()
    table.open(1)
    asked = []
    original = table.bench.opener._load
    monkeypatch.setattr(
        table.bench.opener,
        "_load",
        lambda project, case_id, *rest: asked.append(case_id) or original(project, case_id, *rest),
    )
    table.bench.projects.refresh()
    table.run()

    assert asked == []
    assert table.told == []
    assert [path.name for path, _ in files.opened] == ["liver 1.nii.gz"]


@pytest.fixture
def clicked(table, click_at):
    """An open case with three clicks, of which one was deleted; returns those that count."""
    session = table.open(1)
    clicks = [click_at((n, 5, 5)) for n in (2, 6, 9)]
    for n, _click in enumerate(clicks):
        session.do(Change("click", None, tuple(clicks[:n]), tuple(clicks[: n + 1])))
    kept = (clicks[0], clicks[2])
    session.do(Change("deletion of a click", None, tuple(clicks), kept))
    return kept


def save_and_reopen(table):
    table.bench.versions.save()
    table.run()
    table.open(2)
    return table.open(1)


def test_a_reopened_case_shows_the_clicks_that_its_version_came_from(table, clicked):
    session = save_and_reopen(table)

    assert session.clicks.clicks == clicked
    assert session.undo_name is None
    assert not session.is_modified


def test_clicks_of_several_sessions_add_up(table, clicked, click_at):
    session = save_and_reopen(table)
    another = click_at((3, 3, 3), "pancreas", is_foreground=False)
    session.do(Change("click", None, clicked, (*clicked, another)))
    session.do(Change("clearing", None, (*clicked, another), (another,)))
    session.undo()

    assert save_and_reopen(table).clicks.clicks == (*clicked, another)


def test_labels_from_a_file_bring_no_clicks_of_the_mask_before(table, clicked, draw):
    session = table.bench.opener.opened.session
    session.do(Change("opening of a file", None, clicked, ()))
    draw(session)

    assert save_and_reopen(table).clicks.clicks == ()
