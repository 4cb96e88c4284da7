"""`maskwright export`: labels of a project to files that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import typer

from app.commands.project_access import (
    print_json,
    print_problems,
    print_warnings,
    problem_fields,
    project_at,
)
from app.headless_job import named_structure
from app.interruption import ProgressLine, cancel_on_interrupt
from app.paths import AppPaths
from imaging.errors import CancelledError, CaseError, WrongCallError
from training.cases.export_data_set import export_data_set
from training.cases.export_files import export_cases
from training.cases.export_records import (
    DataSetFormat,
    ExportFormat,
    ExportOptions,
    ExportReport,
)
from training.cases.project import Project
from training.cases.records import CaseQuery, CaseRecord, CaseStatus


def export(
    folder: Path,
    names: Sequence[str],
    format_name: str,
    out: Path,
    structures: Sequence[str],
    *,
    is_all: bool,
    deidentifies: bool,
    overwrites: bool,
    as_json: bool,
) -> int:
    """Export some cases, or all approved ones; returns the exit code."""
    chosen = _format_named(format_name)
    if is_all and names:
        raise WrongCallError("Give either --case ID (may be given again) or --all, not both.")
    if not is_all and not names:
        raise WrongCallError("Say what to export: --case ID (may be given again), or --all.")
    options = ExportOptions(
        structures=tuple(named_structure(name).name for name in structures),
        uid_map_file=AppPaths.of_user().uid_map_file if deidentifies else None,
        overwrites=overwrites,
    )
    line = ProgressLine()
    with (
        project_at(folder, writes=False) as project,
        cancel_on_interrupt() as is_cancelled,
    ):
        cases = _cases(project, names)
        write: Callable[..., ExportReport]
        if isinstance(chosen, DataSetFormat):
            write = partial(export_data_set, set_format=chosen)
        else:
            write = partial(export_cases, file_format=chosen)
        report = write(
            project,
            cases,
            out,
            options=options,
            report_progress=line.report,
            is_cancelled=is_cancelled,
        )
    line.clear()
    _show(report, out, as_json=as_json)
    if report.was_cancelled:
        raise CancelledError(f"Stopped; files that are written and whole: {len(report.files)}.")
    return 1 if report.problems else 0


def _cases(project: Project, names: Sequence[str]) -> tuple[CaseRecord, ...]:
    if names:
        return tuple(dict.fromkeys(project.cases.find(name) for name in names))
    approved = project.cases.listed(CaseQuery(statuses=frozenset({CaseStatus.APPROVED})))
    if not approved:
        raise CaseError(
            "No case is approved yet, so --all has nothing to export. Approve cases, or name some "
            "with --case."
        )
    return approved


def _format_named(name: str) -> ExportFormat | DataSetFormat:
    wanted = name.strip().lower().replace("_", "-")
    for formats in (ExportFormat, DataSetFormat):
        if wanted in list(formats):
            return formats(wanted)
    known = ", ".join((*ExportFormat, *DataSetFormat))
    raise WrongCallError(f'There is no format "{name}". Choose one of: {known}.')


def _show(report: ExportReport, out: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "files": [path.relative_to(out).as_posix() for path in report.files],
                "problems": problem_fields(report.problems),
                "warnings": problem_fields(report.warnings),
                "was_cancelled": report.was_cancelled,
            }
        )
        return
    print_warnings(report.warnings)
    print_problems(report.problems)
    count = "1 file" if len(report.files) == 1 else f"{len(report.files)} files"
    typer.echo(f"{count} written to {out}, read back and compared")
