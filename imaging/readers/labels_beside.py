"""Finds label files that lie beside a CT, by the names that data sets and programs give them."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from imaging.readers.volume_source import ITK_ENDINGS, NIFTI_ENDINGS, name_of_file

MAX_FOUND = 5
"""More are no offer but a list to search."""

LABEL_WORDS = (
    "label",
    "labels",
    "seg",
    "segmentation",
    "segmentations",
    "mask",
    "masks",
    "annotation",
    "annotations",
    "gt",
)
IMAGE_WORDS = ("image", "imaging", "img", "volume", "scan", "ct")
"""A name that begins so has a sister that begins with a label word: volume-3, segmentation-3."""

_LABEL_FOLDERS = ("labelsTr", "labelsTs", *LABEL_WORDS)
_CHANNEL = "_0000"
"""nnU-Net's images carry the number of their channel, its labels do not."""


def labels_beside(ct: Path) -> tuple[Path, ...]:
    """Files that are named as if they held labels of a CT file or DICOM folder, likeliest first.

    Only names are looked at: whether a file fits is found when it is opened.
    """
    stem = (ct.name if ct.is_dir() else name_of_file(ct)).lower()
    stems = (stem, stem.removesuffix(_CHANNEL))
    here = _files_named(ct.parent, _names_beside(stems), ct)
    folders = {folder.lower() for folder in _LABEL_FOLDERS}
    elsewhere = [
        file
        for parent in (ct.parent.parent, ct.parent)
        for folder in _folders_named(parent, folders - {ct.parent.name.lower()})
        for file in _files_named(folder, {*stems, *_names_beside(stems)}, ct)
    ]
    return tuple(dict.fromkeys((*here, *elsewhere)))[:MAX_FOUND]


def _names_beside(stems: tuple[str, ...]) -> set[str]:
    """What a label file in the CT's own folder may be called, without its ending."""
    names = {f"{stem}{mark}{word}" for stem, mark, word in product(stems, "_-.", LABEL_WORDS)}
    for stem, image, label in product(stems, IMAGE_WORDS, LABEL_WORDS):
        rest = stem.removeprefix(image)
        if rest != stem and not rest[:1].isalpha():
            names.add(f"{label}{rest}")
    return names - set(stems)


def _files_named(folder: Path, names: set[str], ct: Path) -> list[Path]:
    return [
        entry
        for entry in _entries(folder)
        if entry.name.lower().endswith((*NIFTI_ENDINGS, *ITK_ENDINGS))
        and name_of_file(entry).lower() in names
        and entry != ct
        and entry.is_file()
    ]


def _folders_named(parent: Path, names: set[str]) -> list[Path]:
    return [entry for entry in _entries(parent) if entry.name.lower() in names and entry.is_dir()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # a folder that may not be listed has nothing to offer
        return []
