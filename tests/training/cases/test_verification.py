import re

import pytest

from imaging.errors import CancelledError
from training.cases.chain import FIRST_HASH
from training.cases.project import Project
from training.cases.records import VersionKind
from training.cases.verification import verify


@pytest.fixture
def busy_project(project, add_case, draft):
    """Two cases with five versions and some reviews."""
    for name in ("a", "b"):
        case = add_case(project, name)
        for size in (3, 4):
            project.versions.save(case.id, VersionKind.INTERIM, draft(size))
        project.review.submit(case.id)
    project.review.approve(1)
    return project


def tamper(project, *statements):
    """Change history as somebody would who knows SQL."""
    with project.database.write() as connection:
        for table in ("versions", "reviews"):
            for verb in ("UPDATE", "DELETE"):
                connection.execute(f"DROP TRIGGER {table}_refuse_{verb}")
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            connection.execute(statement)


def test_a_project_that_nobody_touched_is_intact(busy_project):
    report = verify(busy_project)
    assert report.is_intact, report.problems
    assert report.remarks == ()
    assert (report.versions, report.reviews, report.files) == (5, 5, 2)
    assert len(report.head_hash) == 64


def test_an_empty_project_is_intact(project):
    report = verify(project)
    assert report.is_intact
    assert report.head_hash == FIRST_HASH


def test_the_last_hash_stands_for_the_whole_history(busy_project):
    before = verify(busy_project).head_hash
    busy_project.review.comment(2, "one more word")
    assert verify(busy_project).head_hash != before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE versions SET author = 'Eve' WHERE id = 2", "version 2 of case 1 was changed"),
        ("UPDATE versions SET created_at = '2020' WHERE id = 1", "version 1 of case 1 was changed"),
        (
            "UPDATE versions SET provenance = replace(provenance, '0.0', '9.0') WHERE id = 3",
            "version 1 of case 2 was changed",
        ),
        (
            "UPDATE versions SET content_sha256 = (SELECT content_sha256 FROM versions WHERE id=1)"
            " WHERE id = 2",
            "version 2 of case 1 was changed",
        ),
        ("UPDATE reviews SET comment = 'fine' WHERE id = 2", "review of case 1 at .* was changed"),
        ("UPDATE reviews SET author = 'Eve' WHERE action = 'approved'", "review of case 1"),
        ("DELETE FROM reviews WHERE id = 2", "1 record before .* removed"),
        ("DELETE FROM reviews WHERE id = 5", "newest records were removed"),
        ("UPDATE cases SET status = 'approved' WHERE id = 2", 'shows "b" as approved'),
        ("UPDATE cases SET version_id = 1 WHERE id = 1", 'another version of "a"'),
        ("UPDATE cases SET volumes = '[]' WHERE id = 2", 'another version of "b"'),
        ("UPDATE cases SET source_sha256 = 'x' WHERE id = 2", "made on another CT"),
    ],
)
def test_a_change_behind_the_programs_back_is_a_sentence(busy_project, change, sentence):
    tamper(busy_project, change)
    problems = verify(busy_project).problems
    assert any(re.search(sentence, problem) for problem in problems), problems


def test_a_damaged_and_a_missing_label_file_are_named_with_their_case(busy_project, label_file):
    first, second, *_ = busy_project.versions.of_case(1)
    label_file(busy_project, first.content_sha256).write_bytes(b"x")
    label_file(busy_project, second.content_sha256).unlink()
    problems = verify(busy_project).problems
    assert len(problems) == 2
    assert problems[0].startswith('Version 1 of "a" and 1 more: ')
    assert "damaged" in problems[0]
    assert problems[1].startswith('Version 2 of "a" and 2 more: ')
    assert "missing" in problems[1]


def test_a_quick_check_misses_no_missing_file(busy_project, label_file):
    assert verify(busy_project, is_quick=True).is_intact
    label_file(busy_project, busy_project.versions.get(1).content_sha256).unlink()
    assert len(verify(busy_project, is_quick=True).problems) == 1


def test_a_label_file_that_no_version_names_is_only_a_remark(busy_project, draft):
    busy_project.versions.keep(1, draft(9))  # as a save that was cut short after its file
    report = verify(busy_project)
    assert report.is_intact
    assert len(report.remarks) == 1
    assert "1 label file belongs to no version" in report.remarks[0]


def test_a_ct_that_is_gone_is_a_problem(busy_project):
    busy_project.cases.source_path(2).unlink()
    (problem,) = verify(busy_project).problems
    assert problem.startswith('The CT of "b" is not at')


def test_a_data_base_that_cannot_be_asked_is_one_problem(busy_project):
    with busy_project.database.read() as connection:
        page = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'versions'"
        ).fetchone()[0]
        page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
    busy_project.close()
    with (busy_project.folder / "project.sqlite").open("r+b") as file:
        file.seek((page - 1) * page_bytes)
        file.write(bytes(100))
    with Project.open(busy_project.folder) as project:
        report = verify(project)
    assert report.problems[0].startswith("The project's data base is damaged.")
    assert not report.is_intact


def test_a_check_reports_its_progress_and_can_be_cancelled(busy_project):
    shares = []
    verify(busy_project, report_progress=shares.append)
    assert shares[0] == 0
    assert shares[-1] == 1
    with pytest.raises(CancelledError):
        verify(busy_project, is_cancelled=lambda: True)
