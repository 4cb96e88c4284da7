"""`maskwright cases split`, `measure` and `verify`: the project as a whole."""

from __future__ import annotations

from math import isclose
from pathlib import Path

import typer

from app.commands.cases_list import cases_named
from app.commands.project_access import print_json, print_problems, print_table, project_at
from app.interruption import ProgressLine, cancel_on_interrupt
from imaging.errors import CancelledError, CaseError, MaskwrightError, WrongCallError
from imaging.structure_measures import StructureMeasures, measure_structure
from imaging.structures import all_structures
from imaging.writers.measures_csv import MeasuredStructure, write_measures
from training.cases.case_volume import open_case_volume
from training.cases.find_cases import IsCancelled, Problem, stop_if
from training.cases.project import Project
from training.cases.records import CaseRecord, SplitShares
from training.cases.splits import SplitReport
from training.cases.verification import verify


def split(
    folder: Path,
    shares: str | None,
    seed: int | None,
    author: str | None,
    *,
    extends: bool,
    as_json: bool,
) -> None:
    """Draw the splits, extend them, or print them where some are known and nothing is asked."""
    is_drawing = shares is not None or seed is not None
    if extends and is_drawing:
        raise WrongCallError(
            "New patients are drawn by the first draw's shares and seed: --extend alone."
        )
    with project_at(folder, author, writes=extends or is_drawing) as project:
        if extends:
            report = project.splits.extend()
        elif is_drawing:
            report = project.splits.draw(parse_shares(shares), seed or 0)
        else:
            report = project.splits.report()
        is_drawn = project.splits.is_drawn
        if not is_drawn and not any(count.patients for count in report.counts):
            raise CaseError(
                "The splits are not drawn yet. Draw them once with --shares 70,15,15 and a --seed; "
                "they stay as they are then."
            )
    _show(report, is_drawn=is_drawn, as_json=as_json)


def measure(folder: Path, names: list[str], out: Path | None, *, as_json: bool) -> int:
    """Print the measures of cases' newest labels, or write them to a CSV or JSON file."""
    rows: list[MeasuredStructure] = []
    problems: list[Problem] = []
    line = ProgressLine()
    with (
        project_at(folder, writes=False) as project,
        cancel_on_interrupt() as is_cancelled,
    ):
        cases = [case for case in cases_named(project, names) if names or case.version_count]
        for number, case in enumerate(cases):
            line.report(number / len(cases), case.name)
            try:
                rows.extend(_measures_of(project, case, is_cancelled))
            except CancelledError:
                raise
            except MaskwrightError as error:
                problems.append(Problem(case.name, str(error)))
    line.clear()
    if out is not None:
        write_measures(out, rows)
        typer.echo(f"Measures written to {out}", err=True)
    if as_json:
        print_json([_fields(row) for row in rows])
    elif out is None:
        headings = ("case", "structure", "mL", "HU", "SD", "cm2", "axial mm", "longest mm")
        print_table(headings, [_row(row) for row in rows])
    print_problems(problems)
    return 1 if problems else 0


def verify_project(folder: Path, *, is_quick: bool, as_json: bool) -> int:
    """Check a project against its own records; returns 1 if something is wrong."""
    line = ProgressLine()
    with project_at(folder, writes=False) as project, cancel_on_interrupt() as is_cancelled:
        report = verify(
            project,
            is_quick=is_quick,
            is_cancelled=is_cancelled,
            report_progress=lambda share: line.report(share, "Checking"),
        )
    line.clear()
    if as_json:
        print_json(
            {
                "is_intact": report.is_intact,
                "problems": report.problems,
                "remarks": report.remarks,
                "versions": report.versions,
                "reviews": report.reviews,
                "files": report.files,
                "head_hash": report.head_hash,
            }
        )
    else:
        for problem in report.problems:
            typer.echo(problem, err=True)
        for remark in report.remarks:
            typer.echo(f"Note: {remark}")
        verdict = "intact" if report.is_intact else "NOT intact"
        typer.echo(
            f"{verdict}: {report.versions} versions, {report.reviews} steps of review and "
            f"{report.files} label files checked; the chain ends with {report.head_hash}"
        )
    return 0 if report.is_intact else 1


def parse_shares(text: str | None) -> SplitShares | None:
    """``"70,15,15"`` as shares; None for the project's own.

    Raises:
        WrongCallError: it is no such list.
    """
    if text is None:
        return None
    try:
        train, validation, hold_out = (float(part) for part in text.split(","))
        shares = SplitShares(train, validation, hold_out)
    except ValueError:
        raise WrongCallError(
            "--shares takes three numbers for training, validation and hold-out, such as "
            f"70,15,15; {text!r} is not that."
        ) from None
    total = train + validation + hold_out
    if not any(isclose(total, whole, rel_tol=1e-3) for whole in (1, 100)):
        raise WrongCallError(
            f"The shares {text} make {total:g}, not 100. A draw cannot be repeated, so nothing "
            "was drawn."
        )
    return shares


def _measures_of(
    project: Project, case: CaseRecord, is_cancelled: IsCancelled
) -> list[MeasuredStructure]:
    stop_if(is_cancelled)
    newest = project.versions.newest(case.id)
    if newest is None:
        raise CaseError(f'"{case.name}" has no labels yet. Segment it, or import labels.')
    labels = project.versions.read(newest.id).labels
    volume = open_case_volume(project, case, is_cancelled=is_cancelled)
    rows = []
    for structure in all_structures():
        found = measure_structure(labels, structure.label_value, volume.geometry, volume.array)
        if found is not None:
            rows.append(MeasuredStructure(case.name, structure.name, found))
    return rows


def _show(report: SplitReport, *, is_drawn: bool, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "splits": {
                    count.split: {"patients": count.patients, "cases": count.cases}
                    for count in report.counts
                },
                "new_patients": report.new_patients,
                "undrawn_patients": report.undrawn_patients,
            }
        )
        return
    rows = [(count.split, str(count.patients), str(count.cases)) for count in report.counts]
    print_table(("split", "patients", "cases"), rows)
    if report.undrawn_patients:
        how = "--extend" if is_drawn else "--shares 70,15,15 and a --seed"
        typer.echo(
            f"{report.undrawn_patients} patients have no split yet: assign them with {how}.",
            err=True,
        )


def _fields(row: MeasuredStructure) -> dict[str, object]:
    m = row.measures
    return {"case": row.case, "structure": row.structure} | {
        name: value if value is None or isinstance(value, int) else round(value, 3)
        for name, value in _by_name(m).items()
    }


def _by_name(measures: StructureMeasures) -> dict[str, float | int | None]:
    return {
        "voxel_count": measures.voxel_count,
        "volume_ml": measures.volume_ml,
        "mean_hu": measures.mean_hu,
        "sd_hu": measures.sd_hu,
        "surface_cm2": measures.surface_cm2,
        "axial_diameter_mm": measures.axial_diameter_mm,
        "diameter_mm": measures.diameter_mm,
    }


def _row(row: MeasuredStructure) -> tuple[str, ...]:
    m = row.measures
    numbers = (m.volume_ml, m.mean_hu, m.sd_hu, m.surface_cm2, m.axial_diameter_mm, m.diameter_mm)
    return (row.case, row.structure, *("" if n is None else f"{n:.1f}" for n in numbers))
