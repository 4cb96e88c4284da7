"""`maskwright cases check`, `compare` and `replay`: how good labels are, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import typer

from app.bootstrap import model_store, predictor_maker
from app.commands.project_access import (
    newest_version,
    print_json,
    print_table,
    project_at,
    version_of,
)
from imaging.clicks import Click
from imaging.errors import CaseError
from training.cases.case_volume import open_case_volume
from training.cases.compare import compare_labels
from training.cases.project import Project
from training.cases.provenance import AutomaticStep, MovedClickStep, clicks_after
from training.cases.quality_checks import Finding, check_labels
from training.cases.records import CaseRecord, LabelVersion
from training.cases.replay import ReplayedStep, replay, replay_plan


def check(folder: Path, name: str, number: int | None, *, as_json: bool) -> int:
    """Print what is doubtful about a version; returns 1 if something needs a reason, else 0."""
    with project_at(folder, writes=False) as project:
        case = project.cases.find(name)
        version = _version(project, case, number)
        findings = findings_of(project, case, version)
    if as_json:
        print_json([_finding_fields(finding) for finding in findings])
    elif findings:
        print_findings(findings)
    else:
        typer.echo(f"{case.name}: nothing to remark on version {version.number}")
    return int(any(finding.needs_reason for finding in findings))


def compare(folder: Path, name: str, before: int, after: int, *, as_json: bool) -> None:
    """Print how the structures of two versions differ."""
    with project_at(folder, writes=False) as project:
        case = project.cases.find(name)
        a = project.versions.read(version_of(project, case, before).id)
        b = project.versions.read(version_of(project, case, after).id)
    differences = compare_labels(a.labels, b.labels, b.geometry)
    if as_json:
        fields = [
            {
                "structure": one.structure,
                "ml_before": round(one.ml_before, 3),
                "ml_after": round(one.ml_after, 3),
                "dice": round(one.dice, 4),
                "voxels_different": one.voxels_different,
            }
            for one in differences
        ]
        print_json({"case": case.name, "before": before, "after": after, "structures": fields})
        return
    rows = [
        (
            one.structure,
            f"{one.ml_before:.1f}",
            f"{one.ml_after:.1f}",
            f"{one.dice:.3f}",
            str(one.voxels_different),
        )
        for one in differences
    ]
    headings = ("structure", f"mL in {before}", f"mL in {after}", "Dice", "voxels different")
    print_table(headings, rows)


def replay_version(
    folder: Path, name: str, number: int, model_id: str | None, *, as_json: bool
) -> None:
    """Play a version's clicks again and print how near each answer comes to what was kept."""
    package = model_store().find(model_id)
    with project_at(folder, writes=False) as project:
        case = project.cases.find(name)
        version = version_of(project, case, number)
        plan = replay_plan(version.provenance.steps)
        if not plan.steps:
            raise CaseError(
                f'Version {number} of "{case.name}" has no click and no automatic step that could '
                "be played again. `cases show` lists how its versions came about."
            )
        stored = project.versions.read(version.id).labels
        start = np.zeros_like(stored)
        clicks_before: tuple[Click, ...] = ()
        if version.parent_id is not None:
            start = project.versions.read(version.parent_id).labels
            clicks_before = clicks_after((), project.versions.steps_since_start(version.parent_id))
        volume = open_case_volume(project, case)
    played = []
    model = predictor_maker(package)(volume)
    for count, step in enumerate(replay(plan, start, stored, model, clicks_before), 1):
        played.append(step)
        if not as_json:
            typer.echo(_step_line(count, step))
    if plan.left_out:
        typer.echo(
            f"{plan.left_out} other steps (edits by hand, imports) were not played.", err=True
        )
    if as_json:
        print_json(
            {
                "case": case.name,
                "version": number,
                "model": package.id,
                "left_out": plan.left_out,
                "steps": [_step_fields(step) for step in played],
            }
        )


def findings_of(project: Project, case: CaseRecord, version: LabelVersion) -> tuple[Finding, ...]:
    """What the checks say of a version; a structure that its parent had is expected."""
    volume = open_case_volume(project, case)
    stored = project.versions.read(version.id)
    parent = None if version.parent_id is None else project.versions.get(version.parent_id)
    expected = () if parent is None else tuple(v.structure for v in parent.volumes)
    return check_labels(stored.labels, volume, expected=expected, labels_geometry=stored.geometry)


def print_findings(findings: Sequence[Finding], *, to_stderr: bool = False) -> None:
    """A line for each finding, with the place to look at."""
    for finding in findings:
        where = ""
        if finding.point_lps is not None:
            where = " At ({:.0f}, {:.0f}, {:.0f}) mm.".format(*finding.point_lps)
        typer.echo(f"{finding.severity}: {finding.sentence}{where}", err=to_stderr)


def _version(project: Project, case: CaseRecord, number: int | None) -> LabelVersion:
    if number is None:
        return newest_version(project, case)
    return version_of(project, case, number)


def _finding_fields(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "severity": finding.severity,
        "sentence": finding.sentence,
        "structure": finding.structure,
        "point_lps": finding.point_lps,
    }


def _step_fields(step: ReplayedStep) -> dict[str, object]:
    fields: dict[str, object] = {"kind": step.step.kind, "structure": step.structure}
    if not isinstance(step.step, AutomaticStep):
        click = step.step.click
        fields |= {"is_foreground": click.is_foreground, "point_lps": click.point_lps}
    return fields | {
        "voxels_changed_then": step.step.voxels_changed,
        "voxels_changed_now": step.voxels_changed,
        "dice": round(step.dice, 4),
    }


def _step_line(number: int, step: ReplayedStep) -> str:
    what = "automatic"
    if not isinstance(step.step, AutomaticStep):
        what = "foreground click" if step.step.click.is_foreground else "background click"
    if isinstance(step.step, MovedClickStep):
        what += ", moved"
    return (
        f"{number}: {step.structure}, {what}: {step.voxels_changed} voxels changed (then "
        f"{step.step.voxels_changed}), Dice with the kept mask {step.dice:.3f}"
    )
