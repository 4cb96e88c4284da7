"""Copies of the project's data base: before each migration, and one a day."""

from __future__ import annotations

import logging
import os
import sqlite3
import uuid
from datetime import datetime
from pathlib import Path

KEPT_DAYS = 7
"""Older daily copies are deleted; those from before a migration stay."""

_DAILY = "project-day-"

logger = logging.getLogger(__name__)


def back_up(connection: sqlite3.Connection, folder: Path, name: str) -> None:
    """Copy a data base to ``folder/name``, whole or not at all, flushed to the disk.

    Raises:
        OSError: it could not be written.
        sqlite3.Error: it could not be copied.
    """
    folder.mkdir(exist_ok=True)
    part = folder / f".{uuid.uuid4().hex}.part"
    try:
        copy = sqlite3.connect(part)
        try:
            connection.backup(copy)
        finally:
            copy.close()
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)


def back_up_daily(connection: sqlite3.Connection, folder: Path, now: datetime) -> None:
    """Copy a data base if that was not done today; a failure is logged and stops nothing."""
    name = f"{_DAILY}{now:%Y-%m-%d}.sqlite"
    try:
        for part in folder.glob(".*.part"):  # of a program that was killed
            part.unlink(missing_ok=True)
        if (folder / name).exists():
            return
        back_up(connection, folder, name)
        for old in sorted(folder.glob(f"{_DAILY}*"))[:-KEPT_DAYS]:
            old.unlink(missing_ok=True)
    except (OSError, sqlite3.Error):
        logger.warning("today's copy of the project's data base could not be made", exc_info=True)
