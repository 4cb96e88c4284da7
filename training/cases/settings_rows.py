"""How a project's settings are kept in the data base's rows; used inside transactions."""

from __future__ import annotations

import sqlite3

from pydantic import TypeAdapter, ValidationError

from imaging.errors import ProjectError
from training.cases.records import ProjectSettings

_NAME = "project"
_SALT = "patient_salt"
_ADAPTER = TypeAdapter(ProjectSettings)


def read_settings(connection: sqlite3.Connection) -> ProjectSettings:
    """The settings of the project.

    Raises:
        ProjectError: they cannot be read.
    """
    text = _read(connection, _NAME)
    if text is None:
        return ProjectSettings(name="")
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise ProjectError(
            "The project's settings cannot be read: they are damaged or newer than this "
            "Maskwright. Save them again in the project's settings."
        ) from error


def write_settings(connection: sqlite3.Connection, settings: ProjectSettings) -> None:
    """Put other settings in place of all."""
    _write(connection, _NAME, _ADAPTER.dump_json(settings).decode())


def read_salt(connection: sqlite3.Connection) -> str | None:
    """What patient keys are salted with; None before ``write_salt``."""
    return _read(connection, _SALT)


def write_salt(connection: sqlite3.Connection, salt: str) -> None:
    """Keep a new project's salt; keys made with an older one would no longer match."""
    _write(connection, _SALT, salt)


def _read(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return str(row["value"]) if row else None


def _write(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (name, value),
    )
