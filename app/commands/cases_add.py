"""`maskwright cases add`, `relink` and `import-labels`: CTs and labels into a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer

from app.commands.project_access import (
    case_fields,
    print_json,
    print_problems,
    print_warnings,
    problem_fields,
    project_at,
    require_writable,
    version_fields,
)
from app.interruption import ProgressLine, cancel_on_interrupt
from app.paths import AppPaths
from imaging.errors import CancelledError, WrongCallError
from training.cases.add_cases import AddOptions, AddReport, add_cases
from training.cases.data_sets import DESCRIPTIONS, DataSet, read_data_set
from training.cases.find_cases import require_there, skipped_text
from training.cases.import_labels import add_data_set, import_labels, mapping_for
from training.cases.label_names import label_mapping, parse_map
from training.cases.project import Project, is_project
from training.cases.records import CaseRecord
from training.cases.relink import relink_cases


def add(
    folder: Path,
    paths: Sequence[Path],
    *,
    copies: bool | None,
    deidentifies: bool,
    is_data_set: bool,
    said: Sequence[str],
    author: str | None,
    as_json: bool,
) -> int:
    """Add CTs or data sets to a project, which is made if there is none; returns the exit code.

    ``copies`` is None for what the project's settings say.
    """
    if said and not is_data_set:
        raise WrongCallError(
            "--map says what the labels of a data set mean: give --data-set as well."
        )
    # What is named is looked at first: a wrong name must not leave an empty project behind.
    require_there(paths)
    data_sets = [_data_set(path, said) for path in paths] if is_data_set else []
    with _project_for(folder, author, copies) as project:
        options = AddOptions(
            copies=project.settings.copies_cts if copies is None else copies,
            uid_map_file=AppPaths.of_user().uid_map_file if deidentifies else None,
        )
        line = ProgressLine()

        def on_added(case: CaseRecord) -> None:
            if not as_json:
                line.clear()
                typer.echo(f"{case.id}: {case.name}")

        with cancel_on_interrupt() as is_cancelled:
            if is_data_set:
                report = _together(
                    [
                        add_data_set(
                            project,
                            data_set,
                            mapping,
                            options,
                            report_progress=line.report,
                            is_cancelled=is_cancelled,
                            on_added=on_added,
                        )
                        for data_set, mapping in data_sets
                    ]
                )
            else:
                report = add_cases(
                    project,
                    paths,
                    options,
                    report_progress=line.report,
                    is_cancelled=is_cancelled,
                    on_added=on_added,
                )
        line.clear()
    _show(report, as_json=as_json)
    if not is_data_set:
        _point_to_labels(paths)
    if report.was_cancelled:
        raise CancelledError(
            f"Stopped; new cases that are kept: {len(report.added)}. The same command goes on."
        )
    is_done = bool(report.added or report.already_there)
    return 0 if is_done and not report.problems else 1


def import_file(
    folder: Path,
    case_name: str,
    file: Path,
    said: Sequence[str],
    author: str | None,
    *,
    as_json: bool,
) -> None:
    """Keep a label file as a version of a case."""
    with project_at(folder, author, writes=True) as project:
        case = project.cases.find(case_name)
        mapping = mapping_for(file, parse_map(said))
        with cancel_on_interrupt() as is_cancelled:
            version = import_labels(project, case, file, mapping, is_cancelled=is_cancelled)
    if as_json:
        print_json(version_fields(version))
        return
    volumes = ", ".join(f"{v.structure} {v.volume_ml:.1f} mL" for v in version.volumes)
    typer.echo(f"{case.name}: version {version.number} imported ({volumes or 'nothing'})")
    if version.note:
        typer.echo(f"Warning: {version.note}", err=True)


def relink(folder: Path, paths: Sequence[Path], author: str | None, *, as_json: bool) -> int:
    """Find the CTs of cases again that miss theirs; returns 1 if some are still missing."""
    line = ProgressLine()
    with (
        project_at(folder, author, writes=True) as project,
        cancel_on_interrupt() as is_cancelled,
    ):
        report = relink_cases(
            project, paths, report_progress=line.report, is_cancelled=is_cancelled
        )
    line.clear()
    if as_json:
        print_json(
            {
                "relinked": [case.id for case in report.relinked],
                "still_missing": [case.id for case in report.still_missing],
                "problems": problem_fields(report.problems),
                "was_cancelled": report.was_cancelled,
            }
        )
    else:
        print_problems(report.problems)
        for case in report.still_missing:
            typer.echo(f"{case.id}: {case.name}: its CT was not found there", err=True)
        typer.echo(
            "1 case relinked"
            if len(report.relinked) == 1
            else f"{len(report.relinked)} cases relinked"
        )
    if report.was_cancelled:
        raise CancelledError("Stopped; what was found is kept. The same command goes on.")
    return int(bool(report.still_missing))


@contextmanager
def _project_for(folder: Path, author: str | None, copies: bool | None) -> Iterator[Project]:
    """The project of a folder; a new one where there is none yet."""
    is_new = not is_project(folder)
    opened = Project.create if is_new else Project.open
    with opened(folder, author=author) as project:
        require_writable(project)
        if is_new and copies:
            project.change_settings(replace(project.settings, copies_cts=True))
        yield project


def _data_set(path: Path, said: Sequence[str]) -> tuple[DataSet, Mapping[int, int]]:
    """A data set, and what its label values are in ours."""
    data_set = read_data_set(path)
    return data_set, label_mapping(data_set.names, parse_map(said))


def _point_to_labels(paths: Sequence[Path]) -> None:
    for path in paths:
        if any((path / name).is_file() for name in DESCRIPTIONS):
            typer.echo(
                f"{path.name} is a labelled data set: the same command with --data-set brings its "
                "labels and its split as well.",
                err=True,
            )


def _together(reports: Sequence[AddReport]) -> AddReport:
    skipped: dict[str, int] = {}
    for report in reports:
        for kind, count in report.skipped:
            skipped[kind] = skipped.get(kind, 0) + count
    return AddReport(
        tuple(case for report in reports for case in report.added),
        tuple(case for report in reports for case in report.already_there),
        tuple(sorted(skipped.items())),
        tuple(problem for report in reports for problem in report.problems),
        tuple(warning for report in reports for warning in report.warnings),
        any(report.was_cancelled for report in reports),
    )


def _show(report: AddReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "added": [case_fields(case) for case in report.added],
                "already_there": [case.id for case in report.already_there],
                "skipped": dict(report.skipped),
                "problems": problem_fields(report.problems),
                "warnings": problem_fields(report.warnings),
                "was_cancelled": report.was_cancelled,
            }
        )
        return
    print_warnings(report.warnings)
    print_problems(report.problems)
    added = len(report.added)
    parts = ["1 case added" if added == 1 else f"{added} cases added"]
    if report.already_there:
        parts.append(f"{len(report.already_there)} there already")
    if report.problems:
        parts.append(f"{len(report.problems)} could not be added")
    if report.skipped:
        parts.append(f"left out: {skipped_text(report.skipped)}")
    typer.echo("; ".join(parts))
    if not (added or report.already_there or report.problems or report.skipped):
        typer.echo("No CT was found: DICOM, NIfTI, NRRD and MHA files are looked for.", err=True)
