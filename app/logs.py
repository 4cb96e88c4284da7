"""The log: JSON lines in a rotated file, and a place for the traceback of a crash.

Messages at INFO and above name no patient and no path of a patient's file.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

MAX_LOG_BYTES = 2_000_000
KEPT_LOGS = 4


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, logger and message; the traceback where there is one."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class SharedRotatingFile(RotatingFileHandler):
    """A rotated log of several processes: whichever fills it rotates it, the others follow."""

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        """Whether it is full, after going over to the newest file."""
        if self.stream is not None and not self._is_newest(self.stream):
            self.stream.close()
            self.stream = self._open()
        return bool(super().shouldRollover(record))

    def doRollover(self) -> None:
        """Begin a new file; on Windows not while another process has this one open."""
        try:
            super().doRollover()
        except OSError:
            self.stream = self._open()
            self.maxBytes *= 2  # each try moves the older ones on, so there are few

    def _is_newest(self, stream: TextIOWrapper) -> bool:
        try:
            newest = Path(self.baseFilename).stat()
        except OSError:
            return False
        return os.path.samestat(newest, os.fstat(stream.fileno()))


@contextmanager
def logging_to(file: Path, level: int = logging.INFO) -> Iterator[None]:
    """Send all records at ``level`` and above to ``file`` while inside.

    A folder that cannot be written is no reason not to start: the program then runs
    without a log.
    """
    root = logging.getLogger()
    usual_level = root.level
    handler: logging.Handler
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = SharedRotatingFile(
            file, maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(usual_level)
        handler.close()


@contextmanager
def crashes_to(file: Path) -> Iterator[None]:
    """Let a crash of native code leave the stacks of all threads in ``file``."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = file.open("a", encoding="utf-8")
    except OSError:
        yield
        return
    with stream:
        faulthandler.enable(stream)
        try:
            yield
        finally:
            faulthandler.disable()


def log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Write an exception that nobody handled to the log."""
    logging.getLogger("maskwright").critical("unexpected error", exc_info=(kind, error, traceback))
