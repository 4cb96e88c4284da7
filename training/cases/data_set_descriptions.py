"""How the formats of data sets name their folders and describe what is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from imaging.writers.mask_origin import RESEARCH_USE
from training.cases.export_records import DataSetFormat
from training.cases.label_names import BACKGROUND
from training.cases.records import Split

SPLITS_FILE = "splits.json"
"""Beside every description: the names of the cases by split, as the project has drawn them."""


@dataclass(frozen=True, slots=True)
class WrittenCase:
    """A case of a data set: its name, and its files relative to the data set's folder."""

    name: str
    image: str
    labels: str
    split: Split | None

    @property
    def is_for_training(self) -> bool:
        """True for whatever is not validation or hold-out."""
        return self.split in (Split.TRAIN, None)


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of images and labels."""

    images: str
    labels: str


_TRAINING, _TEST = Place("imagesTr", "labelsTr"), Place("imagesTs", "labelsTs")
_ONE_FOLDER = Place("images", "labels")

PLACES: Mapping[DataSetFormat, tuple[Place, Place]] = {
    DataSetFormat.DECATHLON: (_TRAINING, _TEST),
    DataSetFormat.NNUNET: (_TRAINING, _TEST),
    DataSetFormat.MONAI: (_ONE_FOLDER, _ONE_FOLDER),
}
"""Where a case lies, and where one that is held out."""

IMAGE_ENDINGS = {
    DataSetFormat.DECATHLON: "",
    DataSetFormat.NNUNET: "_0000",
    DataSetFormat.MONAI: "",
}
"""Behind an image's name: nnU-Net numbers the channels."""

NOT_DRAWN = "not drawn"
"""In that file: the cases that have no split."""

Describe = Callable[[str, Sequence[str], Sequence[WrittenCase]], dict[str, object]]
"""From a title, the structures by value (from 1) and the cases to files and their JSON."""


def _decathlon(
    title: str, structures: Sequence[str], cases: Sequence[WrittenCase]
) -> dict[str, object]:
    training = [case for case in cases if case.split is not Split.HOLD_OUT]
    test = [case for case in cases if case.split is Split.HOLD_OUT]
    description = {
        "name": title,
        "description": f"Exported by Maskwright. {RESEARCH_USE}.",
        "tensorImageSize": "3D",
        "modality": {"0": "CT"},
        "labels": {"0": BACKGROUND} | {str(n): s for n, s in enumerate(structures, start=1)},
        "numTraining": len(training),
        "numTest": len(test),
        "training": [_entry(case, "./") for case in training],
        "test": [f"./{case.image}" for case in test],
    }
    return {"dataset.json": description, SPLITS_FILE: _names_by_split(cases)}


def _nnunet(
    title: str, structures: Sequence[str], cases: Sequence[WrittenCase]
) -> dict[str, object]:
    training = [case for case in cases if case.split is not Split.HOLD_OUT]
    description = {
        "name": title,
        "description": f"Exported by Maskwright. {RESEARCH_USE}.",
        "channel_names": {"0": "CT"},
        "labels": {BACKGROUND: 0} | {s: n for n, s in enumerate(structures, start=1)},
        "numTraining": len(training),
        "file_ending": ".nii.gz",
    }
    files: dict[str, object] = {
        "dataset.json": description,
        SPLITS_FILE: _names_by_split(cases),
    }
    validation = [case.name for case in training if case.split is Split.VALIDATION]
    if validation:  # nnU-Net reads it from its folder of preprocessed data: copy it there
        train = [case.name for case in training if case.is_for_training]
        files["splits_final.json"] = [{"train": train, "val": validation}]
    return files


def _monai(
    title: str, structures: Sequence[str], cases: Sequence[WrittenCase]
) -> dict[str, object]:
    description = {
        "name": title,
        "description": f"Exported by Maskwright. {RESEARCH_USE}.",
        "modality": {"0": "CT"},
        "labels": {"0": BACKGROUND} | {str(n): s for n, s in enumerate(structures, start=1)},
        "training": [_entry(case) for case in cases if case.is_for_training],
        "validation": [_entry(case) for case in cases if case.split is Split.VALIDATION],
        "testing": [_entry(case) for case in cases if case.split is Split.HOLD_OUT],
    }
    return {"datalist.json": description, SPLITS_FILE: _names_by_split(cases)}


DESCRIBERS: Mapping[DataSetFormat, Describe] = {
    DataSetFormat.DECATHLON: _decathlon,
    DataSetFormat.NNUNET: _nnunet,
    DataSetFormat.MONAI: _monai,
}


def _entry(case: WrittenCase, prefix: str = "") -> dict[str, str]:
    return {"image": f"{prefix}{case.image}", "label": f"{prefix}{case.labels}"}


def _names_by_split(cases: Sequence[WrittenCase]) -> dict[str, list[str]]:
    names = {split.value: [c.name for c in cases if c.split is split] for split in Split}
    undrawn = [case.name for case in cases if case.split is None]
    return names | ({NOT_DRAWN: undrawn} if undrawn else {})
