"""Sees to it that a project has one worker, and a device one worker of all projects."""

from __future__ import annotations

import re
from pathlib import Path

from imaging.errors import JobError
from training.cases.file_lock import FileLock

WORKER_LOCK = "worker.lock"


def take_project(folder: Path) -> FileLock | None:
    """The lock of a project's worker; None if there is one already.

    Raises:
        JobError: the folder is not writable.
    """
    return _take(folder / WORKER_LOCK)


def take_device(locks: Path, device: str) -> FileLock | None:
    """The lock of a device of this computer, in the folder ``locks``; None if it is in use.

    Raises:
        JobError: the folder is not writable.
    """
    locks.mkdir(parents=True, exist_ok=True)
    return _take(locks / f"worker-{re.sub('[^a-z0-9]+', '-', device)}.lock")


def has_worker(folder: Path) -> bool:
    """Whether a worker is at work on a project."""
    try:
        lock = take_project(folder)
    except JobError:
        return False
    if lock is None:
        return True
    lock.release()
    return False


def _take(file: Path) -> FileLock | None:
    try:
        return FileLock.take(file)
    except OSError as error:
        raise JobError(
            f"No worker can start: {file.name} cannot be locked ({error.strerror}). Check that "
            "the folder is writable and on a disk of this computer."
        ) from error
