"""Finds the cases of a data set in Decathlon layout, and what the values in its masks mean."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.data import MetaTensor
from monai.transforms import MapTransform

Case = dict[str, Any]
"""``{"image": path, "label": path}``, as MONAI's loaders want it."""

VALIDATED_OF_ALL = 9 / 41
"""The spleen data of the Decathlon: 32 cases to learn from, 9 to validate on."""

IMAGE_SUFFIXES = (".nii.gz", ".nii")
BACKGROUND = "background"


class DecathlonSet:
    """A data set with ``imagesTr``, ``labelsTr`` and, if all is well, ``dataset.json``.

    Cases are split in this order of preference: by a data list (``training``, ``validation``,
    ``testing``; paths relative to the folder), by the same keys in ``dataset.json``, or by name:
    the last cases validate, 9 of 41, as in the published bundles.

    Args:
        folder: where ``dataset.json`` and ``imagesTr`` are.
        label_names: structure to channel; only the names are used.
        aliases: other names by which ``dataset.json`` may call a structure.
        data_list: a JSON file with the split; an empty string if there is none.
        validation_share: part of the cases that validates, where no split is stated.
        split_seed: shuffles the cases before that; None keeps them in the order of their names.
        limit: at most so many cases, for a trial; 0 takes all.
    """

    def __init__(
        self,
        folder: str,
        label_names: Mapping[str, int],
        aliases: Mapping[str, Sequence[str]] | None = None,
        data_list: str = "",
        validation_share: float = VALIDATED_OF_ALL,
        split_seed: int | None = None,
        limit: int = 0,
    ) -> None:
        if not folder:
            raise ValueError("Say where the data set is: --dataset_dir DIR.")
        self.folder = Path(folder).expanduser()
        if not self.folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}. Check --dataset_dir.")
        self._names = [name for name in label_names if name != BACKGROUND]
        self._aliases = aliases or {}
        self._data_list = data_list
        self._validation_share = validation_share
        self._split_seed = split_seed
        self._limit = limit

    @cached_property
    def description(self) -> dict[str, Any]:
        """``dataset.json``; empty if there is none."""
        path = self.folder / "dataset.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @cached_property
    def label_values(self) -> dict[str, int]:
        """Each structure's value in the masks, from the names in ``dataset.json``.

        Without names the structures have the values 1, 2, ... in the order of ``label_names``.
        """
        stated = self.description.get("labels")
        if not stated:
            return {name: value for value, name in enumerate(self._names, start=1)}
        values = {str(name).strip().lower(): int(value) for value, name in _value_to_name(stated)}
        found = {}
        for name in self._names:
            known = (name, *self._aliases.get(name, ()))
            matching = [values[other.lower()] for other in known if other.lower() in values]
            if not matching:
                raise ValueError(
                    f"dataset.json names {', '.join(values)}, but no {name}. "
                    "Add the name that it uses to label_aliases."
                )
            found[name] = matching[0]
        return found

    @property
    def training(self) -> list[Case]:
        """The cases to learn from."""
        return self._split["training"]

    @property
    def validation(self) -> list[Case]:
        """The cases that choose the best epoch."""
        return self._split["validation"]

    @property
    def testing(self) -> list[Case]:
        """Labelled cases that neither trained nor chose; empty where no split names them."""
        return self._split["testing"]

    @cached_property
    def _split(self) -> dict[str, list[Case]]:
        lists = self.description
        if self._data_list:
            lists = json.loads(Path(self._data_list).read_text(encoding="utf-8"))
        if "validation" in lists:
            keys = ("training", "validation", "testing")
            split = {key: [self._case(entry) for entry in lists.get(key, ())] for key in keys}
            self._check_files(case for cases in split.values() for case in cases)
            return split
        cases = self._all_cases()
        if len(cases) < 2:
            raise ValueError(
                f"{self.folder.name} has {len(cases)} labelled cases; training needs at least two, "
                "one to learn from and one to validate on."
            )
        if self._split_seed is not None:
            random.Random(self._split_seed).shuffle(cases)
        if self._limit:
            cases = cases[: max(self._limit, 2)]
        held_back = min(max(round(len(cases) * self._validation_share), 1), len(cases) - 1)
        processes = int(os.environ.get("WORLD_SIZE", "1"))
        if min(held_back, len(cases) - held_back) < processes:
            raise ValueError(
                f"{processes} processes need as many cases to train and to validate on; "
                f"there are {len(cases) - held_back} and {held_back}. "
                "Start fewer processes, or change --validation_share."
            )
        return {"training": cases[:-held_back], "validation": cases[-held_back:], "testing": []}

    def _check_files(self, cases: Iterable[Case]) -> None:
        """A list made for another folder would fail only hours later, at the first such case."""
        for case in cases:
            for path in case.values():
                if not Path(path).is_file():
                    raise FileNotFoundError(
                        f"The data list names {Path(path).name}, which is not in {self.folder}. "
                        "Make the list again for this folder."
                    )

    def _all_cases(self) -> list[Case]:
        listed = self.description.get("training")
        if listed:
            return sorted(map(self._case, listed), key=lambda case: case["image"])
        images = images_in(self.folder / "imagesTr")
        pairs = [(image, self.folder / "labelsTr" / image.name) for image in images]
        return [
            {"image": str(image), "label": str(label)} for image, label in pairs if label.is_file()
        ]

    def _case(self, entry: Mapping[str, str]) -> Case:
        return {key: str(self.folder / entry[key]) for key in ("image", "label")}


def _value_to_name(stated: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Pairs (value, name), whichever way round; nnU-Net writes ``{"spleen": 1}``."""
    if all(str(key).isdigit() for key in stated):
        return list(stated.items())
    return [(value, name) for name, value in stated.items() if isinstance(value, int)]


def images_in(folder: Path) -> list[Path]:
    """The NIfTI files of a folder by name, without the hidden ones of archives packed on a Mac."""
    return sorted(
        path
        for path in folder.glob("*.nii*")
        if path.name.endswith(IMAGE_SUFFIXES) and not path.name.startswith(".")
    )


def images_to_segment(dataset_dir: str, image: str = "") -> list[Case]:
    """One CT, or those of ``imagesTs``; of ``imagesTr`` where a data set has no test images."""
    if image:
        if not Path(image).exists():
            raise FileNotFoundError(f"There is no file {image}. Check --image.")
        return [{"image": image}]
    if not dataset_dir:
        raise ValueError("Say what to segment: --dataset_dir DIR, or --image FILE.")
    for name in ("imagesTs", "imagesTr"):
        images = images_in(Path(dataset_dir).expanduser() / name)
        if images:
            return [{"image": str(path)} for path in images]
    raise FileNotFoundError(
        f"{dataset_dir} has no NIfTI images in imagesTs or imagesTr. Check --dataset_dir."
    )


class SelectLabelsd(MapTransform):
    """Number the structures 1, 2, ... in the order of ``label_names``; all else is background.

    Also leaves ``label_names`` in that order in the data, where MONAI's click transforms look for
    it. MONAI 1.6 sorts names by the alphabet instead (RemapLabelsToSequentiald), background
    first, which swaps the click channels of a network trained before.
    """

    def __init__(
        self, keys: str, label_names: Mapping[str, int], label_values: Mapping[str, int]
    ) -> None:
        super().__init__(keys)
        self._values = dict(label_values)
        self._names = numbered(label_names)

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return the data with the label renumbered, as float32."""
        found = dict(data)
        for key in self.key_iterator(found):
            old = found[key]
            array = np.asarray(old)
            new = torch.zeros(array.shape, dtype=torch.float32)
            for name, number in self._names.items():
                if name != BACKGROUND:
                    new[torch.from_numpy(np.rint(array) == self._values[name])] = number
            found[key] = MetaTensor(new, meta=old.meta, applied_operations=old.applied_operations)
            found["label_names"] = dict(self._names)
        return found


def numbered(label_names: Mapping[str, int]) -> dict[str, int]:
    """The structures in their order, numbered from 1; background keeps its place and is 0."""
    structures = [name for name in label_names if name != BACKGROUND]
    return {name: 0 if name == BACKGROUND else 1 + structures.index(name) for name in label_names}
