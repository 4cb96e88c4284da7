"""Copies a NIfTI, NRRD or MetaImage CT without its text fields."""

from __future__ import annotations

from pathlib import Path

from imaging.readers.open_volume import open_volume
from imaging.writers.volume_file import write_volume_file


def deidentify_volume_file(path: Path, target: Path) -> None:
    """Write voxels (HU, int16) and grid of a CT to ``target`` and nothing else of its file.

    Descriptions, names of patients, extensions and the name inside of a gzip file stay behind.

    Raises:
        UnreadableFileError: the CT cannot be opened.
        WriteError: the copy could not be written.
    """
    write_volume_file(target, open_volume(path))
