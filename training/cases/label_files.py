"""Label maps on disk, each under the fingerprint of its content: ``labels/ab/ab12....nii.gz``."""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.errors import ProjectError, UnreadableFileError, WriteError
from imaging.geometry import VolumeGeometry
from imaging.readers.nifti_file import open_nifti
from imaging.writers.atomic_file import flush_folder, write_error
from imaging.writers.volume_file import write_label_file
from training.cases.content_hash import content_sha256

ENDING = ".nii.gz"

_ADVICE = "Put the file back from a backup of the project, or go back to another version."


class LabelFiles:
    """The folder of label files; equal labels share one file, and no file is ever changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._written: dict[str, str] = {}  # content: SHA-256 of the file

    def path(self, content: str) -> Path:
        """Where labels of a content are, or would be."""
        return self._folder / content[:2] / f"{content}{ENDING}"

    def keep(
        self, labels: NDArray[np.uint8], geometry: VolumeGeometry, content: str, known: str | None
    ) -> str:
        """Make sure that a whole file of these labels is on the disk; returns the file's SHA-256.

        ``known`` is the SHA-256 that the file had when it was written, None for a new one. A file
        that differs from it is written again.

        Raises:
            WriteError: it could not be written.
        """
        with self._lock:  # two threads must not write the same labels over each other
            known = self._written.get(content, known)
            if known is None or _file_sha256(self.path(content)) != known:
                known = self._write(labels, geometry, content)
                self._written[content] = known
            return known

    def check(self, content: str, known: str) -> None:
        """Compare a file's bytes with those that were written, without decoding it.

        Raises:
            UnreadableFileError: it is gone or has changed.
        """
        found = _file_sha256(self.path(content))
        if found is None:
            raise UnreadableFileError(
                f"The label file {self._short(content)} is missing or cannot be read. {_ADVICE}"
            )
        if found != known:
            raise self._damaged(content)

    def read(self, content: str, known: str) -> NDArray[np.uint8]:
        """The labels of a content, shape (k, j, i), checked bit for bit.

        Raises:
            UnreadableFileError: the file is gone or has changed.
        """
        self.check(content, known)
        try:
            source = open_nifti(self.path(content))
            labels = np.concatenate(list(source.slabs))
        except UnreadableFileError as error:
            raise self._damaged(content) from error
        if labels.dtype != np.uint8 or content_sha256(labels, source.geometry) != content:
            raise self._damaged(content)
        return labels

    def remove_parts(self) -> None:
        """Delete what a killed writer left half-written; only the project's one writer may."""
        for part in self._folder.glob("*/.*.part*"):
            with suppress(OSError):
                part.unlink()

    def contents(self) -> frozenset[str]:
        """The contents of all files that are there."""
        return frozenset(
            path.name.removesuffix(ENDING) for path in self._folder.glob(f"*/[!.]*{ENDING}")
        )

    def _write(self, labels: NDArray[np.uint8], geometry: VolumeGeometry, content: str) -> str:
        path = self.path(content)
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True)
                flush_folder(self._folder)
            write_label_file(path, labels, geometry)
        except OSError as error:
            raise _named(write_error(path, error), path) from error
        except WriteError as error:
            raise _named(error, path) from error
        written = _file_sha256(path)
        if written is None:
            raise ProjectError(f"{path.name} vanished as soon as it was written. Check the disk.")
        return written

    def _damaged(self, content: str) -> UnreadableFileError:
        return UnreadableFileError(
            f"The label file {self._short(content)} is damaged: it is not what was saved. {_ADVICE}"
        )

    def _short(self, content: str) -> str:
        return f"labels/{content[:2]}/{content[:12]}...{ENDING}"


def _named(error: WriteError, path: Path) -> WriteError:
    """The same sentence about "the labels": a file name of 64 digits tells nobody anything."""
    return WriteError(str(error).replace(f"{path.name} was", "The labels were"))


def _file_sha256(path: Path) -> str | None:
    """SHA-256 of a file's bytes; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
