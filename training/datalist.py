"""Splits a data set in Decathlon layout into cases to train, to validate and to test on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from imaging.errors import ProjectError
from imaging.writers.atomic_file import whole_file

SEED = 123
TRAINING_PERCENT = 70
VALIDATION_PERCENT_OF_REST = 66

DataList = dict[str, list[dict[str, str]]]
"""Keys "training", "validation", "testing"; cases are ``{"label": ..., "image": ...}``."""


def make_data_list(folder: Path, train_size: int | None = None) -> DataList:
    """Split the labelled cases of a folder, paths relative to it, always in the same way.

    The drawing is that of the DiNTS bundle in MONAI's Model Zoo: 281 cases of Task07_Pancreas
    give its 196, 56 and 29, the same cases in the same order (numpy's legacy generator, whose
    numbers are fixed for good).

    Raises:
        ProjectError: the folder has too few labelled cases.
    """
    labels = sorted(path.name for path in (folder / "labelsTr").glob("[!.]*.nii*"))
    missing = [name for name in labels if not (folder / "imagesTr" / name).is_file()]
    if missing:
        raise ProjectError(
            f"{missing[0]} lies in labelsTr but not in imagesTr. Add the CT, or remove the mask."
        )
    if len(labels) < 3:
        raise ProjectError(
            f"{folder.name} has {len(labels)} labelled cases in imagesTr and labelsTr; "
            "a split needs at least three."
        )
    cases = [{"label": f"labelsTr/{name}", "image": f"imagesTr/{name}"} for name in labels]
    count = len(cases) * TRAINING_PERCENT // 100 if train_size is None else train_size
    if not 0 < count <= len(cases) - 2:
        raise ProjectError(
            f"{count} of {len(cases)} cases cannot train: one must validate, and one test."
        )
    random = np.random.RandomState(SEED)
    rest, training = _draw(random, cases, count)
    testing, validation = _draw(random, rest, max(len(rest) * VALIDATION_PERCENT_OF_REST // 100, 1))
    return {"training": training, "validation": validation, "testing": testing}


def write_data_list(path: Path, data_list: DataList) -> None:
    """Write it as JSON.

    Raises:
        WriteError: the file could not be written; an old one is intact.
    """
    with whole_file(path, ".json") as part:
        part.write_text(json.dumps(data_list, indent=4) + "\n", encoding="utf-8")


def _draw(
    random: np.random.RandomState, cases: list[dict[str, str]], count: int
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The cases that are left, and ``count`` that were drawn."""
    order = random.permutation(len(cases))
    left = len(cases) - count
    return [cases[n] for n in order[:left]], [cases[n] for n in order[left:]]
