import numpy as np
import pytest

from training.cases.records import CaseStatus, LabelDraft, ReviewAction, VersionKind

POINT = (12.0, -3.5, -190.0)


@pytest.fixture
def session(table):
    return table.open(1)


def test_a_new_case_is_begun_by_its_first_version_and_not_by_a_stroke(table, session, draw):
    draw(session)
    table.run()
    assert table.status_of(1) is CaseStatus.NEW

    table.bench.versions.save()
    table.run()
    assert table.status_of(1) is CaseStatus.IN_PROGRESS


def test_submitting_keeps_what_is_unsaved(table, session, draw):
    draw(session)
    table.bench.review.submit()
    table.run()

    assert table.status_of(1) is CaseStatus.IN_REVIEW
    assert table.project.versions.newest(1).number == 1
    assert table.told[-1] == "Submitted for review."


def test_a_return_carries_a_comment_and_its_place(table, session, draw):
    draw(session)
    table.bench.review.submit()
    table.bench.review.send_back("The upper pole is missing.", POINT, "spleen")
    table.run()

    event = table.bench.versions.history.events[-1]
    assert event.action is ReviewAction.RETURNED
    assert (event.comment, event.point_lps, event.structure) == (
        "The upper pole is missing.",
        POINT,
        "spleen",
    )
    assert table.status_of(1) is CaseStatus.IN_PROGRESS


def test_approval_asks_for_a_reason_where_the_check_found_something(table, session, draw):
    draw(session)  # 216 voxels of a spleen in water
    wanted = []
    table.bench.review.reason_wanted.connect(wanted.append)
    table.bench.review.approve()
    table.run()

    assert table.status_of(1) is not CaseStatus.APPROVED
    assert any("olume" in finding.sentence or "mL" in finding.sentence for finding in wanted[0])

    table.bench.review.approve("It is a phantom.")
    table.run()
    assert table.status_of(1) is CaseStatus.APPROVED
    assert table.project.review.events(1)[-1].comment == "It is a phantom."


def test_approval_keeps_the_labels_as_they_are_and_goes_on(table, session, draw):
    draw(session)
    table.bench.review.approve(
        "It is a phantom.", then=lambda: table.bench.opener.open_neighbour(1)
    )
    table.run()

    version = table.project.versions.newest(1)
    assert version.kind is VersionKind.APPROVED
    assert (table.project.versions.read(version.id).labels == session.labels.array).all()
    assert table.bench.opener.opened.case_id == 2


def test_findings_are_forgotten_with_the_next_edit(table, session, draw):
    draw(session)
    table.bench.review.check()
    table.run()
    assert table.bench.review.findings

    draw(session, first=9, last=11)
    assert table.bench.review.findings is None


def test_a_check_of_labels_that_changed_meanwhile_is_dropped(table, session, draw):
    draw(session)
    table.bench.review.check()
    draw(session, first=9, last=11)
    table.run()

    assert table.bench.review.findings is None


def test_an_edit_in_an_approved_case_is_answered_by_a_sentence_once(table, session, draw):
    draw(session)
    table.bench.review.approve("It is a phantom.")
    table.run()
    table.bench.opener.open_case(2)
    table.run()
    session = table.open(1)
    table.told.clear()
    draw(session, first=9, last=11)
    draw(session, first=11, last=13)

    assert table.told == ["The case is approved. Reopen it to change it."]


def test_cases_of_the_list_are_flagged_excluded_and_reopened(table):
    review = table.bench.review
    review.set_flagged(2, True)
    review.exclude(3, "motion")
    table.run()
    assert table.records[1].is_flagged
    assert table.records[2].status is CaseStatus.EXCLUDED
    assert table.records[2].status_reason == "motion"

    review.set_flagged(2, False)
    review.reopen(3)
    table.run()
    assert not table.records[1].is_flagged
    assert table.records[2].status is CaseStatus.NEW


@pytest.mark.usefixtures("session")
def test_a_comment_points_at_a_place_and_changes_no_status(table):
    table.bench.review.comment("Look here.", POINT, "pancreas")
    table.run()

    event = table.bench.versions.history.events[-1]
    assert event.action is ReviewAction.COMMENTED
    assert event.point_lps == POINT
    assert table.status_of(1) is CaseStatus.NEW


def test_approving_twice_in_a_hurry_approves_one_case(table, session, draw, volume):
    labels = np.ones(volume.geometry.shape, np.uint8)
    draft = LabelDraft(labels, volume.geometry)
    table.project.versions.save(2, VersionKind.AUTOMATIC, draft)
    draw(session)
    for _press in range(3):
        table.bench.review.approve(
            "It is a phantom.", then=lambda: table.bench.opener.open_neighbour(1)
        )
    table.run()

    assert table.status_of(1) is CaseStatus.APPROVED
    assert table.status_of(2) is CaseStatus.NEW


def test_a_submission_is_about_the_case_that_was_open_when_it_was_asked_for(table, session, draw):
    draw(session)
    table.bench.review.submit()
    table.bench.opener.open_case(2)
    table.run()

    assert table.status_of(1) is CaseStatus.IN_REVIEW
    assert table.status_of(2) is CaseStatus.NEW


@pytest.fixture
def newer(table, session, draw, volume):
    """Case 1 is open with version 1, and got version 2 from elsewhere since."""
    draw(session)
    table.bench.versions.save()
    table.run()
    labels = np.full(volume.geometry.shape, 5, np.uint8)
    draft = LabelDraft(labels, volume.geometry)
    return table.project.versions.save(1, VersionKind.IMPORTED, draft)


def newest_labels(table):
    return table.project.versions.read(table.project.versions.newest(1).id).labels


@pytest.mark.usefixtures("newer")
def test_a_mask_behind_the_newest_version_is_approved_with_a_reason_and_as_shown(table, session):
    table.bench.projects.refresh()
    table.run()
    wanted = []
    table.bench.review.reason_wanted.connect(wanted.append)
    table.bench.review.approve()
    table.run()
    assert wanted[0][0].sentence == (
        "The mask that is shown began from version 1, and version 2 is newer."
    )
    assert table.status_of(1) is CaseStatus.IN_PROGRESS

    table.bench.review.approve("Version 2 is of another patient.")
    table.run()
    assert table.status_of(1) is CaseStatus.APPROVED
    assert np.array_equal(newest_labels(table), session.labels.array)
    assert not table.bench.versions.is_behind


@pytest.mark.parametrize("act", ["approve", "submit"])
def test_a_version_that_the_window_has_not_heard_of_must_be_looked_at_first(table, newer, act):
    reason = ("It is a phantom.",) if act == "approve" else ()
    getattr(table.bench.review, act)(*reason)
    table.run()

    assert table.status_of(1) is CaseStatus.IN_PROGRESS
    assert table.project.versions.newest(1).id == newer.id
    assert any("saved again meanwhile" in text for text in table.told)


@pytest.mark.usefixtures("newer")
def test_what_is_submitted_is_what_is_shown(table, session):
    table.bench.projects.refresh()
    table.run()
    table.bench.review.submit()
    table.run()

    assert table.status_of(1) is CaseStatus.IN_REVIEW
    assert table.project.versions.newest(1).number == 3
    assert np.array_equal(newest_labels(table), session.labels.array)


def test_a_return_makes_no_version_of_an_older_mask(table, newer):
    table.project.review.submit(1)
    table.bench.projects.refresh()
    table.run()
    table.bench.review.send_back("The upper pole is missing.", POINT, "spleen")
    table.run()

    assert table.status_of(1) is CaseStatus.IN_PROGRESS
    assert table.project.versions.newest(1).id == newer.id
