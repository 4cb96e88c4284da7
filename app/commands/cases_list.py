"""`maskwright cases list`, `show` and `status`: what a project holds."""

from __future__ import annotations

from pathlib import Path

import typer

from app.commands.project_access import (
    case_fields,
    event_fields,
    local_time,
    print_json,
    print_table,
    project_at,
    version_fields,
)
from imaging.errors import WrongCallError
from training.cases.project import Project
from training.cases.records import CaseOrder, CaseQuery, CaseRecord, CaseStatus, Split

UNDRAWN = "none"


def list_cases(
    folder: Path, statuses: list[str], search: str, split: str | None, sort: str, *, as_json: bool
) -> None:
    """Print the cases that match."""
    query = CaseQuery(
        text=search,
        statuses=frozenset(status_named(name) for name in statuses),
        splits=frozenset() if split is None else frozenset({_split_named(split)}),
        order=_order_named(sort.removeprefix("-")),
        is_descending=sort.startswith("-"),
    )
    with project_at(folder, writes=False) as project:
        cases = project.cases.listed(query)
    if as_json:
        print_json([case_fields(case) for case in cases])
        return
    headings = ("id", "name", "patient", "status", "split", "versions", "changed", "structures")
    print_table(headings, [_row(case) for case in cases])
    typer.echo("1 case" if len(cases) == 1 else f"{len(cases)} cases", err=True)


def show_case(folder: Path, case_name: str, *, as_json: bool) -> None:
    """Print a case with its versions and its history of review."""
    with project_at(folder, writes=False) as project:
        case = project.cases.find(case_name)
        versions = project.versions.of_case(case.id)
        events = project.review.events(case.id)
    if as_json:
        print_json(
            case_fields(case)
            | {"version_list": [version_fields(version) for version in versions]}
            | {"events": [event_fields(event) for event in events]}
        )
        return
    typer.echo(f"{case.id}: {case.name}")
    typer.echo(f"patient {case.pseudonym}, {_status_text(case)}, split {case.split or UNDRAWN}")
    k, j, i = case.shape_kji
    spacing = " x ".join(f"{mm:.3g}" for mm in case.spacing_kji_mm[::-1])
    typer.echo(f"CT {case.source.path} ({i} x {j} x {k} voxels of {spacing} mm)")
    for version in versions:
        made = ", ".join(f"{v.structure} {v.volume_ml:.1f} mL" for v in version.volumes)
        model = f", {version.provenance.model.title}" if version.provenance.model else ""
        typer.echo(
            f"version {version.number}: {version.kind}, {version.author}, "
            f"{local_time(version.created_at)}{model}: {made or 'empty'}"
        )
    for event in events:
        where = "" if event.point_lps is None else f" at {_point(event.point_lps)}"
        what = f": {event.comment}" if event.comment else ""
        typer.echo(f"{local_time(event.created_at)} {event.author} {event.action}{where}{what}")


def count_statuses(folder: Path, *, as_json: bool) -> None:
    """Print how many cases have each status."""
    with project_at(folder, writes=False) as project:
        counts = project.cases.status_counts()
        report = project.splits.report()
    if as_json:
        print_json(
            {
                "status": {count.status: count.count for count in counts},
                "split": {count.split: count.cases for count in report.counts},
            }
        )
        return
    for count in counts:
        typer.echo(f"{count.status}: {count.count}")


def case_status(folder: Path, case_name: str, *, as_json: bool) -> None:
    """Print the status of one case."""
    with project_at(folder, writes=False) as project:
        case = project.cases.find(case_name)
    if as_json:
        print_json({"id": case.id, "name": case.name, "status": case.status})
        return
    typer.echo(_status_text(case))


def cases_named(project: Project, names: list[str]) -> tuple[CaseRecord, ...]:
    """The cases of those names or numbers; all that are not excluded where none is named."""
    if names:
        return tuple(project.cases.find(name) for name in names)
    everything = project.cases.listed()
    return tuple(case for case in everything if case.status is not CaseStatus.EXCLUDED)


def status_named(name: str) -> CaseStatus:
    """A status by its name; "in-progress" and "in_progress" are "in progress".

    Raises:
        WrongCallError: there is no such status.
    """
    try:
        return CaseStatus(name.strip().lower().replace("-", " ").replace("_", " "))
    except ValueError:
        known = ", ".join(status.replace(" ", "-") for status in CaseStatus)
        raise WrongCallError(f'There is no status "{name}". Choose one of: {known}.') from None


def _split_named(name: str) -> Split | None:
    if name.strip().lower() == UNDRAWN:
        return None
    try:
        return Split(name.strip().lower().replace("_", "-"))
    except ValueError:
        known = ", ".join((*Split, UNDRAWN))
        raise WrongCallError(f'There is no split "{name}". Choose one of: {known}.') from None


def _order_named(name: str) -> CaseOrder:
    try:
        return CaseOrder(name.strip().lower())
    except ValueError:
        known = ", ".join(CaseOrder)
        raise WrongCallError(
            f'Cases cannot be sorted by "{name}". Choose one of: {known}; a - in front turns the '
            "order around."
        ) from None


def _row(case: CaseRecord) -> tuple[str, ...]:
    structures = ", ".join(f"{v.structure} {v.volume_ml:.0f} mL" for v in case.volumes)
    return (
        str(case.id),
        f"{case.name} *" if case.is_flagged else case.name,
        case.pseudonym,
        case.status,
        case.split or "",
        str(case.version_count),
        f"{local_time(case.changed_at)} {case.changed_by}",
        structures,
    )


def _status_text(case: CaseRecord) -> str:
    return f"{case.status} ({case.status_reason})" if case.status_reason else case.status


def _point(point_lps: tuple[float, float, float]) -> str:
    return "({:.1f}, {:.1f}, {:.1f}) mm".format(*point_lps)
