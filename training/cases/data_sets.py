"""Reads what labelled data sets hold: Medical Segmentation Decathlon, nnU-Net, MONAI data lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imaging.errors import CaseError
from imaging.readers.volume_source import name_of_file
from training.cases.data_set_descriptions import NOT_DRAWN, SPLITS_FILE
from training.cases.find_cases import VOLUME_ENDINGS
from training.cases.label_names import BACKGROUND
from training.cases.records import Split

DESCRIPTIONS = ("dataset.json", "datalist.json")
"""What a data set's folder is looked through for; the second is our own name for MONAI's list."""

FIRST_CHANNEL = "_0000"
"""nnU-Net numbers the channels of an image behind its name; a CT has one."""

MAX_DESCRIPTION_BYTES = 50_000_000
"""A data list of a hundred thousand cases; what is larger is none."""

_SPLIT_OF_LIST = {
    "training": Split.TRAIN,
    "validation": Split.VALIDATION,
    "testing": Split.HOLD_OUT,
    "test": Split.HOLD_OUT,
}
"""How data lists are called, and what they are for."""


@dataclass(frozen=True, slots=True)
class LabelledCt:
    """One entry of a data set.

    ``labels`` is None for an image without; ``split`` what the data set says it is for.
    """

    image: Path
    labels: Path | None
    split: Split | None

    @property
    def name(self) -> str:
        """The image's name without ending and channel number."""
        return name_of_file(self.image).removesuffix(FIRST_CHANNEL)


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a data set's description says.

    ``names`` are the meanings of its label values, as it spells them; empty where it is silent.
    """

    title: str
    cases: tuple[LabelledCt, ...]
    names: Mapping[int, str]


def read_data_set(path: Path) -> DataSet:
    """The data set of a folder with a `dataset.json`, or of a JSON file.

    Raises:
        CaseError: it is no such data set, or not of CTs.
    """
    file = _description_in(path) if path.is_dir() else path
    description = _load(file)
    _check_is_ct(file, description)
    names = _names(file, description.get("labels", {}))
    if "channel_names" in description or "file_ending" in description:
        cases = tuple(_nnunet_cases(file.parent, description))
    else:
        cases = tuple(_listed_cases(file, description))
    if not cases:
        raise CaseError(
            f"{file.name} lists no case. A data set is a Decathlon or nnU-Net folder with "
            f'{DESCRIPTIONS[0]}, or a JSON file with a "training" list.'
        )
    title = description.get("name")
    name = title if isinstance(title, str) and title else path.name
    return DataSet(name, _with_stated_splits(file.parent / SPLITS_FILE, cases), names)


def _description_in(folder: Path) -> Path:
    found = (folder / name for name in DESCRIPTIONS if (folder / name).is_file())
    return next(found, folder / DESCRIPTIONS[0])


def _load(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_DESCRIPTION_BYTES:
            raise CaseError(f"{file.name} is too large for the description of a data set.")
        description = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CaseError(
            f"There is no {file.name} in {file.parent}. Name the folder of a Decathlon or "
            "nnU-Net data set, or the JSON file of a data list."
        ) from error
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{file.name} is not JSON, so it describes no data set.") from error
    if not isinstance(description, dict):
        raise CaseError(f"{file.name} describes no data set: it is not a JSON object.")
    return description


def _check_is_ct(file: Path, description: dict[str, Any]) -> None:
    channels = description.get("channel_names", description.get("modality"))
    first = channels.get("0") if isinstance(channels, dict) else channels
    if isinstance(first, str) and "CT" not in first.upper():
        raise CaseError(
            f'The images of {file.parent.name} are "{first}", as {file.name} says. Only CT can be '
            "added."
        )
    if isinstance(channels, dict) and len(channels) > 1:
        raise CaseError(
            f"The images of {file.parent.name} have {len(channels)} channels, as {file.name} says. "
            "Only CT, which has one, can be added."
        )


def _names(file: Path, labels: object) -> dict[int, str]:
    """Names by value; Decathlon writes {"1": "spleen"}, nnU-Net {"spleen": 1}."""
    if not isinstance(labels, dict):
        return {}
    names: dict[int, str] = {}
    for key, value in labels.items():
        if str(key).isdecimal() and isinstance(value, str):
            names[int(key)] = value
        elif isinstance(value, int):
            names[value] = str(key)
        elif isinstance(value, list):
            raise CaseError(
                f'{file.name} defines "{key}" as a region of several labels. Maskwright keeps one '
                "structure for each voxel: replace the regions by single labels."
            )
    return {value: name for value, name in names.items() if value and name.lower() != BACKGROUND}


def _nnunet_cases(folder: Path, description: dict[str, Any]) -> Iterator[LabelledCt]:
    ending = str(description.get("file_ending", ".nii.gz"))
    for images, labels, split in (
        ("imagesTr", "labelsTr", None),
        ("imagesTs", "labelsTs", Split.HOLD_OUT),
    ):
        for image in sorted((folder / images).glob(f"*{FIRST_CHANNEL}{ending}")):
            if image.name.startswith("."):
                continue  # macOS leaves "._name" files in archives
            name = image.name.removesuffix(f"{FIRST_CHANNEL}{ending}")
            mask = folder / labels / f"{name}{ending}"
            yield LabelledCt(image, mask if mask.is_file() else None, split)


def _listed_cases(file: Path, description: dict[str, Any]) -> Iterator[LabelledCt]:
    has_own_split = isinstance(description.get("validation"), list) and description["validation"]
    for key, split in _SPLIT_OF_LIST.items():
        entries = description.get(key)
        for entry in entries if isinstance(entries, list) else []:
            # Without validation cases the description leaves the choice to whoever trains.
            known = split if has_own_split or split is Split.HOLD_OUT else None
            yield _listed_case(file, key, entry, known)


def _listed_case(file: Path, key: str, entry: object, split: Split | None) -> LabelledCt:
    fields = entry if isinstance(entry, dict) else {"image": entry}
    image, labels = _one(fields.get("image")), _one(fields.get("label"))
    if image is not None and labels is None:
        labels = _labels_of_test_image(file.parent, image)
    if image is None:
        raise CaseError(
            f'{file.name}: an entry of "{key}" names no single image. An entry is '
            '{"image": "a file", "label": "a file"}.'
        )
    return LabelledCt(
        _image_file(file.parent / image), file.parent / labels if labels else None, split
    )


def _with_stated_splits(file: Path, cases: Sequence[LabelledCt]) -> tuple[LabelledCt, ...]:
    """The cases with the splits that our own file beside a description states, if it is there."""
    try:
        stated = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return tuple(cases)  # none, or some other program's
    if not isinstance(stated, dict):
        return tuple(cases)
    splits: dict[str, Split | None] = {}
    for split in (*Split, None):
        names = stated.get(split or NOT_DRAWN)
        splits |= {str(name): split for name in (names if isinstance(names, list) else [])}
    return tuple(replace(case, split=splits.get(case.name, case.split)) for case in cases)


def _labels_of_test_image(folder: Path, image: str) -> str | None:
    """Decathlon lists its test images alone; the labels, where it has some, lie beside them."""
    labels = image.replace("imagesTs", "labelsTs")
    return labels if labels != image and (folder / labels).is_file() else None


def _one(value: object) -> str | None:
    """A file's name, also where it is the only one of a list."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) and value else None


def _image_file(image: Path) -> Path:
    """The image; older nnU-Net descriptions leave out the number of the channel."""
    if image.exists():
        return image
    ending = next((end for end in VOLUME_ENDINGS[::-1] if image.name.endswith(end)), "")
    numbered = image.with_name(f"{image.name.removesuffix(ending)}{FIRST_CHANNEL}{ending}")
    return numbered if ending and numbered.exists() else image
