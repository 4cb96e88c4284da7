"""The project's SQLite file: who may write, whole transactions, and errors as sentences.

Any thread may call anything here. One connection writes and one reads, each behind its own lock,
so a list never waits for a disk that is still writing.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imaging.errors import ProjectError, ReadOnlyProjectError

BUSY_SECONDS = 10.0
"""How long to wait for another program's transaction, a backup program's for example."""

MAX_COPIES = 3
"""How often to copy a data base that somebody changes meanwhile, before giving up."""

_FULL = "The disk is full, so nothing was changed. Free some space and try again."
_NO_PERMISSION = (
    "The project's folder is not writable any more, so nothing was changed. "
    "Check its permissions, then open the project again."
)
DAMAGED = (
    "The project's data base is damaged. Close the project, move the files project.sqlite* "
    'elsewhere, and copy the newest file of the folder "backups", or of your own backup, to their '
    "place as project.sqlite."
)
_BUSY = "Another program is writing to the project's data base. Try again in a moment."
_SENTENCES = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _NO_PERMISSION,
    sqlite3.SQLITE_PERM: _NO_PERMISSION,
    sqlite3.SQLITE_CANTOPEN: (
        "The project's data base cannot be opened. Check that the folder is there and that you may "
        "read and write it."
    ),
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_IOERR: (
        "The disk reports an error, so nothing was changed. Check the disk or the network drive "
        "that holds the project, then try again."
    ),
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
}


class Database:
    """An open data base; ``close`` it on the thread that opened the project or any other."""

    def __init__(self, writer: sqlite3.Connection | None, reader: sqlite3.Connection) -> None:
        self._writer = writer
        self._reader = reader
        # Reentrant, so that a nested transaction is refused by SQLite instead of waiting for ever.
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._is_closed = False
        self.read_only_reason: str | None = None

    @classmethod
    def for_writing(cls, file: Path, check: Callable[[sqlite3.Connection], object]) -> Database:
        """Open a data base, making an empty one where there is none.

        Raises:
            ProjectError: it cannot be opened.
            Exception: what ``check`` raises, before anything is changed.
        """
        writer = reader = None
        try:
            with sqlite_sentences():
                writer = _connect(file, "rwc")
                check(writer)
                writer.execute("PRAGMA journal_mode = WAL")
                writer.execute("PRAGMA synchronous = FULL")
                writer.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone stops at the drive
                writer.execute("PRAGMA checkpoint_fullfsync = ON")
                reader = _connect(file, "rwc")
                reader.execute("PRAGMA query_only = ON")
                return cls(writer, reader)
        except BaseException:
            for connection in (writer, reader):
                if connection is not None:
                    connection.close()
            raise

    @classmethod
    def for_reading(cls, file: Path, reason: str, *, is_live: bool) -> Database:
        """Open a data base that this process must not change.

        ``is_live`` follows what a writer on this computer goes on to write. Otherwise a copy of
        this moment is opened: SQLite's shared memory does not reach over a network, and it cannot
        open a WAL data base in a folder that takes no files.

        Raises:
            ProjectError: it cannot be opened.
        """
        with sqlite_sentences():
            if is_live:
                database = cls(None, _connect(file, "ro"))
            else:
                folder, reader = _copied(file)
                database = cls(None, reader)
                database._copy = folder
        database.read_only_reason = reason
        return database

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the block is kept when it ends well, nothing of it otherwise.

        Raises:
            ReadOnlyProjectError: the project was opened for reading only.
            ProjectError: the disk refused; nothing was changed.
        """
        self.require_writable()
        assert self._writer is not None
        with self._write_lock, sqlite_sentences():
            self._require_open()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent look at the data base.

        Raises:
            ProjectError: it cannot be read.
        """
        with self._read_lock, sqlite_sentences():
            self._require_open()
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                if self._reader.in_transaction:
                    self._reader.execute("ROLLBACK")

    @contextmanager
    def maintain(self) -> Iterator[sqlite3.Connection]:
        """The writing connection without a transaction, for migrations and checks."""
        self.require_writable()
        assert self._writer is not None
        with self._write_lock, sqlite_sentences():
            yield self._writer

    def require_writable(self) -> None:
        """Raise ``ReadOnlyProjectError`` before work is done that could not be kept."""
        if self._writer is None:
            raise ReadOnlyProjectError(f"Nothing was changed. {self.read_only_reason}")

    def close(self) -> None:
        """Wait for what runs, then close; the log is merged into the data base by the last one."""
        with self._write_lock, self._read_lock:
            self._is_closed = True
            self._reader.close()
            if self._writer is not None:
                self._writer.close()
            if self._copy is not None:
                self._copy.cleanup()

    def _require_open(self) -> None:
        if self._is_closed:
            raise ProjectError("The project was closed meanwhile. Open it again.")


@contextmanager
def sqlite_sentences() -> Iterator[None]:
    """Turn what SQLite says into a ``ProjectError`` with a sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        sentence = _SENTENCES.get(code & 0xFF) if code is not None else None
        if sentence is None:
            raise
        raise ProjectError(sentence) from error


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions are ours: see Database.write
        check_same_thread=False,  # the locks keep threads apart
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _copied(file: Path) -> tuple[tempfile.TemporaryDirectory[str], sqlite3.Connection]:
    """A private copy of the data base and its log, opened; whole even if both change meanwhile."""
    folder = tempfile.TemporaryDirectory(prefix="maskwright-", ignore_cleanup_errors=True)
    copy = Path(folder.name) / file.name
    for attempt in range(1, MAX_COPIES + 1):
        connection = None
        try:
            for suffix in ("", "-wal"):
                source = file.with_name(file.name + suffix)
                if suffix and not source.exists():
                    Path(f"{copy}{suffix}").unlink(missing_ok=True)
                    continue
                shutil.copyfile(source, f"{copy}{suffix}")
            connection = _connect(copy, "rw")
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("the copy is torn")
            connection.execute("PRAGMA query_only = ON")
            return folder, connection
        except (sqlite3.Error, OSError) as error:
            if connection is not None:
                connection.close()
            if attempt == MAX_COPIES:
                folder.cleanup()
                if isinstance(error, OSError):
                    raise ProjectError(
                        "The project's data base cannot be read "
                        f"({error.strerror or error}). Check the folder's permissions."
                    ) from error
                raise ProjectError(DAMAGED) from error
    raise AssertionError("the loop returns or raises")
