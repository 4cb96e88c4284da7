"""A lock on a file that the operating system lets go when its holder dies, however it dies."""

from __future__ import annotations

import errno
import getpass
import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCKED_BYTE = 2**30
"""Windows locks bytes, and keeps others from reading them: take one that no file of ours has."""

_HELD_ELSEWHERE = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class FileLock:
    """Holds a file from construction until ``release``; children never inherit it by accident."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, file: Path) -> FileLock | None:
        """Lock ``file``, which is made if need be; None if somebody else holds it.

        Raises:
            OSError: the file cannot be opened for writing, or its disk knows no locks.
        """
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno in _HELD_ELSEWHERE:
                return None
            raise
        return cls(descriptor)

    def release(self) -> None:
        """Let go; calling it again does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)  # closing is unlocking, on every system
            self._descriptor = None


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:

    def _lock(descriptor: int) -> None:
        # flock and not lockf: it also keeps two openings within one process apart.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds a lock, for the sentence that others read; written beside the locked file."""

    user: str
    host: str
    pid: int
    since: str

    @classmethod
    def this_process(cls, now: datetime) -> LockHolder:
        """The user and process that run this."""
        return cls(login_name(), socket.gethostname(), os.getpid(), now.isoformat())

    @classmethod
    def read(cls, file: Path) -> LockHolder | None:
        """What ``write`` wrote; None if it cannot be read, as just after another one started."""
        try:
            holder = cls(**json.loads(file.read_text(encoding="utf-8")))
            datetime.fromisoformat(holder.since)
            return holder
        except (OSError, ValueError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Keep it for others; it is a courtesy, so a failure is no error."""
        try:
            file.write_text(json.dumps(asdict(self)), encoding="utf-8")
        except OSError:
            file.unlink(missing_ok=True)

    @property
    def title(self) -> str:
        """Such as "anna on ward-pc (process 4711, since 2026-03-01 09:30 UTC)"."""
        when = datetime.fromisoformat(self.since).strftime("%Y-%m-%d %H:%M UTC")
        return f"{self.user} on {self.host} (process {self.pid}, since {when})"


def login_name() -> str:
    """The name of who is logged in; "unknown" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in a container; Windows: no module pwd
        return "unknown"
