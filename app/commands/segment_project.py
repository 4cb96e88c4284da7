"""`maskwright segment --project DIR --all`: every new case of a project, without clicks."""

from __future__ import annotations

from pathlib import Path

import typer

from app.bootstrap import command_engines, model_store, predictor_maker
from app.commands.project_access import print_problems, problem_fields, project_at
from app.commands.segment import warn, write_report
from app.headless_job import ImpossibleRequestError, wanted_structures
from app.interruption import ProgressLine, cancel_on_interrupt
from app.paths import AppPaths
from app.segment_project import ProjectSegmenter, SegmentReport, segment_new_cases, volumes_text
from imaging.errors import CancelledError
from inference.model_package import ModelPackage
from training.cases.model_used import model_used
from training.cases.records import CaseRecord, LabelVersion


def segment_project(
    folder: Path,
    structure_names: tuple[str, ...],
    model_id: str | None,
    author: str | None,
    report_file: Path | None,
    engine: str | None = None,
) -> int:
    """Segment the new cases of a project; returns 1 if one of them failed.

    ``engine`` is the id of the engine to prefer; without one the settings say.
    """
    package = model_store().find(model_id)
    structures = wanted_structures(structure_names, package)
    for structure in structures:
        if structure.name not in package.automatic_structures:
            raise ImpossibleRequestError(
                f"The model {package.id} cannot find the {structure.name} without clicks. "
                "Choose another model with --model."
            )
    open_engine = command_engines(AppPaths.of_user(), engine, warn)
    maker = predictor_maker(package, open_engine)
    segmenter = ProjectSegmenter(model_used(package), structures, maker)
    line = ProgressLine()

    def on_done(case: CaseRecord, version: LabelVersion) -> None:
        line.clear()
        typer.echo(f"{case.id}: {case.name}: {volumes_text(version)}")

    with (
        project_at(folder, author, writes=True) as project,
        cancel_on_interrupt() as is_cancelled,
    ):
        report = segment_new_cases(
            project,
            segmenter,
            report_progress=line.report,
            is_cancelled=is_cancelled,
            on_done=on_done,
        )
    line.clear()
    if report_file is not None:
        write_report(report_file, _fields(report, package))
    print_problems(report.problems)
    if report.was_cancelled:
        raise CancelledError(
            f"Stopped; finished cases that are kept: {len(report.done)}. The same command goes on."
        )
    failed = f", {len(report.problems)} failed" if report.problems else ""
    left_out = f", {report.left_out} had labels already" if report.left_out else ""
    cases = "1 case" if len(report.done) == 1 else f"{len(report.done)} cases"
    typer.echo(f"{cases} segmented{left_out}{failed}")
    return 1 if report.problems else 0


def _fields(report: SegmentReport, package: ModelPackage) -> dict[str, object]:
    return {
        "model": package.id,
        "model_version": package.version,
        "cases": [
            {
                "id": case.id,
                "name": case.name,
                "version": version.number,
                "volumes_ml": {v.structure: round(v.volume_ml, 3) for v in version.volumes},
                "seconds": version.provenance.seconds_spent,
            }
            for case, version in report.done
        ],
        "left_out": report.left_out,
        "problems": problem_fields(report.problems),
        "was_cancelled": report.was_cancelled,
    }
