"""The tables of a project's data base, and how an older data base becomes today's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from imaging.errors import ProjectError
from training.cases.backups import back_up

APPLICATION_ID = 0x4D61736B
""" "Mask" in ASCII: what SQLite's header says of a file of ours."""

Migration = tuple[str, ...]
"""SQL statements that lead from one version to the next."""

_FIRST: Migration = (
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE cases (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL UNIQUE,
        pseudonym TEXT NOT NULL,
        patient_key TEXT NOT NULL,
        status TEXT NOT NULL,
        status_before TEXT,
        status_reason TEXT NOT NULL DEFAULT '',
        is_flagged INTEGER NOT NULL DEFAULT 0,
        source_kind TEXT NOT NULL,
        source_path TEXT NOT NULL,
        source_sha256 TEXT NOT NULL UNIQUE,
        series_uid TEXT,
        shape TEXT NOT NULL,
        affine TEXT NOT NULL,
        spacing TEXT NOT NULL,
        version_id INTEGER REFERENCES versions (id),
        version_count INTEGER NOT NULL DEFAULT 0,
        volumes TEXT NOT NULL DEFAULT '[]',
        total_ml REAL NOT NULL DEFAULT 0,
        model TEXT,
        added_by TEXT NOT NULL,
        added_at TEXT NOT NULL,
        changed_by TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        search_text TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX cases_by_patient ON cases (patient_key)",
    """CREATE TABLE thumbnails (
        case_id INTEGER PRIMARY KEY REFERENCES cases (id),
        png BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        number INTEGER NOT NULL,
        kind TEXT NOT NULL,
        parent_id INTEGER REFERENCES versions (id),
        source_sha256 TEXT NOT NULL,
        content_sha256 TEXT NOT NULL REFERENCES label_files (content_sha256),
        author TEXT NOT NULL,
        created_at TEXT NOT NULL,
        note TEXT NOT NULL,
        volumes TEXT NOT NULL,
        provenance TEXT NOT NULL,
        chain_position INTEGER NOT NULL UNIQUE,
        chain_hash TEXT NOT NULL,
        UNIQUE (case_id, number)
    ) STRICT""",
    "CREATE INDEX versions_by_content ON versions (content_sha256)",
    """CREATE TABLE label_files (
        content_sha256 TEXT PRIMARY KEY,
        file_sha256 TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reviews (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        version_id INTEGER REFERENCES versions (id),
        action TEXT NOT NULL,
        status_before TEXT NOT NULL,
        status_after TEXT NOT NULL,
        comment TEXT NOT NULL,
        point_lps TEXT,
        structure TEXT,
        author TEXT NOT NULL,
        created_at TEXT NOT NULL,
        chain_position INTEGER NOT NULL UNIQUE,
        chain_hash TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX reviews_by_case ON reviews (case_id)",
    """CREATE TABLE patient_splits (
        patient_key TEXT PRIMARY KEY,
        split TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    *(
        f"""CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} are kept as they are'); END"""
        for table in ("versions", "reviews", "patient_splits")
        for verb in ("UPDATE", "DELETE")
    ),
    f"PRAGMA application_id = {APPLICATION_ID}",
)

_JOBS: Migration = (
    """CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        state TEXT NOT NULL,
        wish TEXT NOT NULL,
        settings TEXT NOT NULL,
        progress TEXT NOT NULL,
        message TEXT NOT NULL DEFAULT '',
        decision TEXT,
        version TEXT NOT NULL DEFAULT '',
        author TEXT NOT NULL,
        created_at TEXT NOT NULL,
        started_at TEXT,
        finished_at TEXT,
        heartbeat_at TEXT,
        worker TEXT NOT NULL DEFAULT '',
        deaths INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
)

MIGRATIONS: tuple[Migration, ...] = (_FIRST, _JOBS)
"""In order; a data base of version n has the first n behind it. Only ever append."""


def migrate(
    connection: sqlite3.Connection,
    backups: Path,
    now: datetime,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> int:
    """Bring a data base to today's version, each step whole or not at all.

    Returns the version that it had, 0 for an empty one. Before each step a copy of the data base
    goes to ``backups``, an empty one excepted.

    Raises:
        ProjectError: a newer Maskwright made it, or it is somebody else's data base.
        OSError: the backup could not be written.
    """
    version = checked_version(connection, migrations)
    for number in range(version + 1, len(migrations) + 1):
        if version > 0:
            name = f"project-version-{number - 1}-{now:%Y%m%dT%H%M%S}.sqlite"
            back_up(connection, backups, name)
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in migrations[number - 1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return version


def checked_version(
    connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS
) -> int:
    """Which version a data base has, 0 for an empty one; raises like ``migrate``."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application_id = int(connection.execute("PRAGMA application_id").fetchone()[0])
    table_count = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if application_id != APPLICATION_ID and (version or table_count):
        raise ProjectError(
            "This folder's project.sqlite belongs to another program. Choose another folder."
        )
    if version > len(migrations):
        raise ProjectError(
            f"This project was last opened by a newer Maskwright (its data base has version "
            f"{version}, this one knows up to {len(migrations)}). Install the newer Maskwright to "
            "open it; nothing was changed."
        )
    return version
