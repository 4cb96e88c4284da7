"""Pairs the CTs of one folder with the label files of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VOLUME_ENDINGS = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")


@dataclass(frozen=True, slots=True)
class EvaluationCase:
    """A CT and its label file; the name is that of the file, without endings."""

    name: str
    image: Path
    labels: Path


def pair_cases(images: Path, labels: Path) -> tuple[Sequence[EvaluationCase], Sequence[str]]:
    """CTs and label files of the same name in two folders, and the names that have no partner.

    ``_0000`` at the end of a CT's name (nnU-Net) and ``_seg``, ``_label`` or ``_labels`` at the
    end of a label file's are not part of the name.
    """
    label_files = {_stem(path, ("_seg", "_label", "_labels")): path for path in _volumes(labels)}
    cases, lonely = [], []
    for image in _volumes(images):
        name = _stem(image, ("_0000",))
        if name in label_files:
            cases.append(EvaluationCase(name, image, label_files[name]))
        else:
            lonely.append(image.name)
    return cases, lonely


def _volumes(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.name.endswith(VOLUME_ENDINGS) and not path.name.startswith(".")
    )


def _stem(path: Path, suffixes: tuple[str, ...]) -> str:
    ending = next(ending for ending in VOLUME_ENDINGS if path.name.endswith(ending))
    name = path.name.removesuffix(ending)
    for suffix in suffixes:
        name = name.removesuffix(suffix)
    return name
