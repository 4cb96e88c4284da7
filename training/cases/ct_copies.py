"""Copies CTs into a project, as they are or without what names the patient."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imaging.readers.open_volume import open_volume
from imaging.readers.volume_source import NIFTI_ENDINGS
from imaging.writers.atomic_file import flush_folder, write_error
from imaging.writers.volume_file import write_volume_file
from training.cases.find_cases import FoundCt, IsCancelled, stop_if

WHOLE_ENDINGS = (*NIFTI_ENDINGS[::-1], ".nrrd", ".mha")
"""Files that hold header and voxels; of the others the voxels lie in a second file."""

PASSING_NAMES = ".*.part"

LEFTOVER_AGE_S = 24 * 3600.0
"""No CT takes so long to copy."""

HASH_LETTERS = 16
"""So many of a content hash name the folder of a copy; 64 bits do not collide by chance."""


@dataclass(frozen=True, slots=True)
class StagedCt:
    """A CT that is ready to be opened, and will be a case's source.

    ``copied_to`` is the folder in the project that holds it, still under a passing name; None
    for a CT that stays where it is.
    """

    path: Path
    series_uid: str | None
    copied_to: Path | None
    warnings: tuple[str, ...] = ()

    @contextmanager
    def settled(self, cts_folder: Path, content_sha256: str) -> Iterator[Path]:
        """The CT's lasting path; a copy gets its name for good unless the block fails.

        Raises:
            WriteError: the system refused.
        """
        if self.copied_to is None:
            yield self.path
            return
        folder = cts_folder / content_sha256[:HASH_LETTERS]
        try:
            if folder.exists():  # left by a run that died before the case was written
                shutil.rmtree(folder)
            flush_folder(self.copied_to)
            self.copied_to.rename(folder)
            flush_folder(cts_folder)
        except OSError as error:
            raise write_error(folder, error) from error
        try:
            yield folder / self.path.relative_to(self.copied_to)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


@contextmanager
def in_place(ct: FoundCt) -> Iterator[StagedCt]:
    """The CT where it is."""
    yield StagedCt(ct.path, ct.series_uid or None, None)


@contextmanager
def copied(ct: FoundCt, cts_folder: Path, is_cancelled: IsCancelled) -> Iterator[StagedCt]:
    """A copy of the CT under a passing name; it is gone afterwards unless it was settled.

    File names are not kept: they may name the patient.

    Raises:
        WriteError: the copy failed; nothing is left of it.
        CancelledError: ``is_cancelled`` said so.
    """
    with passing_folder(cts_folder) as folder:
        if ct.is_dicom:
            for number, file in enumerate(ct.files, start=1):
                stop_if(is_cancelled)
                _copy(file, folder / f"{number:05d}.dcm")
            yield StagedCt(folder, ct.series_uid or None, folder)
        else:
            yield StagedCt(_copied_file(ct.path, folder), None, folder)


def remove_leftovers(cts_folder: Path) -> None:
    """Remove what runs that died left under passing names; young ones may be in use."""
    for folder in cts_folder.glob(PASSING_NAMES):
        try:
            is_old = time.time() - folder.stat().st_mtime > LEFTOVER_AGE_S
        except OSError:
            continue  # just finished by somebody
        if is_old:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def passing_folder(cts_folder: Path) -> Iterator[Path]:
    """A new folder in the project; what still has its name in the end is removed.

    Raises:
        WriteError: it cannot be made.
    """
    folder = cts_folder / f".{uuid.uuid4().hex}.part"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise write_error(cts_folder, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied_file(file: Path, folder: Path) -> Path:
    ending = next((end for end in WHOLE_ENDINGS if file.name.lower().endswith(end)), None)
    if ending is None:
        target = folder / "ct.nii.gz"
        write_volume_file(target, open_volume(file))
        return target
    target = folder / f"ct{ending}"
    _copy(file, target)
    return target


def _copy(file: Path, target: Path) -> None:
    """Copy a file, and wait until the disk has it: the case will promise that it is there."""
    try:
        shutil.copyfile(file, target)
        with target.open("rb+") as copy:
            os.fsync(copy.fileno())
    except OSError as error:
        raise write_error(target, error) from error
