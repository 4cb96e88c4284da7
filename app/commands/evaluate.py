"""`maskwright evaluate`: Dice against the number of clicks of a simulated user."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from app.bootstrap import model_store, predictor_maker
from app.commands.segment import write_report
from app.headless_job import ImpossibleRequestError, wanted_structures
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.structures import Structure
from training.evaluation import EvaluationCase, EvaluationReport, pair_cases, simulate_user

MAX_CLICKS = 1000
"""Nobody clicks more often; a longer number is a slip of the finger."""


def evaluate_folders(
    images: Path,
    labels: Path,
    structure_name: str,
    label_value: int | None,
    clicks: str,
    model_id: str | None,
    report_file: Path | None,
) -> None:
    """Measure a model on all CTs of one folder that have a label file in the other."""
    click_counts = parse_click_counts(clicks)
    package = model_store().find(model_id)
    (structure,) = wanted_structures((structure_name,), package)
    make_predictor = predictor_maker(package)
    results = []
    engine = ""
    cases = _cases(images, labels)
    for number, case in enumerate(cases, start=1):
        typer.echo(f"{case.name} ({number} of {len(cases)})", err=True)
        volume = open_volume(case.image)
        target = target_mask(
            open_label_map(case.labels, volume.geometry), structure, label_value, case.labels.name
        )
        predictor = make_predictor(volume)
        result = simulate_user(
            case.name,
            predictor,
            volume,
            target,
            structure.name,
            is_automatic=structure.name in package.automatic_structures,
            max_clicks=max(click_counts),
        )
        results.append(result)
        engine = f"{predictor.engine_name} on {predictor.device_name}"
    report = EvaluationReport(package.id, engine, tuple(results), click_counts)
    if report_file is not None:
        write_report(report_file, report.as_json())
    typer.echo(report.as_text())


def parse_click_counts(text: str) -> tuple[int, ...]:
    """``"0,1,3"`` as numbers, in order and each once.

    Raises:
        ImpossibleRequestError: it is no such list.
    """
    try:
        counts = sorted({int(part) for part in text.split(",")})
    except ValueError:
        counts = []
    if not counts or counts[0] < 0 or counts[-1] > MAX_CLICKS:
        raise ImpossibleRequestError(
            f"--clicks takes numbers from 0 to {MAX_CLICKS} with commas between, such as "
            f"0,1,3,5,10; {text!r} is not that."
        )
    return tuple(counts)


def target_mask(
    labels: NDArray[np.uint8], structure: Structure, label_value: int | None, file_name: str
) -> NDArray[np.bool_]:
    """Where a label file has the structure.

    Without a ``label_value`` it is the only value of a file that has one, else the organ
    table's.

    Raises:
        ImpossibleRequestError: the file has no voxel of it.
    """
    present = [int(value) for value in np.unique(labels) if value]
    if label_value is None:
        label_value = present[0] if len(present) == 1 else structure.label_value
    if label_value not in present:
        values = ", ".join(str(value) for value in present) or "none"
        raise ImpossibleRequestError(
            f"{file_name} has no voxel of value {label_value} for the {structure.name}; its "
            f"values are: {values}. Name the right one with --label-value."
        )
    mask: NDArray[np.bool_] = labels == label_value
    return mask


def _cases(images: Path, labels: Path) -> tuple[EvaluationCase, ...]:
    for folder in (images, labels):
        if not folder.is_dir():
            raise ImpossibleRequestError(f"There is no folder {folder}. Check the path.")
    cases, lonely = pair_cases(images, labels)
    for name in lonely:
        typer.echo(f"Warning: {name} has no label file of the same name; it is left out.", err=True)
    if not cases:
        raise ImpossibleRequestError(
            f"No CT in {images} has a label file of the same name in {labels}."
        )
    return tuple(cases)
