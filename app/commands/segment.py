"""`maskwright segment`: a CT in, a mask out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typer

from app.bootstrap import model_store, predictor_maker
from app.headless_job import HeadlessJob, ImpossibleRequestError, StageClock, wanted_structures
from imaging.click_file import read_clicks
from imaging.clicks import Click
from imaging.errors import WriteError
from imaging.readers.open_volume import open_volume
from imaging.writers.volume_file import WRITABLE_ENDINGS, write_label_file


def segment_file(
    ct: Path,
    out: Path,
    structure_names: tuple[str, ...],
    model_id: str | None,
    clicks_file: Path | None,
    series_uid: str | None,
    report_file: Path | None,
) -> None:
    """Segment ``ct`` and write the mask to ``out``, with the table's label values."""
    _check_target(out)
    package = model_store().find(model_id)
    structures = wanted_structures(structure_names, package)
    for structure in structures:
        if clicks_file is None and structure.name not in package.automatic_structures:
            raise ImpossibleRequestError(
                f"The model {package.id} cannot find the {structure.name} without clicks. "
                "Give it some with --clicks, or choose another model with --model."
            )
    clock = StageClock()
    with clock.stage("read"):
        volume = open_volume(ct, series_uid=series_uid)
    for warning in volume.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    clicks: dict[str, tuple[Click, ...]] = {}
    if clicks_file is not None:
        clicks = {s.name: read_clicks(clicks_file, volume.geometry, s.name) for s in structures}

    with clock.stage("prepare"):
        predictor = predictor_maker(package)(volume)
    job = HeadlessJob(volume, package, predictor, clock)
    job.prepare()
    for structure in structures:
        if structure.name in package.automatic_structures:
            job.segment(structure)
        own = clicks.get(structure.name, ())
        for count in range(1, len(own) + 1):  # one by one, as the window answers them
            job.click(own[:count])

    with clock.stage("write"):
        write_label_file(out, job.labels.array, volume.geometry, structures)
    report = job.report(structures)
    if report_file is not None:
        write_report(report_file, asdict(report))
    for name, ml in report.volumes_ml.items():
        typer.echo(f"{name}: {ml:.1f} mL" if ml else f"{name}: nothing was found")
    typer.echo(f"Mask written to {out}")


def _check_target(out: Path) -> None:
    """Refuse at once what could not be written after minutes of work.

    Raises:
        WriteError: the ending names no format, or the folder is not there.
    """
    if not out.name.lower().endswith(WRITABLE_ENDINGS):
        raise WriteError(
            f"The ending of {out.name} names no format. Use one of {', '.join(WRITABLE_ENDINGS)}."
        )
    if not out.parent.is_dir():
        raise WriteError(f"There is no folder {out.parent}. Make it, or name another one.")


def write_report(file: Path, report: dict[str, object]) -> None:
    """Write a report as JSON.

    Raises:
        WriteError: the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise WriteError(f"{file} could not be written: {error.strerror}.") from error
