import pytest

from imaging.errors import CaseError, UnreadableFileError
from training.cases.project import Project
from training.cases.provenance import ManualStep, ModelUsed, Provenance
from training.cases.records import CaseStatus, ProjectSettings, ReviewAction, VersionKind


@pytest.fixture
def case(project, add_case):
    return add_case(project)


@pytest.fixture
def as_user(project):
    """Opens the project as somebody else, once the one who has it open has left."""
    opened = []

    def reopen(author):
        (opened[-1] if opened else project).close()
        opened.append(Project.open(project.folder, author=author))
        return opened[-1]

    yield reopen
    for each in opened:
        each.close()


def status(project, case):
    return project.cases.get(case.id).status


def test_a_case_goes_from_new_over_review_to_approved(project, case, draft):
    project.versions.save(case.id, VersionKind.INTERIM, draft())
    assert status(project, case) is CaseStatus.IN_PROGRESS
    project.review.submit(case.id, "please look")
    assert status(project, case) is CaseStatus.IN_REVIEW
    project.review.send_back(
        case.id, "the tip is missing", point_lps=(1.0, -2.0, 3.5), structure="spleen"
    )
    assert status(project, case) is CaseStatus.IN_PROGRESS
    project.versions.save(case.id, VersionKind.INTERIM, draft(4))
    project.review.submit(case.id)
    version = project.review.approve(case.id, comment="fine")
    assert (version.kind, version.number, version.parent_id) == (VersionKind.APPROVED, 3, 2)
    assert status(project, case) is CaseStatus.APPROVED
    events = project.review.events(case.id)
    assert [event.action for event in events] == [
        ReviewAction.STARTED,
        ReviewAction.SUBMITTED,
        ReviewAction.RETURNED,
        ReviewAction.SUBMITTED,
        ReviewAction.APPROVED,
    ]
    returned = events[2]
    assert (returned.point_lps, returned.structure) == ((1.0, -2.0, 3.5), "spleen")
    assert (returned.comment, returned.author) == ("the tip is missing", "Anna")
    assert (returned.status_before, returned.status_after) == (
        CaseStatus.IN_REVIEW,
        CaseStatus.IN_PROGRESS,
    )
    assert events[-1].version_id == version.id


def test_approving_a_draft_keeps_its_labels_and_provenance(project, case, draft):
    provenance = Provenance(ModelUsed("m", "1", "ff"), "CPU", (ManualStep("brush", 9),), 12.5)
    version = project.review.approve(case.id, draft(provenance=provenance, note="checked twice"))
    assert project.versions.newest(case.id) == version
    assert (version.provenance, version.note) == (provenance, "checked twice")
    assert status(project, case) is CaseStatus.APPROVED


def test_approving_the_newest_version_repeats_its_labels_but_not_its_steps(project, case, draft):
    provenance = Provenance(ModelUsed("m", "1", "ff"), "CPU", (ManualStep("brush", 9),), 12.5)
    newest = project.versions.save(case.id, VersionKind.AUTOMATIC, draft(provenance=provenance))
    version = project.review.approve(case.id)
    assert version.content_sha256 == newest.content_sha256
    assert version.provenance == Provenance(ModelUsed("m", "1", "ff"), "CPU")


def test_a_damaged_file_is_not_approved(project, case, draft, label_file):
    version = project.versions.save(case.id, VersionKind.INTERIM, draft())
    label_file(project, version.content_sha256).write_bytes(b"x")
    with pytest.raises(UnreadableFileError, match="damaged"):
        project.review.approve(case.id)
    assert status(project, case) is CaseStatus.IN_PROGRESS


@pytest.mark.parametrize("name", ["submit", "approve"])
def test_a_case_without_labels_goes_nowhere(project, case, name):
    with pytest.raises(CaseError, match="no saved labels"):
        getattr(project.review, name)(case.id)
    assert project.review.events(case.id) == ()


def step(project, case, name):
    actions = {
        "start": lambda: project.review.start(case.id),
        "submit": lambda: project.review.submit(case.id),
        "return": lambda: project.review.send_back(case.id, "mend it"),
        "approve": lambda: project.review.approve(case.id),
        "exclude": lambda: project.review.exclude(case.id, "reason"),
        "reopen": lambda: project.review.reopen(case.id),
    }
    actions[name]()


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        ((), "return"),
        ((), "reopen"),
        (("start",), "start"),
        (("submit",), "submit"),
        (("submit",), "start"),
        (("approve",), "approve"),
        (("approve",), "submit"),
        (("approve",), "return"),
        (("exclude",), "exclude"),
        (("exclude",), "approve"),
        (("exclude",), "submit"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_in_a_sentence(project, case, draft, way, refused):
    project.versions.save(case.id, VersionKind.AUTOMATIC, draft())
    for name in way:
        step(project, case, name)
    before = project.cases.get(case.id), project.review.events(case.id)
    with pytest.raises(CaseError, match=r'^"Liver 1" is .*\.$'):
        step(project, case, refused)
    assert (project.cases.get(case.id), project.review.events(case.id)) == before


@pytest.mark.parametrize(
    ("way", "status_after"),
    [
        (("exclude",), CaseStatus.NEW),
        (("submit", "exclude"), CaseStatus.IN_REVIEW),
        (("approve", "exclude"), CaseStatus.APPROVED),
        (("approve",), CaseStatus.IN_PROGRESS),
        (("submit",), CaseStatus.IN_PROGRESS),
    ],
)
def test_a_reopened_case_goes_on_where_it_was(project, case, draft, way, status_after):
    project.versions.save(case.id, VersionKind.AUTOMATIC, draft())
    for name in way:
        step(project, case, name)
    project.review.reopen(case.id)
    assert status(project, case) is status_after
    assert project.cases.get(case.id).status_reason == ""


def test_an_excluded_case_keeps_its_reason_and_its_work(project, case, draft):
    version = project.versions.save(case.id, VersionKind.INTERIM, draft())
    project.review.exclude(case.id, "  motion artefacts ")
    shown = project.cases.get(case.id)
    assert (shown.status, shown.status_reason) == (CaseStatus.EXCLUDED, "motion artefacts")
    assert project.versions.of_case(case.id) == (version,)


@pytest.mark.parametrize("name", ["send_back", "exclude", "comment"])
def test_what_needs_words_is_refused_without_them(project, case, name):
    with pytest.raises(CaseError):
        getattr(project.review, name)(case.id, "  ")
    assert project.review.events(case.id) == ()


def test_a_flag_is_set_and_taken_away_whatever_the_status(project, case):
    project.review.flag(case.id, "ask the radiologist")
    assert project.cases.get(case.id).is_flagged
    with pytest.raises(CaseError, match="flagged already"):
        project.review.flag(case.id)
    project.review.unflag(case.id)
    assert not project.cases.get(case.id).is_flagged
    with pytest.raises(CaseError, match="not flagged"):
        project.review.unflag(case.id)


def test_a_comment_changes_no_status(project, case):
    event = project.review.comment(case.id, "nice case", point_lps=(0, 1, 2))
    assert (event.status_before, event.status_after) == (CaseStatus.NEW, CaseStatus.NEW)
    assert project.review.events(case.id) == (event,)


def test_where_a_second_person_must_approve_the_author_cannot(project, case, draft, as_user):
    project.change_settings(ProjectSettings("study", reviewer_must_differ=True))
    project.versions.save(case.id, VersionKind.INTERIM, draft())
    with pytest.raises(CaseError, match=r"Submit .* first"):
        project.review.approve(case.id)
    project.review.submit(case.id)
    with pytest.raises(CaseError, match="somebody else must approve"):
        project.review.approve(case.id)
    assert "somebody else" in project.review.reason_not_to_approve(case.id)

    assert "somebody else" in as_user("ANNA").review.reason_not_to_approve(case.id)
    bob = as_user("Bob")
    assert bob.review.reason_not_to_approve(case.id) is None
    bob.versions.save(case.id, VersionKind.INTERIM, draft(4))  # mended during the review
    assert bob.review.approve(case.id).author == "Bob"


def test_who_drew_before_somebody_else_submitted_cannot_approve(project, case, draft, as_user):
    project.change_settings(ProjectSettings("study", reviewer_must_differ=True))
    project.versions.save(case.id, VersionKind.INTERIM, draft())
    bob = as_user("Bob")
    bob.review.submit(case.id)
    with pytest.raises(CaseError, match="Bob worked on"):
        bob.review.approve(case.id)
    with pytest.raises(CaseError, match="Anna worked on"):
        as_user("Anna").review.approve(case.id)
    as_user("Carla").review.approve(case.id)


def test_the_reason_not_to_approve_is_none_where_one_may(project, case, draft):
    assert project.review.reason_not_to_approve(case.id) is None
    project.review.approve(case.id, draft())
    assert "approved already" in project.review.reason_not_to_approve(case.id)


def test_a_version_saved_while_another_is_being_approved_is_not_approved_by_mistake(
    project, case, draft, monkeypatch
):
    project.versions.save(case.id, VersionKind.INTERIM, draft(3))
    original = project.versions.kept

    def save_meanwhile(version_id):
        kept = original(version_id)
        project.versions.save(case.id, VersionKind.INTERIM, draft(4))
        return kept

    monkeypatch.setattr(project.versions, "kept", save_meanwhile)
    with pytest.raises(CaseError, match="saved again meanwhile"):
        project.review.approve(case.id)
    assert status(project, case) is CaseStatus.IN_PROGRESS
