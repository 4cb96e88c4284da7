"""A project: one folder with cases, label versions, reviews and splits, opened by one writer."""

from __future__ import annotations

import errno
import hashlib
import hmac
import logging
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from imaging.errors import ProjectError
from training.cases.backups import back_up_daily
from training.cases.case_rows import Stamp
from training.cases.case_store import CaseStore
from training.cases.database import Database
from training.cases.file_lock import FileLock, LockHolder, login_name
from training.cases.label_files import LabelFiles
from training.cases.label_versions import LabelVersions
from training.cases.records import ProjectSettings
from training.cases.review import Review
from training.cases.schema import MIGRATIONS, checked_version, migrate
from training.cases.settings_rows import read_salt, read_settings, write_salt, write_settings
from training.cases.splits import Splits

DATABASE = "project.sqlite"
LOCK = "project.lock"

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time of this computer's clock, in UTC."""
    return datetime.now(UTC)


def is_project(folder: Path) -> bool:
    """Whether a folder is a project."""
    return (folder / DATABASE).is_file()


def check_is_project(folder: Path) -> None:
    """Raise the sentence for a folder that is none.

    Raises:
        ProjectError: it is not there, or is no project.
    """
    if is_project(folder):
        return
    if not folder.exists():
        raise ProjectError(f"There is no folder {folder}. Check its name.")
    raise ProjectError(
        f"{folder.name} is no project: it has no file {DATABASE}. Choose the project's own "
        "folder, or make a new project."
    )


class Project:
    """An open project; use it in a ``with`` block, or call ``close``.

    Any thread may call any method of it and of its ``cases``, ``versions``, ``review`` and
    ``splits``. All of them use the disk, so none belongs on the window's thread. What a method
    returned from is on the disk for good.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        lock: FileLock | None,
        author: str,
        clock: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.author = author
        self._database = database
        self._lock = lock
        self._clock = clock
        self.label_files = LabelFiles(folder / "labels")
        self.cases = CaseStore(database, folder, self._stamp)
        self.versions = LabelVersions(database, self.label_files, self._stamp)
        self.review = Review(database, self.versions, self._stamp)
        self.splits = Splits(database)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        author: str | None = None,
        clock: Callable[[], datetime] = utc_now,
        name: str | None = None,
    ) -> Project:
        """Make a project of a new or empty folder, and open it.

        Raises:
            ProjectError: it is a project already, holds other files, or cannot be written.
        """
        if is_project(folder):
            raise ProjectError(f"{folder.name} is a project already. Open it instead.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            names = {entry.name for entry in folder.iterdir()} - {LOCK}
            has_files = any(not name.startswith(".") for name in names)
        except OSError as error:
            raise _folder_error(folder, error, "made") from error
        if has_files:
            raise ProjectError(
                f"{folder.name} holds other files. Choose an empty folder for the project, or a "
                "new name."
            )
        project = cls._opened(folder, author, clock)
        if project.is_read_only:
            reason = project.read_only_reason
            project.close()
            raise ProjectError(f"No project was made in {folder.name}. {reason}")
        try:
            project.change_settings(ProjectSettings(name=name or folder.resolve().name))
        except BaseException:
            project.close()
            raise
        return project

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        author: str | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> Project:
        """Open a project; for reading only where somebody else writes or the folder is read-only.

        ``author`` signs what is done; None is the login name.

        Raises:
            ProjectError: it is no project, it is damaged, or a newer Maskwright made it.
        """
        check_is_project(folder)
        return cls._opened(folder, author, clock)

    @classmethod
    def open_to_read(cls, folder: Path) -> Project:
        """Open a project on this computer only to look, also while somebody changes it.

        It takes no lock, so whoever wants to write is not kept from it.

        Raises:
            ProjectError: it is no project, it is damaged, or another Maskwright made it.
        """
        folder = folder.resolve()
        check_is_project(folder)
        database = _reader(folder, "The project was opened to look only.", is_live=True)
        return cls(folder, database, None, login_name(), utc_now)

    @classmethod
    def _opened(cls, folder: Path, author: str | None, clock: Callable[[], datetime]) -> Project:
        folder = folder.resolve()
        author = (author or "").strip() or login_name()
        lock: FileLock | None = None
        try:
            lock = FileLock.take(folder / LOCK)
            _require_writable(folder / DATABASE)
        except OSError as error:
            if lock is not None:
                lock.release()
            if not is_project(folder):
                raise _folder_error(folder, error, "made") from error
            reason = _reason_of_refusal(error)
            return cls(folder, _reader(folder, reason, is_live=False), None, author, clock)
        if lock is None:
            holder = LockHolder.read(_holder_file(folder))
            who = f" by {holder.title}" if holder else ""
            reason = (
                f"The project is open already{who}, so this one is for reading only. Close the "
                "other one and open the project again to change it."
            )
            is_live = holder is not None and holder.host == socket.gethostname()
            return cls(folder, _reader(folder, reason, is_live=is_live), None, author, clock)
        try:
            database = _writer(folder, clock)
        except BaseException:
            lock.release()
            raise
        LockHolder.this_process(clock().astimezone(UTC)).write(_holder_file(folder))
        project = cls(folder, database, lock, author, clock)
        project.label_files.remove_parts()
        logger.info("project opened for writing")
        return project

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others write; nothing of the project may be used afterwards."""
        self._database.close()
        lock, self._lock = self._lock, None
        if lock is not None:
            with suppress(OSError):
                _holder_file(self.folder).unlink(missing_ok=True)
            lock.release()

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self.read_only_reason is not None

    @property
    def read_only_reason(self) -> str | None:
        """Why nothing can be changed, as a sentence for a banner; None if all can."""
        return self._database.read_only_reason

    @property
    def settings(self) -> ProjectSettings:
        """What the users agreed on."""
        with self._database.read() as connection:
            settings = read_settings(connection)
        return settings if settings.name else replace(settings, name=self.folder.name)

    def change_settings(self, settings: ProjectSettings) -> None:
        """Agree on something else."""
        with self._database.write() as connection:
            write_settings(connection, settings)

    @property
    def cts_folder(self) -> Path:
        """Where CTs that are copied in belong, a folder for each; may not exist yet."""
        return self.folder / "cts"

    @property
    def journals_folder(self) -> Path:
        """Where autosave keeps its journals; may not exist yet."""
        return self.folder / "journals"

    def patient_key(self, patient_id: str) -> str:
        """What stands for a patient in this project: the same for the same id, 32 hex digits.

        Salted, so that keys of two projects cannot be matched. Who has the project has the salt
        and could try ids one by one: share a project only with who may know its patients.
        """
        with self._database.read() as connection:
            salt = read_salt(connection) or ""
        digest = hmac.new(salt.encode(), patient_id.strip().encode(), hashlib.sha256)
        return digest.hexdigest()[:32]

    @property
    def database(self) -> Database:
        """The data base itself, for the modules of this package."""
        return self._database

    def _stamp(self) -> Stamp:
        return Stamp(self.author, self._clock().astimezone(UTC).isoformat(timespec="microseconds"))


def _holder_file(folder: Path) -> Path:
    return folder / "project.holder.json"


def _require_writable(file: Path) -> None:
    """Asked, not tried: closing any handle of the file would drop SQLite's locks on it."""
    if file.exists() and not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def _writer(folder: Path, clock: Callable[[], datetime]) -> Database:
    database = Database.for_writing(
        folder / DATABASE, lambda connection: checked_version(connection, MIGRATIONS)
    )
    try:
        with database.maintain() as connection:
            backups, now = folder / "backups", clock().astimezone(UTC)
            if migrate(connection, backups, now, MIGRATIONS) > 0:
                back_up_daily(connection, backups, now)
        with database.write() as connection:
            if read_salt(connection) is None:
                write_salt(connection, secrets.token_hex(16))
    except OSError as error:
        database.close()
        raise _folder_error(folder, error, "backed up before its data base is renewed") from error
    except BaseException:
        database.close()
        raise
    return database


def _reader(folder: Path, reason: str, *, is_live: bool) -> Database:
    database = Database.for_reading(folder / DATABASE, reason, is_live=is_live)
    try:
        with database.read() as connection:
            if checked_version(connection, MIGRATIONS) < len(MIGRATIONS):
                raise ProjectError(
                    "An older Maskwright made this project, and it cannot be renewed here. "
                    f"{reason}"
                )
    except BaseException:
        database.close()
        raise
    return database


def _reason_of_refusal(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full, so the project is open for reading only. Free some space."
    if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            f"The project cannot be locked against other writers ({error.strerror}), so nothing "
            "can be changed. Copy the project to a disk of this computer to work on it."
        )
    return (
        f"The project's folder is read-only ({error.strerror}), so nothing can be changed. Copy "
        "the project to a folder of your own to work on it."
    )


def _folder_error(folder: Path, error: OSError, done: str) -> ProjectError:
    reasons = {
        errno.ENOSPC: "the disk is full. Free some space",
        errno.EDQUOT: "your disk quota is used up. Free some space",
        errno.EROFS: "the disk is read-only. Choose another folder",
        errno.EACCES: "this place is not writable for you. Choose another folder",
        errno.EPERM: "this place is not writable for you. Choose another folder",
        errno.ENOTDIR: "there is a file of this name. Choose another name",
        errno.EEXIST: "there is a file of this name. Choose another name",
    }
    reason = reasons.get(error.errno or 0, f"{error.strerror or error}. Choose another folder")
    return ProjectError(f"{folder.name} could not be {done}: {reason}.")
