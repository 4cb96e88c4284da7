"""Splits a data set in Decathlon layout into cases to train, to validate and to test on.

The split of 281 cases is that of the published bundle (196, 56, 29), the same cases in the same
order: two draws of numpy's legacy generator with the seed 123.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

SEED = 123
TRAINING_PERCENT = 70
VALIDATION_PERCENT_OF_REST = 66


def data_list(folder: Path, train_size: int | None = None) -> dict[str, list[dict[str, str]]]:
    """The lists "training", "validation" and "testing" of a folder with ``labelsTr``."""
    labels = sorted(path.name for path in (folder / "labelsTr").glob("[!.]*.nii*"))
    if len(labels) < 3:
        raise SystemExit(
            f"{folder} has {len(labels)} files in labelsTr; three are the least that can be split."
        )
    cases = [{"label": f"labelsTr/{name}", "image": f"imagesTr/{name}"} for name in labels]
    count = train_size or len(cases) * TRAINING_PERCENT // 100
    if not 0 < count <= len(cases) - 2:
        raise SystemExit(f"--train_size must leave at least two of the {len(cases)} cases.")
    random = np.random.RandomState(SEED)
    rest, training = _draw(random, cases, count)
    held_back = max(len(rest) * VALIDATION_PERCENT_OF_REST // 100, 1)
    testing, validation = _draw(random, rest, held_back)
    return {"training": training, "validation": validation, "testing": testing}


def _draw(
    random: np.random.RandomState, cases: list[dict[str, str]], count: int
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The cases that are left, and ``count`` that were drawn."""
    order = random.permutation(len(cases))
    left = len(cases) - count
    return [cases[n] for n in order[:left]], [cases[n] for n in order[left:]]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", type=Path, required=True, help="the folder of the data set")
    parser.add_argument("--output", type=Path, required=True, help="the file to write")
    parser.add_argument("--train_size", type=int, help="cases to train on; default: 70 %%")
    arguments = parser.parse_args()
    lists = data_list(arguments.path, arguments.train_size)
    arguments.output.write_text(json.dumps(lists, indent=4) + "\n", encoding="utf-8")
