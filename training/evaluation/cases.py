"""Finds the labelled CTs to measure on: two folders, or a data set that describes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from imaging.errors import CaseError
from imaging.structures import Structure
from training.cases.data_sets import DESCRIPTIONS, read_data_set
from training.cases.label_names import structure_of_name

DATASET_FOLDERS = frozenset({"imagesTr", "imagesTs", "images"})
"""A folder of these names says nothing; that around it names the data."""

VOLUME_ENDINGS = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")


@dataclass(frozen=True, slots=True)
class EvaluationCase:
    """A CT and its label file; the name is that of the file, without endings."""

    name: str
    image: Path
    labels: Path


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """What a model is measured on.

    Attributes:
        name: what it is called in reports.
        cases: CTs with labels.
        without_labels: names of CTs that have none.
        label_names: what the label values mean, where the data say so.
    """

    name: str
    cases: tuple[EvaluationCase, ...]
    without_labels: tuple[str, ...] = ()
    label_names: Mapping[int, str] = field(default_factory=dict)

    def label_value_of(self, structure: Structure) -> int | None:
        """The value that the data say a structure has; None where they do not say."""
        for value, name in self.label_names.items():
            if structure_of_name(name) == structure:
                return value
        return None


def data_of_folders(images: Path, labels: Path) -> EvaluationData:
    """The CTs of one folder that have a label file of the same name in another.

    A `dataset.json` beside the folder of labels says what their values mean.

    Raises:
        CaseError: a folder is not there, or nothing goes together.
    """
    for folder in (images, labels):
        if not folder.is_dir():
            raise CaseError(f"There is no folder {folder}. Check the path.")
    cases, lonely = pair_cases(images, labels)
    if not cases:
        raise CaseError(f"No CT in {images} has a label file of the same name in {labels}.")
    folder = images.resolve()
    name = folder.parent.name if folder.name in DATASET_FOLDERS else folder.name
    return EvaluationData(name, tuple(cases), tuple(lonely), _names_beside(labels))


def data_of_data_set(path: Path) -> EvaluationData:
    """The labelled CTs of a Decathlon or nnU-Net folder, or of a MONAI data list.

    Raises:
        CaseError: it is no data set of CTs, or has no labels.
    """
    data_set = read_data_set(path)
    cases = [
        EvaluationCase(entry.name, entry.image, entry.labels)
        for entry in data_set.cases
        if entry.labels is not None
    ]
    if not cases:
        raise CaseError(f"{path.name} has no labelled CT to measure on. Choose another data set.")
    lonely = tuple(entry.image.name for entry in data_set.cases if entry.labels is None)
    return EvaluationData(data_set.title, tuple(cases), lonely, data_set.names)


def _names_beside(labels: Path) -> Mapping[int, str]:
    description = labels.resolve().parent / DESCRIPTIONS[0]
    if not description.is_file():
        return {}
    try:
        return read_data_set(description).names
    except CaseError:
        return {}  # It describes something else; these folders were named by the user.


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
