"""What every command on a project shares: opening it, finding cases, printing JSON and tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path

import typer

from app.bootstrap import model_store
from app.paths import AppPaths
from imaging.errors import CaseError, ReadOnlyProjectError
from training.cases.find_cases import Problem
from training.cases.project import Project
from training.cases.records import CaseRecord, LabelVersion, ReviewEvent


@contextmanager
def project_at(folder: Path, author: str | None = None, *, writes: bool) -> Iterator[Project]:
    """A project, closed in the end; structures that imported models brought are known in it.

    Raises:
        ProjectError: it is none, or it is to be changed and cannot be now.
    """
    if AppPaths.of_user().models.is_dir():
        model_store().packages()
    with Project.open(folder, author=author) as project:
        if writes:
            require_writable(project)
        yield project


def require_writable(project: Project) -> None:
    """Refuse a project that is open for reading only."""
    if project.read_only_reason is not None:
        raise ReadOnlyProjectError(project.read_only_reason)


def version_of(project: Project, case: CaseRecord, number: int) -> LabelVersion:
    """A case's version by its number.

    Raises:
        CaseError: there is none.
    """
    return project.versions.numbered(case.id, number)


def newest_version(project: Project, case: CaseRecord) -> LabelVersion:
    """A case's newest version.

    Raises:
        CaseError: it has none.
    """
    version = project.versions.newest(case.id)
    if version is None:
        raise CaseError(f'"{case.name}" has no labels yet. Segment it, or import labels.')
    return version


def print_json(value: object) -> None:
    """Print a value of dicts, lists, texts and numbers; times and paths become text."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns that are as wide as they need to be."""
    lines = [headings, *rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(headings))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def print_problems(problems: Sequence[Problem]) -> None:
    """Say on standard error what went wrong, a sentence each."""
    for problem in problems:
        is_named = problem.name and problem.name in problem.sentence
        typer.echo(
            problem.sentence if is_named else f"{problem.name}: {problem.sentence}", err=True
        )


def print_warnings(warnings: Sequence[Problem]) -> None:
    """Say on standard error what is doubtful about cases that were done."""
    for warning in warnings:
        typer.echo(f"Warning: {warning.name}: {warning.sentence}", err=True)


def problem_fields(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Problems or warnings for JSON."""
    return [{"name": problem.name, "sentence": problem.sentence} for problem in problems]


def case_fields(case: CaseRecord) -> dict[str, object]:
    """A case for JSON."""
    return {
        "id": case.id,
        "name": case.name,
        "pseudonym": case.pseudonym,
        "status": case.status,
        "status_reason": case.status_reason,
        "is_flagged": case.is_flagged,
        "split": case.split,
        "source": case.source.path,
        "series_uid": case.source.series_uid,
        "content_sha256": case.source.content_sha256,
        "shape_kji": case.shape_kji,
        "spacing_kji_mm": [round(mm, 6) for mm in case.spacing_kji_mm],
        "volumes_ml": {volume.structure: round(volume.volume_ml, 3) for volume in case.volumes},
        "versions": case.version_count,
        "model": case.model,
        "added_by": case.added_by,
        "added_at": case.added_at,
        "changed_by": case.changed_by,
        "changed_at": case.changed_at,
    }


def version_fields(version: LabelVersion) -> dict[str, object]:
    """A label version for JSON."""
    provenance = version.provenance
    return {
        "number": version.number,
        "kind": version.kind,
        "author": version.author,
        "created_at": version.created_at,
        "note": version.note,
        "volumes_ml": {volume.structure: round(volume.volume_ml, 3) for volume in version.volumes},
        "content_sha256": version.content_sha256,
        "model": provenance.model.title if provenance.model else None,
        "engine": provenance.engine,
        "clicks": len(provenance.clicks),
        "steps": len(provenance.steps),
        "seconds_spent": round(provenance.seconds_spent, 1),
        "chain_hash": version.chain_hash,
    }


def event_fields(event: ReviewEvent) -> dict[str, object]:
    """A review event for JSON."""
    return {
        "action": event.action,
        "status_after": event.status_after,
        "comment": event.comment,
        "structure": event.structure,
        "point_lps": event.point_lps,
        "author": event.author,
        "created_at": event.created_at,
    }


def local_time(time: datetime) -> str:
    """A time for people, on this computer's clock."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
