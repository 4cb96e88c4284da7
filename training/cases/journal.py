"""Autosave: a journal of every stroke and click of an open case, from which it can be restored."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.errors import WriteError
from imaging.history import Change
from imaging.labels import LabelEdit
from training.cases.journal_file import (
    JournalWriter,
    box_to_json,
    clicks_to_json,
    record,
)

MAX_UNFLUSHED_RECORDS = 5
MAX_UNFLUSHED_SECONDS = 2.0
"""A killed program loses nothing, a power cut at most the strokes of this number or time."""


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """Which work a journal is about.

    Attributes:
        name: of the case, for the sentence that offers to restore it.
        started_at: ISO 8601 in UTC.
        case_id: in the project whose folder holds the journal; None for a CT without a project.
        version_id: the version that the work began from; None where it began from nothing.
        source_path, series_uid: the CT, where there is no project; None where it is no file.
    """

    name: str
    started_at: str
    case_id: int | None = None
    version_id: int | None = None
    source_path: str | None = None
    series_uid: str | None = None


class Journal:
    """The journal of one open case. Nothing is on the disk before the first change.

    Calls may come from any thread, but must come in the order of the changes: use an executor
    with one thread. None belongs on the window's thread. Where the disk refuses, the error says
    so, the record waits in memory, and the next call tries again.
    """

    def __init__(
        self,
        folder: Path,
        header: JournalHeader,
        labels: NDArray[np.uint8],
        clicks: tuple[Click, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with the labels and clicks as the case opens; takes 0.1 s for 40 MB."""
        self._folder = folder
        self._header = header
        self._clock = clock
        self._mutex = threading.Lock()
        self._base = _base_record(header, labels, clicks)
        self._base_mark = 0
        self._mark = 0
        self._writer: JournalWriter | None = None
        self._waiting: list[bytes] = []
        self._unflushed = 0
        self._flushed_at_s = clock()

    @property
    def path(self) -> Path | None:
        """Where it is; None while there is nothing to lose."""
        return self._writer.path if self._writer else None

    @property
    def mark(self) -> int:
        """How many changes were appended so far; what ``saved_at`` takes."""
        return self._mark

    def append(self, change: Change, structures: Sequence[str] = ()) -> None:
        """Write down a change that was done or redone; ``structures`` are those listed then.

        Raises:
            WriteError: the disk refused; the change is kept and tried again with the next one.
        """
        self._append(change.name, change.label_edit, change.clicks_after, structures)

    def append_undo(self, change: Change, structures: Sequence[str] = ()) -> None:
        """Write down that a change was taken back; raises like ``append``."""
        edit = change.label_edit
        self._append(
            f"undo of {change.name}",
            edit.reversed() if edit else None,
            change.clicks_before,
            structures,
        )

    def sync(self) -> None:
        """Flush to the disk what ``append`` only gave to the system; raises like ``append``."""
        with self._mutex, journal_sentences():
            self._write()
            self._flush()

    def saved_at(
        self,
        mark: int,
        labels: NDArray[np.uint8],
        clicks: tuple[Click, ...],
        version_id: int | None = None,
    ) -> None:
        """Drop what was saved: the first ``mark`` changes, which led to these labels and clicks.

        Later changes stay in the journal, which now begins with what was saved.

        Raises:
            WriteError: the disk refused; the journal is as it was.
        """
        header = replace(self._header, version_id=version_id)
        base = _base_record(header, labels, clicks)
        with self._mutex, journal_sentences():
            self._write()
            if mark < self._base_mark:  # a newer save was noted first
                return
            later = self._writer.after(mark - self._base_mark) if self._writer else ()
            successor = JournalWriter.create(self._folder, base, later) if later else None
            if self._writer is not None:
                self._writer.remove()
            self._writer = successor
            self._header, self._base, self._base_mark = header, base, mark

    def close(self, *, discard: bool) -> None:
        """Stop; with ``discard`` nothing is left to be restored.

        Raises:
            WriteError: the disk refused.
        """
        with self._mutex, journal_sentences():
            writer, self._writer = self._writer, None
            self._waiting.clear()
            if writer is not None:
                (writer.remove if discard else writer.close)()

    def _append(
        self,
        name: str,
        edit: LabelEdit | None,
        clicks: tuple[Click, ...],
        structures: Sequence[str],
    ) -> None:
        content: dict[str, Any] = {"name": name, "clicks": clicks_to_json(clicks)}
        if structures:
            content["structures"] = list(structures)
        if edit is not None:
            content["box"] = box_to_json(edit.box)
        entry = record(content, edit.after if edit is not None else None)
        with self._mutex, journal_sentences():
            self._mark += 1
            self._waiting.append(entry)
            self._write()
            is_late = self._clock() - self._flushed_at_s >= MAX_UNFLUSHED_SECONDS
            if is_late or self._unflushed >= MAX_UNFLUSHED_RECORDS:
                self._flush()

    def _write(self) -> None:
        if self._waiting and self._writer is None:
            self._writer = JournalWriter.create(self._folder, self._base)
        while self._waiting and self._writer is not None:
            self._writer.append(self._waiting[0])
            del self._waiting[0]
            self._unflushed += 1

    def _flush(self) -> None:
        if self._writer is not None and self._unflushed:
            self._writer.flush()
        self._unflushed = 0
        self._flushed_at_s = self._clock()


def _base_record(
    header: JournalHeader, labels: NDArray[np.uint8], clicks: tuple[Click, ...]
) -> bytes:
    content = {
        "header": asdict(header),
        "shape": list(labels.shape),
        "clicks": clicks_to_json(clicks),
    }
    return record(content, labels)


@contextmanager
def journal_sentences() -> Iterator[None]:
    """Turn what the system refuses into one sentence."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"Changes cannot be saved automatically ({error.strerror or error}). Save your work "
            "now, and free some space or check the disk."
        ) from error
