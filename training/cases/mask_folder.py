"""Reads a folder with one mask file for each structure, as TotalSegmentator writes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from imaging.errors import CaseError
from imaging.geometry import VolumeGeometry
from imaging.readers.label_file import OpenedLabels, open_label_map
from imaging.readers.volume_source import name_of_file
from imaging.structures import Structure, all_structures
from training.cases.find_cases import VOLUME_ENDINGS, IsCancelled
from training.cases.label_names import structure_of_name


def open_mask_folder(
    folder: Path, geometry: VolumeGeometry, *, is_cancelled: IsCancelled
) -> OpenedLabels:
    """One label map of all masks whose file names are structures we know; the others are left.

    Where masks overlap, the voxel goes to the one that comes first in the organ table.

    Raises:
        CaseError: no file is named after a structure.
        GeometryMismatchError: a mask does not lie on the CT's grid.
        UnreadableFileError: a mask is damaged.
        CancelledError: ``is_cancelled`` said so.
    """
    files = _files_by_structure(folder)
    labels = np.zeros(geometry.shape, np.uint8)
    overlap = 0
    for structure in (one for one in all_structures() if one in files):
        mask = open_label_map(files[structure], geometry, is_cancelled=is_cancelled) > 0
        overlap += int(np.count_nonzero(mask & (labels > 0)))
        labels[mask & (labels == 0)] = structure.label_value
    if not overlap:
        return OpenedLabels(labels, ())
    return OpenedLabels(labels, (f"Masks overlapped in {overlap} voxels.",))


def _files_by_structure(folder: Path) -> dict[Structure, Path]:
    files: dict[Structure, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.name.startswith(".") or not file.name.lower().endswith(VOLUME_ENDINGS):
            continue
        structure = structure_of_name(name_of_file(file))
        if structure is not None:
            files.setdefault(structure, file)
    if not files:
        raise CaseError(
            f"No file in {folder.name} is named after a structure that we know, such as "
            "spleen.nii.gz or kidney_left.nii.gz. Name a label file itself."
        )
    return files
