"""Training cases as plain arrays on the disk: read page by page, so memory stays small."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from imaging.phantom import make_phantom
from imaging.structures import all_structures
from imaging.writers.atomic_folder import whole_folder
from training.cases.case_volume import open_case_volume
from training.cases.find_cases import IsCancelled, stop_if
from training.cases.project import Project
from training.fine_tuning.plan import PlannedCase
from training.patches import TrainingCase, training_case

REPLAY_SEEDS = range(3000, 3004)
"""Synthetic patients against forgetting; no test and no training of a shipped model has them."""

GUARD_SEEDS = range(3004, 3006)
"""Synthetic patients that are not trained on: by them it is seen what a training forgot."""

REPLAY_SHAPE = (80, 176, 176)
"""About 4 x 2.2 x 2.2 mm: the network sees 2 mm, and finer ones take long to make."""


def project_case(
    project: Project, planned: PlannedCase, folder: Path, is_cancelled: IsCancelled
) -> TrainingCase:
    """A case on the working grid, from ``folder`` where it was prepared before.

    Raises:
        MaskwrightError: its CT or labels cannot be read.
    """
    place = folder / f"{planned.case_id}-{planned.version_id}"
    if not place.exists():
        case = project.cases.get(planned.case_id)
        volume = open_case_volume(project, case, is_cancelled=is_cancelled)
        labels = project.versions.read(planned.version_id).labels
        save_case(training_case(planned.patient, volume, labels, _names()), place)
    return load_case(place)


def replay_cases(
    folder: Path, is_cancelled: IsCancelled, seeds: Iterable[int] = REPLAY_SEEDS
) -> list[TrainingCase]:
    """The synthetic patients of every fine-tuning, made once for each computer."""
    cases = []
    for seed in seeds:
        stop_if(is_cancelled)
        place = folder / f"phantom-{seed}"
        if not place.exists():
            save_case(_phantom_case(seed), place)
        cases.append(load_case(place))
    return cases


def _phantom_case(seed: int) -> TrainingCase:
    phantom = make_phantom(seed, shape=REPLAY_SHAPE)
    return training_case(f"phantom {seed}", phantom.volume, phantom.labels, _names())


def save_case(case: TrainingCase, place: Path) -> None:
    """Write a case to a folder, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(place) as part:
        np.save(part / "hu.npy", case.hu, allow_pickle=False)
        np.save(part / "labels.npy", case.labels, allow_pickle=False)
        about = {
            "name": case.name,
            "names": {str(value): name for value, name in case.names.items()},
            "spacing_mm": [float(mm) for mm in case.spacing_mm],
            "is_native": case.is_native,
        }
        (part / "about.json").write_text(json.dumps(about), encoding="utf-8")


def load_case(place: Path) -> TrainingCase:
    """A case whose arrays stay on the disk."""
    about = json.loads((place / "about.json").read_text(encoding="utf-8"))
    return TrainingCase(
        name=about["name"],
        hu=np.load(place / "hu.npy", mmap_mode="r", allow_pickle=False),
        labels=np.load(place / "labels.npy", mmap_mode="r", allow_pickle=False),
        names={int(value): name for value, name in about["names"].items()},
        spacing_mm=np.array(about["spacing_mm"]),
        is_native=about["is_native"],
    )


def remove_cases(folder: Path) -> None:
    """Delete prepared cases; they can be made again."""
    shutil.rmtree(folder, ignore_errors=True)


def _names() -> dict[int, str]:
    """What label values mean, those that models have brought included."""
    return {structure.label_value: structure.name for structure in all_structures()}
