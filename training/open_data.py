"""The labelled CTs that the shipped models learn from: open data on disk, and phantoms."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.errors import UnreadableFileError
from imaging.phantom import make_phantom
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.structures import STRUCTURES
from training.patches import TrainingCase, training_case

logger = logging.getLogger(__name__)

TOTALSEGMENTATOR_NAMES: Mapping[int, str] = {
    1: "spleen", 2: "right kidney", 3: "left kidney", 4: "gallbladder", 5: "liver", 6: "stomach",
    7: "pancreas", 8: "right adrenal gland", 9: "left adrenal gland", 15: "esophagus",
    18: "small bowel", 19: "duodenum", 20: "colon", 52: "aorta", 63: "inferior vena cava",
    64: "portal and splenic vein", 79: "spinal cord", 86: "left autochthon", 87: "right autochthon",
}  # fmt: skip
"""Class identifiers of TotalSegmentator's version 2 "total" task, those that matter here."""


def structure_folder_case(
    name: str, ct: Path, folder: Path, *, is_native: bool = False
) -> TrainingCase:
    """A CT with one binary mask a structure (``spleen.nii.gz``, ...); first come, first served.

    Raises:
        UnreadableFileError: if the folder has no mask.
    """
    volume = open_volume(ct)
    files = sorted(folder.glob("*.nii.gz"))
    if not files:
        raise UnreadableFileError(
            f"{folder.name} holds no masks (*.nii.gz). Choose another folder."
        )
    labels = np.zeros(volume.geometry.shape, np.int16)
    names = {}
    for value, file in enumerate(files, start=1):
        mask = open_label_map(file, volume.geometry) > 0
        labels[mask & (labels == 0)] = value
        names[value] = file.name.removesuffix(".nii.gz").replace("_", " ")
    return training_case(name, volume, labels, names, is_native=is_native)


def label_map_case(name: str, ct: Path, label_file: Path, names: Mapping[int, str]) -> TrainingCase:
    """A CT with one label map; values without a name keep a number as theirs."""
    volume = open_volume(ct)
    labels = open_label_map(label_file, volume.geometry)
    return training_case(name, volume, labels, _all_named(labels, names))


def _all_named(labels: NDArray[np.integer], names: Mapping[int, str]) -> dict[int, str]:
    values = (int(value) for value in np.unique(labels) if value)
    return {value: names.get(value, f"structure {value}") for value in values}


def phantom_cases(
    seeds: Iterable[int], shape: tuple[int, int, int] | None = None
) -> list[TrainingCase]:
    """Synthetic patients, one for each seed."""
    names = {structure.label_value: structure.name for structure in STRUCTURES}
    cases = []
    for seed in seeds:
        phantom = make_phantom(seed, shape=shape)
        logger.info("phantom %d", seed)
        cases.append(training_case(f"phantom {seed}", phantom.volume, phantom.labels, names))
    return cases


def real_cases(data: Path) -> list[TrainingCase]:
    """The open CTs with many structures that the first model learns from.

    ``msd_spleen_8`` is not among them: it is kept to measure on.
    """
    ct = data / "ct"
    return [
        structure_folder_case(
            "totalseg_nifti",
            ct / "totalseg_nifti" / "ct.nii.gz",
            ct / "totalseg_nifti" / "labels",
            is_native=True,
        ),
        label_map_case(
            "totalseg_dicom",
            ct / "totalseg_dicom" / "series",
            ct / "totalseg_dicom" / "labels_all.nii.gz",
            TOTALSEGMENTATOR_NAMES,
        ),
    ]
