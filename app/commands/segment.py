"""`maskwright segment`: a CT in, a mask out."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from app.bootstrap import command_engines, model_store, predictor_maker
from app.headless_job import HeadlessJob, ImpossibleRequestError, StageClock, wanted_structures
from app.paths import AppPaths
from imaging.click_file import read_clicks
from imaging.clicks import Click
from imaging.errors import SeriesChoiceError, WriteError, WrongCallError
from imaging.readers.itk_geometry import with_itk_geometry
from imaging.readers.open_volume import open_volume
from imaging.readers.volume_source import ITK_ENDINGS, NIFTI_ENDINGS
from imaging.volume import Volume
from imaging.writers.original_guard import refuse_to_replace_ct
from imaging.writers.volume_file import WRITABLE_ENDINGS, write_label_file
from inference.engines.catalog import AUTOMATIC, kind_named


@dataclass(frozen=True, slots=True)
class FileTarget:
    """One CT, and where its mask goes."""

    ct: Path
    out: Path


def target_of(
    ct: Path | None,
    out: Path | None,
    project: Path | None,
    clicks: Path | None,
    series: str | None,
    *,
    is_all: bool,
    is_exact: bool = False,
) -> FileTarget | Path:
    """What the arguments ask for: one CT, or the project of which all new cases are meant.

    Raises:
        WrongCallError: both, neither, or one of them half.
    """
    if project is None:
        if is_all:
            raise WrongCallError("--all means the cases of a project: name it by --project.")
        if ct is None or out is None:
            raise WrongCallError(
                "Name a CT and where its mask goes (`maskwright segment CT -o mask.nii.gz`), or a "
                "project (`maskwright segment --project DIR --all`)."
            )
        return FileTarget(ct, out)
    if ct is not None or out is not None or clicks is not None or series is not None:
        raise WrongCallError(
            "With --project the cases say what is segmented, and the labels go into the project: "
            "leave CT, --out, --clicks and --series out."
        )
    if is_exact:
        raise WrongCallError(
            "--exact compares one CT's mask with MONAI's; a project gets the better ones. "
            "Leave --exact out."
        )
    if not is_all:
        raise WrongCallError(
            "Add --all to segment every new case of the project; cases that have labels are left "
            "as they are."
        )
    return project


def segment_file(
    ct: Path,
    out: Path,
    structure_names: tuple[str, ...],
    model_id: str | None,
    clicks_file: Path | None,
    series_uid: str | None,
    report_file: Path | None,
    engine: str | None = None,
    *,
    is_exact: bool = False,
) -> None:
    """Segment ``ct`` and write the mask to ``out``, with the table's label values.

    ``engine`` is the id of the engine to prefer; without one the settings say. With ``is_exact``
    the mask is the one that MONAI's own pipeline gives.
    """
    _check_target(ct, out)
    if report_file is not None:
        _check_report(report_file, (ct, out, clicks_file))
    if engine is not None and engine != AUTOMATIC:
        kind_named(engine)  # an unknown one is refused before a CT is read for seconds
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
        volume = _open(ct, series_uid)
        if is_exact:
            volume = with_itk_geometry(volume, ct)
    for warning in volume.warnings:
        warn(warning)
    clicks: dict[str, tuple[Click, ...]] = {}
    if clicks_file is not None:
        clicks = {s.name: read_clicks(clicks_file, volume.geometry, s.name) for s in structures}

    with clock.stage("prepare"):
        open_engine = command_engines(AppPaths.of_user(), engine, warn)
        predictor = predictor_maker(package, open_engine, is_exact=is_exact)(volume)
    job = HeadlessJob(volume, package, predictor, clock)
    job.prepare()
    for structure in structures:
        own = clicks.get(structure.name, ())
        if is_exact and own:  # all at once, those about other structures too, as MONAI does
            others = [
                one for name, some in clicks.items() if name != structure.name for one in some
            ]
            job.click((*others, *own))
            continue
        if structure.name in package.automatic_structures:
            job.segment(structure)
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


def _open(ct: Path, series_uid: str | None) -> Volume:
    """Read the CT.

    Raises:
        SeriesChoiceError: there are several, and how to choose one is said.
        WrongCallError: a series is named of a file that has none.
    """
    if series_uid is not None and ct.name.lower().endswith((*NIFTI_ENDINGS, *ITK_ENDINGS)):
        raise WrongCallError(f"{ct.name} is no DICOM and has no series: leave --series out.")
    try:
        return open_volume(ct, series_uid=series_uid)
    except SeriesChoiceError as error:
        advice = "Name it with --series UID; the UIDs are in brackets."
        raise SeriesChoiceError(f"{error} {advice}") from error


def warn(sentence: str) -> None:
    """Print a sentence that is no failure."""
    typer.echo(f"Warning: {sentence}", err=True)


def _check_target(ct: Path, out: Path) -> None:
    """Refuse at once what could not be written after minutes of work.

    Raises:
        WriteError: the ending names no format, the folder is not there or not writable, or the mask
            would take the place of this CT or of another one.
    """
    if not out.name.lower().endswith(WRITABLE_ENDINGS):
        raise WriteError(
            f"The ending of {out.name} names no format. Use one of {', '.join(WRITABLE_ENDINGS)}."
        )
    if not out.parent.is_dir():
        raise WriteError(f"There is no folder {out.parent}. Make it, or name another one.")
    if out.is_dir():
        raise WriteError(f"{out} is a folder. Choose another name for the mask.")
    if not os.access(out.parent, os.W_OK):
        raise WriteError(f"The folder {out.parent} is not writable for you. Name another one.")
    if ct.exists() and out.exists() and ct.samefile(out):
        raise WriteError(
            f"{out} is the CT itself, and the mask would take its place. Choose another name."
        )
    refuse_to_replace_ct(out)


def _check_report(report: Path, others: Sequence[Path | None]) -> None:
    """Refuse at once a report that would take the place of another file of the same command.

    Raises:
        WriteError: with a sentence.
    """
    if report.is_dir():
        raise WriteError(f"{report} is a folder. Name a file for the report.")
    if any(other is not None and report.resolve() == other.resolve() for other in others):
        raise WriteError(
            f"{report} is another file of this command, and the report would take its place. "
            "Choose another name after --json."
        )


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
