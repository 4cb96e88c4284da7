"""Faults of the disk at every layer: old data intact, one sentence, and work goes on afterwards."""

import errno
import os
import shutil
import sqlite3

import pytest

from imaging.errors import MaskwrightError
from imaging.writers import atomic_file, volume_file
from training.cases import project as project_module
from training.cases import schema
from training.cases.database import Database
from training.cases.project import Project
from training.cases.records import ProjectSettings, VersionKind
from training.cases.schema import MIGRATIONS
from training.cases.verification import verify

LONG_TEXT = "a word " * 20_000
"""More than fits into what is left of a data base that may not grow."""


@pytest.fixture
def busy_project(project, add_case, draft):
    """A case in progress with two versions, and a new one."""
    add_case(project, "a")
    add_case(project, "b")
    project.versions.save(1, VersionKind.INTERIM, draft(3))
    project.versions.save(1, VersionKind.INTERIM, draft(4))
    project.versions.save(2, VersionKind.AUTOMATIC, draft(4))
    return project


@pytest.fixture
def actions(busy_project, add_case, draft):
    """What a user does, by name; each needs room in the data base."""
    project = busy_project
    return {
        "add": lambda: add_case(project, "c", thumbnail=LONG_TEXT.encode()),
        "save": lambda: project.versions.save(
            1, VersionKind.INTERIM, draft(9, parent_id=2, note=LONG_TEXT)
        ),
        "approve": lambda: project.review.approve(1, draft(8), comment=LONG_TEXT),
        "submit": lambda: project.review.submit(1, LONG_TEXT),
        "comment": lambda: project.review.comment(2, LONG_TEXT),
        "exclude": lambda: project.review.exclude(2, LONG_TEXT),
        "settings": lambda: project.change_settings(ProjectSettings(LONG_TEXT)),
        "thumbnail": lambda: project.cases.set_thumbnail(1, LONG_TEXT.encode()),
    }


def everything(project):
    """All that a project shows of itself."""
    cases = project.cases.listed()
    return (
        cases,
        project.settings,
        project.splits.is_drawn,
        [project.versions.of_case(case.id) for case in cases],
        [project.review.events(case.id) for case in cases],
        [project.versions.read(v.id).labels.sum() for v in project.versions.of_case(1)],
    )


def assert_refused_without_harm(project, action):
    """The action fails with a sentence, and nothing of the project has changed."""
    before = everything(project)
    with pytest.raises(MaskwrightError) as caught:
        action()
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "Error" not in sentence
    assert everything(project) == before
    assert verify(project).problems == ()


class FaultyConnection:
    """A connection whose disk fails at the first statement that begins with ``at``."""

    def __init__(self, connection, at, code):
        self._connection = connection
        self._at = at
        self._code = code

    def execute(self, statement, *values):
        if statement.strip().startswith(self._at):
            error = sqlite3.OperationalError("injected")
            error.sqlite_errorcode = self._code
            raise error
        return self._connection.execute(statement, *values)

    @property
    def in_transaction(self):
        return self._connection.in_transaction


@pytest.mark.parametrize(
    "name", ["add", "save", "approve", "submit", "comment", "exclude", "settings", "thumbnail"]
)
def test_a_data_base_that_cannot_grow_stays_as_it_is(busy_project, actions, name):
    with busy_project.database.maintain() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    assert_refused_without_harm(busy_project, actions[name])
    with busy_project.database.maintain() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    actions[name]()
    assert verify(busy_project).is_intact


@pytest.mark.parametrize("name", ["approve", "submit"])
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("INSERT INTO reviews", sqlite3.SQLITE_IOERR_WRITE),
        ("UPDATE cases", sqlite3.SQLITE_IOERR_FSYNC),
        ("COMMIT", sqlite3.SQLITE_FULL),
        ("COMMIT", sqlite3.SQLITE_IOERR_FSYNC),
        ("BEGIN IMMEDIATE", sqlite3.SQLITE_READONLY_DBMOVED),
        ("BEGIN IMMEDIATE", sqlite3.SQLITE_BUSY),
    ],
)
def test_a_transaction_that_fails_at_any_statement_is_taken_back(
    busy_project, actions, monkeypatch, name, statement, code
):
    database = busy_project.database
    faulty = FaultyConnection(database._writer, statement, code)
    with monkeypatch.context() as patch:
        patch.setattr(database, "_writer", faulty)
        assert_refused_without_harm(busy_project, actions[name])
    actions[name]()
    assert verify(busy_project).is_intact


def failing(code):
    """A function that fails as the operating system does."""

    def fail(*_arguments, **_options):
        raise OSError(code, os.strerror(code))

    return fail


FILE_FAULTS = [
    ("touch", atomic_file.Path, "touch", errno.ENOSPC, "disk is full"),
    ("touch read-only", atomic_file.Path, "touch", errno.EROFS, "read-only"),
    ("touch forbidden", atomic_file.Path, "touch", errno.EACCES, "not writable"),
    ("write", volume_file.shutil, "copyfileobj", errno.ENOSPC, "disk is full"),
    ("quota", volume_file.shutil, "copyfileobj", errno.EDQUOT, "quota"),
    ("flush", atomic_file.os, "fsync", errno.EIO, "reports an error"),
    ("flush full", atomic_file.os, "fsync", errno.ENOSPC, "disk is full"),
    ("rename", atomic_file.Path, "replace", errno.EACCES, "not writable"),
    ("folder", atomic_file.Path, "mkdir", errno.ENOSPC, "disk is full"),
]


@pytest.mark.parametrize(
    ("owner", "function", "code", "words"),
    [f[1:] for f in FILE_FAULTS],
    ids=[f[0] for f in FILE_FAULTS],
)
@pytest.mark.parametrize("name", ["save", "approve"])
def test_a_label_file_that_cannot_be_written_leaves_everything_as_it_was(
    busy_project, actions, monkeypatch, name, owner, function, code, words
):
    files = busy_project.label_files.contents()
    before = everything(busy_project)
    with monkeypatch.context() as patch:
        patch.setattr(owner, function, failing(code))
        with pytest.raises(MaskwrightError, match=words):
            actions[name]()
    assert everything(busy_project) == before
    assert busy_project.label_files.contents() == files
    assert not [*busy_project.folder.rglob(".*.part*")]
    actions[name]()
    report = verify(busy_project)
    assert report.is_intact
    assert report.remarks == ()


@pytest.mark.parametrize("function", ["mkdir", "replace"])
def test_a_migration_without_its_backup_does_not_begin(busy_project, monkeypatch, function):
    busy_project.close()
    before = (busy_project.folder / "project.sqlite").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(project_module, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE later (a)",)))
        patch.setattr(schema.Path, function, failing(errno.ENOSPC))
        with pytest.raises(MaskwrightError, match="disk is full"):
            Project.open(busy_project.folder)
    assert (busy_project.folder / "project.sqlite").read_bytes() == before
    with Project.open(busy_project.folder) as project:
        assert len(project.cases.listed()) == 2
        assert not [*project.folder.rglob(".*.part*")]


def test_a_full_disk_at_a_migration_leaves_the_old_data_base(busy_project, monkeypatch):
    busy_project.close()
    open_for_writing = Database.for_writing

    def on_a_full_disk(file, check):
        database = open_for_writing(file, check)
        with database.maintain() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
        return database

    statement = "CREATE TABLE later AS SELECT zeroblob(1000000)"
    with monkeypatch.context() as patch:
        patch.setattr(project_module, "MIGRATIONS", (*MIGRATIONS, (statement,)))
        patch.setattr(Database, "for_writing", on_a_full_disk)
        with pytest.raises(MaskwrightError, match="disk is full, so nothing was changed"):
            Project.open(busy_project.folder)
    with Project.open(busy_project.folder) as project:
        assert verify(project).is_intact


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "not writable")],
)
def test_a_project_that_cannot_be_made_is_a_sentence(tmp_path, monkeypatch, code, words):
    monkeypatch.setattr(project_module.Path, "mkdir", failing(code))
    with pytest.raises(MaskwrightError, match=words):
        Project.create(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_project_on_a_full_disk_opens_for_reading(busy_project, monkeypatch):
    busy_project.close()
    shutil.rmtree(busy_project.folder / "backups", ignore_errors=True)
    monkeypatch.setattr(project_module.FileLock, "take", failing(errno.ENOSPC))
    with Project.open(busy_project.folder) as project:
        assert "disk is full" in project.read_only_reason
        assert len(project.cases.listed()) == 2
