import sqlite3

import pytest

from imaging.errors import ProjectError
from training.cases import project as project_module
from training.cases.project import DATABASE, Project
from training.cases.records import VersionKind
from training.cases.schema import MIGRATIONS
from training.cases.verification import verify

NEXT = ("ALTER TABLE cases ADD COLUMN scanner TEXT", "CREATE TABLE exports (id INTEGER) STRICT")


@pytest.fixture
def old_project(project, add_case, draft):
    """The folder of a project that today's version made, closed."""
    add_case(project)
    project.versions.save(1, VersionKind.INTERIM, draft())
    project.close()
    return project.folder


@pytest.fixture
def migrations(monkeypatch):
    """Adds migrations to those that are known."""

    def add(*more):
        monkeypatch.setattr(project_module, "MIGRATIONS", (*MIGRATIONS, *more))

    return add


def columns(file):
    connection = sqlite3.connect(file)
    names = {row[1] for row in connection.execute("PRAGMA table_info(cases)")}
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return names, version


def test_an_older_project_is_renewed_after_a_backup(old_project, migrations):
    migrations(NEXT)
    with Project.open(old_project) as project:
        assert project.cases.get(1).name == "Liver 1"
        assert verify(project).problems == ()
    names, version = columns(old_project / DATABASE)
    assert "scanner" in names
    assert version == len(MIGRATIONS) + 1
    (backup,) = (old_project / "backups").glob("project-version-*")
    names, version = columns(backup)
    assert "scanner" not in names
    assert version == len(MIGRATIONS)
    with Project.open(old_project):
        assert len([*(old_project / "backups").glob("project-version-*")]) == 1


def test_a_migration_that_fails_half_way_changes_nothing(old_project, migrations):
    migrations((NEXT[0], "CREATE TABLE cases (id INTEGER)"))
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Project.open(old_project)
    names, version = columns(old_project / DATABASE)
    assert "scanner" not in names
    assert version == len(MIGRATIONS)
    migrations()
    with Project.open(old_project) as project:
        assert project.cases.get(1).name == "Liver 1"


def test_a_newer_project_is_refused_in_a_sentence_and_left_alone(
    old_project, migrations, monkeypatch
):
    migrations(NEXT)
    Project.open(old_project).close()
    before = (old_project / DATABASE).read_bytes()
    monkeypatch.undo()
    with pytest.raises(ProjectError, match=r"newer Maskwright .*nothing was changed"):
        Project.open(old_project)
    assert (old_project / DATABASE).read_bytes() == before


def test_an_older_project_is_not_renewed_by_who_reads_only(old_project, migrations):
    with Project.open(old_project):
        migrations(NEXT)
        with pytest.raises(ProjectError, match="An older Maskwright made this project"):
            Project.open(old_project)


def test_the_data_base_of_another_program_is_refused(tmp_path):
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("CREATE TABLE photos (id INTEGER)")
    connection.close()
    before = (tmp_path / DATABASE).read_bytes()
    with pytest.raises(ProjectError, match="belongs to another program"):
        Project.open(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == before


def test_a_project_whose_making_was_cut_short_is_completed(tmp_path):
    (tmp_path / DATABASE).touch()
    with Project.open(tmp_path) as project:
        assert project.cases.listed() == ()
        assert project.settings.name == tmp_path.name
        assert project.patient_key("x") != ""
        assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("table", ["versions", "reviews"])
@pytest.mark.parametrize("change", ["UPDATE {} SET author = 'Eve'", "DELETE FROM {}"])
def test_the_data_base_itself_refuses_to_change_history(old_project, table, change):
    connection = sqlite3.connect(old_project / DATABASE)
    with pytest.raises(sqlite3.IntegrityError, match="kept as they are"):
        connection.execute(change.format(table))
    connection.close()
