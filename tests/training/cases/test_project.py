import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imaging.errors import ProjectError, ReadOnlyProjectError
from training.cases import label_files
from training.cases.database import Database
from training.cases.file_lock import FileLock, LockHolder
from training.cases.project import DATABASE, Project, is_project
from training.cases.records import ProjectSettings, SplitShares, VersionKind
from training.cases.verification import verify

READ_ONLY_SCRIPT = """
import os, sys
from pathlib import Path
from training.cases.project import Project
if os.getuid() == 0:
    os.setuid(65534)
with Project.open(Path(sys.argv[1])) as project:
    print(project.read_only_reason)
    print([case.name for case in project.cases.listed()], project.versions.newest(1).number)
    try:
        project.review.flag(1)
    except Exception as error:
        print(type(error).__name__)
"""
"""What somebody sees who may not write; root may always write, so it becomes nobody."""


def test_a_new_project_has_the_name_of_its_folder_and_can_be_opened_again(tmp_path):
    folder = tmp_path / "deep" / "liver study"
    assert not is_project(folder)
    with Project.create(folder, author="Anna") as project:
        assert project.settings == ProjectSettings("liver study")
        assert not project.is_read_only
    assert is_project(folder)
    with Project.open(folder, author="Bob") as project:
        assert (project.author, project.settings.name) == ("Bob", "liver study")


def test_settings_are_kept(project):
    settings = ProjectSettings("Other", True, SplitShares(1, 2, 3.5), copies_cts=True)
    project.change_settings(settings)
    project.close()
    with Project.open(project.folder) as again:
        assert again.settings == settings


def test_without_an_author_the_login_name_signs(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "dora")
    with Project.create(tmp_path / "p", author=" ") as project:
        assert project.author == "dora"


def test_a_project_is_not_made_twice_nor_among_other_files(project, tmp_path):
    with pytest.raises(ProjectError, match="is a project already"):
        Project.create(project.folder)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    with pytest.raises(ProjectError, match="holds other files"):
        Project.create(tmp_path / "photos")
    with pytest.raises(ProjectError, match="there is a file of this name"):
        Project.create(tmp_path / "photos" / "a.jpg")


def test_a_folder_that_is_no_project_is_a_sentence(tmp_path):
    with pytest.raises(ProjectError, match="is no project: it has no file"):
        Project.open(tmp_path)
    with pytest.raises(ProjectError, match=re.escape(f"no folder {tmp_path / 'nope'}")):
        Project.open(tmp_path / "nope")


def test_a_second_opening_reads_only_and_says_who_has_it(project, add_case, draft):
    case = add_case(project)
    with Project.open(project.folder, author="Bob") as second:
        assert second.is_read_only
        assert f"process {os.getpid()}, since 2026-03-01 09:00 UTC" in second.read_only_reason
        assert second.cases.get(case.id) == case
        project.versions.save(case.id, VersionKind.INTERIM, draft())
        assert second.cases.get(case.id).version_count == 1  # it follows what the first one does
        assert second.versions.read(1).labels.any()
        for change in (
            lambda: second.review.submit(case.id),
            lambda: second.versions.save(case.id, VersionKind.INTERIM, draft()),
            lambda: second.versions.go_back(case.id, 1),
            lambda: second.review.approve(case.id),
            lambda: second.splits.draw(),
            lambda: second.cases.rename(case.id, "x"),
            lambda: second.change_settings(ProjectSettings("x")),
        ):
            with pytest.raises(ReadOnlyProjectError, match="is open already by"):
                change()
        assert second.review.reason_not_to_approve(case.id) == second.read_only_reason
    assert project.cases.get(case.id).version_count == 1


def test_the_next_one_writes_after_the_first_one_closed(project):
    project.close()
    with Project.open(project.folder) as second:
        assert not second.is_read_only


def test_a_project_that_another_computer_writes_is_read_from_a_copy(project, add_case):
    add_case(project)
    LockHolder("eve", "another-pc", 7, datetime.now(UTC).isoformat()).write(
        project.folder / "project.holder.json"
    )
    with Project.open(project.folder) as second:
        assert "eve on another-pc" in second.read_only_reason
        add_case(project, "later")
        assert [case.name for case in second.cases.listed()] == ["Liver 1"]


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"user": "a", "host": "b", "pid": 1, "since": "yesterday"}']
)
def test_a_holder_that_cannot_be_read_leaves_a_sentence_without_a_name(project, content):
    (project.folder / "project.holder.json").write_text(content)
    with Project.open(project.folder) as second:
        assert second.read_only_reason.startswith("The project is open already, so this one")


def test_a_lock_is_let_go_when_its_holder_dies(tmp_path):
    script = (
        "import os, sys; from pathlib import Path; from training.cases.file_lock import FileLock;"
        "lock = FileLock.take(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout.readline() == b"held\n"
        assert FileLock.take(tmp_path / "lock") is None
        child.kill()
        child.wait()
    lock = FileLock.take(tmp_path / "lock")
    assert lock is not None
    lock.release()
    lock.release()


@pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX")
def test_a_read_only_folder_is_opened_for_reading(add_case, draft):
    # Not under tmp_path, whose parents are closed to other users.
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        with Project.create(Path(parent) / "study") as project:
            add_case(project)
            project.versions.save(1, VersionKind.INTERIM, draft())
        folders = [project.folder, *(p for p in project.folder.rglob("*") if p.is_dir())]
        for folder in folders:
            folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY_SCRIPT, str(project.folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        for folder in folders:
            folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "The project's folder is read-only (Permission denied), so nothing can be changed. Copy "
        "the project to a folder of your own to work on it.",
        "['Liver 1'] 1",
        "ReadOnlyProjectError",
    ]


def test_work_that_a_crash_left_in_the_log_is_seen_from_a_copy(project, add_case):
    add_case(project)
    wal = project.folder / f"{DATABASE}-wal"
    assert wal.stat().st_size > 0
    LockHolder("eve", "another-pc", 7, datetime.now(UTC).isoformat()).write(
        project.folder / "project.holder.json"
    )
    with Project.open(project.folder) as second:
        assert len(second.cases.listed()) == 1


@pytest.mark.parametrize(
    "content", [b"no data base at all" * 100, b"SQLite format 3\0" + b"x" * 984]
)
def test_a_damaged_data_base_is_a_sentence_and_stays_as_it_is(project, content):
    project.close()
    (project.folder / DATABASE).write_bytes(content)
    with pytest.raises(ProjectError, match="damaged"):
        Project.open(project.folder)
    assert (project.folder / DATABASE).read_bytes() == content


def test_a_patient_key_is_stable_within_a_project_and_strange_to_others(project, tmp_path):
    key = project.patient_key("12345")
    assert key == project.patient_key(" 12345 ")
    assert key != project.patient_key("12346")
    assert "12345" not in key
    with Project.create(tmp_path / "other") as other:
        assert other.patient_key("12345") != key


def test_many_threads_may_use_a_project_at_once(project, add_case, draft):
    case = add_case(project)
    failures = []

    def work(size):
        try:
            for n in range(4):
                project.versions.save(case.id, VersionKind.INTERIM, draft(size + n))
                project.cases.listed()
                project.review.comment(case.id, f"{size} {n}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(size,)) for size in (2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    versions = project.versions.of_case(case.id)
    assert [version.number for version in versions] == list(range(1, 13))


def test_two_threads_may_save_the_same_labels_at_the_same_moment(
    project, add_case, draft, monkeypatch
):
    case = add_case(project)
    both = threading.Barrier(2)
    writing, most = [], []
    write = label_files.write_label_file

    def counted(*arguments):
        writing.append(None)
        most.append(len(writing))
        write(*arguments)
        writing.pop()

    def work():
        for size in range(2, 8):
            both.wait(timeout=20)
            project.versions.save(case.id, VersionKind.INTERIM, draft(size))

    monkeypatch.setattr(label_files, "write_label_file", counted)
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6  # each file once, never two at a time
    assert project.cases.get(case.id).version_count == 12
    assert verify(project).problems == ()


def test_half_written_label_files_of_a_killed_writer_are_cleared_away(project, add_case, draft):
    add_case(project)
    version = project.versions.save(1, VersionKind.INTERIM, draft())
    folder = project.label_files.path(version.content_sha256).parent
    part = folder / ".0123.part.nii.gz"
    part.touch()
    project.close()
    with Project.open(project.folder) as again:
        assert not part.exists()
        assert again.versions.read(version.id).labels.any()


def test_closing_twice_does_not_touch_who_opened_it_in_between(project):
    project.close()
    with Project.open(project.folder):
        project.close()
        assert (project.folder / "project.holder.json").exists()
        with Project.open(project.folder) as third:
            assert third.is_read_only


def test_a_project_whose_making_failed_can_be_made_again(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:

        def fail(*_arguments):
            raise ProjectError("The disk is full.")

        patch.setattr(Database, "for_writing", fail)
        with pytest.raises(ProjectError, match="disk is full"):
            Project.create(tmp_path / "study")
    with Project.create(tmp_path / "study") as project:
        assert not project.is_read_only


def test_a_transaction_inside_another_is_refused_instead_of_waiting_for_ever(project):
    with (
        pytest.raises(sqlite3.OperationalError, match="within a transaction"),
        project.database.read(),
    ):
        project.cases.listed()


def test_the_holder_is_gone_once_the_project_is_closed(project):
    holder = project.folder / "project.holder.json"
    assert json.loads(holder.read_text())["pid"] == os.getpid()
    project.close()
    assert not holder.exists()
