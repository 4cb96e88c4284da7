"""The log: JSON lines in a rotated file, and a place for the traceback of a crash.

Messages at INFO and above name no patient and no path of a patient's file.
"""

from __future__ import annotations

import faulthandler
import json
import logging
from datetime import UTC, datetime
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


def start_logging(file: Path, level: int = logging.INFO) -> None:
    """Send all records at ``level`` and above to ``file``; called once, at start.

    A folder that cannot be written is no reason not to start: the program then runs
    without a log.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            file, maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8", delay=True
        )
        handler.setFormatter(JsonLines())
        logging.basicConfig(level=level, handlers=[handler], force=True)
        # Kept open for the life of the process: faulthandler writes to it in a crash.
        crash_file = file.with_name("crash.txt").open("a", encoding="utf-8")
        faulthandler.enable(crash_file)
    except OSError:
        logging.basicConfig(level=level, handlers=[logging.NullHandler()], force=True)


def log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Write an exception that nobody handled to the log."""
    logging.getLogger("maskwright").critical("unexpected error", exc_info=(kind, error, traceback))
