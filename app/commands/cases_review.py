"""`maskwright cases submit`, `return`, `approve`, `exclude` and `reopen`: the review."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import typer

from app.commands.cases_list import status_named
from app.commands.cases_quality import findings_of, print_findings
from app.commands.project_access import case_fields, newest_version, print_json, project_at
from app.headless_job import named_structure
from imaging.errors import CaseError, WrongCallError
from training.cases.project import Project
from training.cases.records import CaseRecord, CaseStatus

Point = tuple[float, float, float]


def submit(folder: Path, name: str, comment: str, author: str | None, *, as_json: bool) -> None:
    """Hand a case to a reviewer."""
    _do(folder, name, author, lambda p, case: p.review.submit(case.id, comment), as_json=as_json)


def send_back(
    folder: Path,
    name: str,
    comment: str,
    place: tuple[Point | None, str | None],
    author: str | None,
    *,
    as_json: bool,
) -> None:
    """Return a case with a comment; ``place`` is its point (LPS mm) and its structure."""
    point_lps, about = place
    structure = None if about is None else named_structure(about).name

    def act(project: Project, case: CaseRecord) -> object:
        return project.review.send_back(case.id, comment, point_lps=point_lps, structure=structure)

    _do(folder, name, author, act, as_json=as_json)


def approve(folder: Path, name: str, reason: str, author: str | None, *, as_json: bool) -> int:
    """Approve a case's newest version if the checks are content or there is a ``reason``."""
    with project_at(folder, author, writes=True) as project:
        case = project.cases.find(name)
        version = newest_version(project, case)
        refusal = project.review.reason_not_to_approve(case.id)
        if refusal is not None:
            raise CaseError(refusal)
        findings = findings_of(project, case, version)
        open_ones = [finding for finding in findings if finding.needs_reason]
        if open_ones and not reason.strip():
            print_findings(open_ones, to_stderr=True)
            raise CaseError(
                f'"{case.name}" was not approved, because of the above. Mend it, or approve it '
                'nevertheless with --force "why it is right".'
            )
        project.review.approve(case.id, comment=reason)
        _show(project.cases.get(case.id), as_json=as_json)
    return 0


def exclude(folder: Path, name: str, reason: str, author: str | None, *, as_json: bool) -> None:
    """Leave a case out of everything, with a reason."""
    _do(folder, name, author, lambda p, case: p.review.exclude(case.id, reason), as_json=as_json)


def reopen(folder: Path, name: str, comment: str, author: str | None, *, as_json: bool) -> None:
    """Go on with a case that was closed."""
    _do(folder, name, author, lambda p, case: p.review.reopen(case.id, comment), as_json=as_json)


def set_status(
    folder: Path, name: str, status_name: str, author: str | None, *, as_json: bool
) -> int:
    """Bring a case to a status by the step of review that leads there."""
    wanted = status_named(status_name)
    if wanted is CaseStatus.APPROVED:
        return approve(folder, name, "", author, as_json=as_json)
    if wanted is CaseStatus.EXCLUDED:
        raise WrongCallError('To exclude a case give a reason: `cases exclude ID --reason "..."`.')
    if wanted is CaseStatus.NEW:
        raise CaseError("A case is new until somebody works on it; nothing leads back there.")

    def act(project: Project, case: CaseRecord) -> object:
        if wanted is CaseStatus.IN_REVIEW:
            return project.review.submit(case.id)
        if case.status is CaseStatus.NEW:
            return project.review.start(case.id)
        return project.review.reopen(case.id)

    _do(folder, name, author, act, as_json=as_json)
    return 0


def parse_point(text: str | None) -> Point | None:
    """``"12.5,-30,110"`` as a point.

    Raises:
        WrongCallError: it is none.
    """
    if text is None:
        return None
    try:
        x, y, z = (float(part) for part in text.split(","))
        if not all(map(math.isfinite, (x, y, z))):
            raise ValueError(text)
    except ValueError:
        raise WrongCallError(
            f"--at takes x,y,z in mm (LPS), such as 12.5,-30,110; {text!r} is not that."
        ) from None
    return x, y, z


def _do(
    folder: Path,
    name: str,
    author: str | None,
    act: Callable[[Project, CaseRecord], object],
    *,
    as_json: bool,
) -> None:
    with project_at(folder, author, writes=True) as project:
        case = project.cases.find(name)
        act(project, case)
        _show(project.cases.get(case.id), as_json=as_json)


def _show(case: CaseRecord, *, as_json: bool) -> None:
    if as_json:
        print_json(case_fields(case))
    else:
        typer.echo(f"{case.name} is {case.status}")
