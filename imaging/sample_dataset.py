"""Writes synthetic patients as a data set in the layout of the Medical Segmentation Decathlon."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imaging.errors import WriteError
from imaging.phantom import Phantom, make_phantom
from imaging.structures import STRUCTURES
from imaging.writers.atomic_file import whole_file
from imaging.writers.volume_file import write_label_file, write_volume_file

DATASET_NAME = "Maskwright synthetic abdomen"

ReportProgress = Callable[[int, int], None]
"""Called with the number of finished cases and of all cases; may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class SampleCase:
    """The files of one synthetic patient."""

    image_path: Path
    label_path: Path

    @property
    def is_complete(self) -> bool:
        """True if both files are there."""
        return self.image_path.is_file() and self.label_path.is_file()


def write_sample_dataset(
    folder: Path,
    seed: int,
    count: int,
    report_progress: ReportProgress | None = None,
    *,
    make_case: Callable[[int], Phantom] = make_phantom,
) -> tuple[SampleCase, ...]:
    """Write ``count`` synthetic patients with their masks; case n is the patient of ``seed`` + n.

    Cases that the folder already holds from an earlier call with this seed are kept as they are,
    also where a user has since changed their masks. ``dataset.json`` lists complete cases only.

    Raises:
        WriteError: the folder holds something else, or a file could not be written.
    """
    if seed < 0 or count < 1:
        raise ValueError(f"seed must not be negative and count at least 1, got {seed}, {count}")
    listed = _claim(folder, seed)
    cases = [_case(folder, number) for number in range(max(count, listed))]
    for number, case in enumerate(cases[:count]):
        if number >= listed or not case.is_complete:
            phantom = make_case(seed + number)
            write_volume_file(case.image_path, phantom.volume)
            write_label_file(case.label_path, phantom.labels, phantom.volume.geometry, STRUCTURES)
            _write_description(folder, seed, cases[: max(number + 1, listed)])
        if report_progress is not None:
            report_progress(number + 1, count)
    return tuple(cases[:count])


def _case(folder: Path, number: int) -> SampleCase:
    file_name = f"phantom_{number:03d}.nii.gz"
    return SampleCase(folder / "imagesTr" / file_name, folder / "labelsTr" / file_name)


def _claim(folder: Path, seed: int) -> int:
    """Make sure that the folder is ours to write; the number of cases that it lists already."""
    try:
        is_new = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
        listed = 0 if is_new else _listed_cases(folder, seed)
        for name in ("imagesTr", "labelsTr"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        if is_new:
            _write_description(folder, seed, [])
    except OSError as error:
        raise WriteError(
            f"The sample data set cannot be written to {folder.name}: {error.strerror}. "
            "Choose another folder."
        ) from error
    return listed


def _listed_cases(folder: Path, seed: int) -> int:
    try:
        description = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        if description["name"] == DATASET_NAME and description["seed"] == seed:
            return int(description["numTraining"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # Whatever it is, it is not a data set of ours: the sentence below says so.
    raise WriteError(
        f"The folder {folder.name} is not empty and does not hold the sample data set of seed "
        f"{seed}. Nothing was written. Choose an empty folder, or the folder and seed of a sample "
        "data set to continue it."
    )


def _write_description(folder: Path, seed: int, cases: list[SampleCase]) -> None:
    labels = {"0": "background"}
    labels |= {str(structure.label_value): structure.name for structure in STRUCTURES}
    description = {
        "name": DATASET_NAME,
        "description": "Synthetic abdomen CT with true masks, drawn by a program. No patient.",
        "reference": "Maskwright",
        "licence": "CC0-1.0",
        "release": "1.0",
        "tensorImageSize": "3D",
        "modality": {"0": "CT"},
        "labels": labels,
        "seed": seed,
        "numTraining": len(cases),
        "numTest": 0,
        "training": [
            {
                "image": f"./imagesTr/{case.image_path.name}",
                "label": f"./labelsTr/{case.label_path.name}",
            }
            for case in cases
        ],
        "test": [],
    }
    with whole_file(folder / "dataset.json", ".json") as path:
        path.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
