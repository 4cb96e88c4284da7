import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from training.cases import backups
from training.cases.backups import KEPT_DAYS
from training.cases.project import DATABASE, Project

FIRST_DAY = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def open_on(folder, day):
    return Project.open(folder, clock=lambda: FIRST_DAY + timedelta(days=day))


@pytest.fixture
def folder(project, add_case):
    """The folder of a closed project with a case."""
    add_case(project)
    project.close()
    return project.folder


def daily(folder):
    return sorted(path.name for path in (folder / "backups").iterdir())


def test_a_copy_is_made_once_a_day(folder):
    for day in (0, 0, 1):
        open_on(folder, day).close()
    assert daily(folder) == ["project-day-2026-03-01.sqlite", "project-day-2026-03-02.sqlite"]
    with closing(sqlite3.connect(folder / "backups" / daily(folder)[0])) as copy:
        assert copy.execute("SELECT name FROM cases").fetchall() == [("Liver 1",)]


def test_a_copy_in_the_place_of_the_data_base_is_a_project(folder):
    open_on(folder, 0).close()
    (folder / DATABASE).write_bytes(b"damaged")
    (folder / "backups" / daily(folder)[0]).replace(folder / DATABASE)
    with open_on(folder, 0) as project:
        assert project.cases.get(1).name == "Liver 1"


def test_a_week_of_copies_is_kept(folder):
    for day in range(KEPT_DAYS + 2):
        open_on(folder, day).close()
    assert len(daily(folder)) == KEPT_DAYS
    assert daily(folder)[-1] == "project-day-2026-03-09.sqlite"


def test_a_copy_that_fails_is_logged_and_the_project_opens(folder, monkeypatch, caplog):
    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "back_up", fail)
    with caplog.at_level(logging.WARNING), open_on(folder, 0) as project:
        assert not project.is_read_only
    assert "could not be made" in caplog.text


def test_what_a_killed_copy_left_is_cleared_away(folder):
    (folder / "backups").mkdir()
    (folder / "backups" / ".0123.part").touch()
    open_on(folder, 0).close()
    assert daily(folder) == ["project-day-2026-03-01.sqlite"]
