"""Restores what a crash interrupted, from the journal that it left behind."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.errors import UnreadableFileError
from imaging.history import Change
from imaging.labels import LabelEdit, LabelMap
from training.cases.file_lock import FileLock
from training.cases.journal import JournalHeader, journal_sentences
from training.cases.journal_file import (
    ENDING,
    begins_as_ours,
    box_from_json,
    clicks_from_json,
    records,
    voxels_of,
)

RESTORE = "restored changes"
"""The name of the step that puts unsaved work on a newer version."""


@dataclass(frozen=True, slots=True)
class JournalInfo:
    """A journal that a crash left behind; ``change_count`` is at least 1."""

    path: Path
    header: JournalHeader
    change_count: int
    last_change: str
    changed_at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True, eq=False)
class RecoveredWork:
    """What a journal holds: ``changes`` lead from the base to ``labels`` and ``clicks``.

    Labels are uint8, shape (k, j, i). An undo is a change like any other, so all of ``changes``
    can be done again, one after the other, on a case that opens with the base. ``structures``
    were listed in that order at the last change; empty where the journal does not say.
    """

    header: JournalHeader
    base_labels: NDArray[np.uint8]
    base_clicks: tuple[Click, ...]
    changes: tuple[Change, ...]
    labels: NDArray[np.uint8]
    clicks: tuple[Click, ...]
    structures: tuple[str, ...]

    def changes_on(
        self, labels: NDArray[np.uint8], clicks: tuple[Click, ...]
    ) -> tuple[Change, ...]:
        """What the work did to voxels, as one step on other labels of the same grid, or none.

        The clicks stay those of the other labels: the work's led to another mask.
        """
        target = np.where(self.labels != self.base_labels, self.labels, labels)
        edit = LabelMap.from_array(labels).edit_to_labels(target)
        return () if edit is None else (Change(RESTORE, edit, clicks, clicks),)


def find_journals(folder: Path) -> tuple[JournalInfo, ...]:
    """The journals that a crash left in a folder, newest first; those still written are not here.

    A damaged journal counts as far as it is whole. One without a change is deleted.
    """
    found = []
    for path in folder.glob(f"*{ENDING}"):
        with suppress(OSError):
            lock = FileLock.take(path)
            if lock is None:
                continue
            try:
                found.extend(_looked_at(path))
            finally:
                lock.release()
    return tuple(sorted(found, key=lambda info: info.changed_at, reverse=True))


def recover(path: Path) -> RecoveredWork:
    """Everything that a journal holds, up to the first record that is not whole.

    Raises:
        UnreadableFileError: not even its beginning is whole, or it is gone.
    """
    try:
        entries = records(path)
        first = next(entries, None)
        if first is None:
            raise ValueError("there is no whole record")
        header = JournalHeader(**first[0]["header"])
        base_labels = voxels_of(first[1], tuple(first[0]["shape"]))
        base_clicks = clicks_from_json(first[0]["clicks"])
        labels, clicks = LabelMap.from_array(base_labels), base_clicks
        changes: list[Change] = []
        structures: tuple[str, ...] = ()
        for content, packed in entries:
            change = _change(content, packed, labels.array, clicks)
            if change.label_edit is not None:
                labels.apply(change.label_edit)
            clicks = change.clicks_after
            structures = tuple(content.get("structures", structures))
            changes.append(change)
    except (OSError, ValueError, TypeError, KeyError, zlib.error) as error:
        raise UnreadableFileError(
            "The automatically saved work cannot be read any more: its file is damaged or gone. "
            "Open the case as it was saved last."
        ) from error
    return RecoveredWork(
        header, base_labels, base_clicks, tuple(changes), labels.array, clicks, structures
    )


def discard_journal(path: Path) -> None:
    """Delete a journal, after it was restored or the user did not want it.

    Raises:
        WriteError: the disk refused.
    """
    with journal_sentences():
        path.unlink(missing_ok=True)


def _change(
    content: dict[str, Any],
    packed: bytes,
    labels: NDArray[np.uint8],
    clicks_before: tuple[Click, ...],
) -> Change:
    edit = None
    if "box" in content:
        box = box_from_json(content["box"])
        before = labels[box].copy()
        edit = LabelEdit(box, before, voxels_of(packed, before.shape))
    return Change(content["name"], edit, clicks_before, clicks_from_json(content["clicks"]))


def _looked_at(path: Path) -> list[JournalInfo]:
    """The journal at a path, as none or one; it is deleted where it holds no change."""
    entries = records(path)
    first = next(entries, None)
    names = [str(content["name"]) for content, _packed in entries]
    if first is None or not names:
        if begins_as_ours(path):
            path.unlink()
        return []
    try:
        header = JournalHeader(**first[0]["header"])
    except (KeyError, TypeError):  # a newer Maskwright's: leave it to that one
        return []
    return [JournalInfo(path, header, len(names), names[-1], path.stat().st_mtime)]
