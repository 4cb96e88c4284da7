"""`maskwright models compare`: two models on a project's held-out cases, patient by patient."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import typer

from app.bootstrap import find_package, model_store
from app.commands.project_access import print_json, print_problems, print_table
from app.interruption import ProgressLine, cancel_on_interrupt
from app.paths import AppPaths
from imaging.errors import CancelledError, MaskwrightError, ModelError
from inference.model_package import ModelPackage
from inference.model_store import ModelStore
from training.cases.find_cases import Problem
from training.cases.model_used import model_used
from training.cases.project import Project
from training.fine_tuning.measuring import CasePair, by_patient, held_out_case, measure_case
from training.fine_tuning.plan import PlannedCase, held_out_cases
from training.fine_tuning.recorded_clicks import recorded_work
from training.promotion import Comparison, RecordedWork, clicks_to_good, compared

VERSION_MARK = "@"

KEY_LETTERS = 24
"""Of a version's hash, which names it among those of all projects."""


def compare_models(folder: Path, first: str, second: str, seed: int, *, as_json: bool) -> None:
    """Print what both models reach with the same simulated users; nothing is promoted."""
    store = model_store()
    packages = (_package(store, first), _package(store, second))
    for package in packages:
        if package.clicks is None:
            raise ModelError(
                f"{package.id} answers no clicks in a box, so it cannot be compared here. Measure "
                "it with: maskwright evaluate"
            )
    if packages[0].folder == packages[1].folder:
        raise ModelError(f"{packages[0].id} {packages[0].version} is compared with itself.")
    with Project.open_to_read(folder) as project:
        cases = held_out_cases(project)
        pairs, problems = _measured(project, cases, packages, seed)
    lines = compared(by_patient(pairs), seed)
    recorded = recorded_work(pairs)
    print_problems(problems)
    if as_json:
        print_json(_fields(packages, pairs, lines, recorded))
    else:
        _print(packages, lines, recorded)


def _package(store: ModelStore, name: str) -> ModelPackage:
    """An installed model by its id, one of its versions as ID@VERSION, or a package's folder."""
    model_id, mark, version = name.partition(VERSION_MARK)
    if not mark:
        return find_package(store, name)
    installed = store.installed(model_id)
    assert store.versions is not None
    known = (installed, *store.versions.installed(model_id))
    for package in known:
        if package.version == version:
            return package
    versions = ", ".join(package.version for package in known)
    raise ModelError(f"There is no version {version!r} of {model_id}, only: {versions}.")


def _measured(
    project: Project,
    cases: Sequence[PlannedCase],
    packages: tuple[ModelPackage, ModelPackage],
    seed: int,
) -> tuple[list[CasePair], list[Problem]]:
    """Both models on each case; what was measured before is read again."""
    first, second = packages
    hashes = "-".join(model_used(package).sha256[:12] for package in packages)
    kept = AppPaths.of_user().cache / "compared" / f"{hashes}-{seed}"
    pairs: list[CasePair] = []
    problems: list[Problem] = []
    line = ProgressLine()
    with cancel_on_interrupt() as is_cancelled:
        for number, case in enumerate(cases):
            line.report(number / len(cases), f"case {number + 1} of {len(cases)}")
            make = partial(held_out_case, project, case, is_cancelled)
            key = project.versions.get(case.version_id).chain_hash[:KEY_LETTERS]
            try:
                pairs += measure_case(make, key, first, second, seed, kept, is_cancelled)
            except CancelledError:
                line.clear()
                raise
            except MaskwrightError as error:
                problems.append(Problem(case.patient, str(error)))
    line.clear()
    return pairs, problems


def _print(
    packages: tuple[ModelPackage, ModelPackage],
    lines: Sequence[Comparison],
    recorded: Sequence[RecordedWork],
) -> None:
    names = [f"{package.id} {package.version}" for package in packages]
    typer.echo(f"A is {names[0]}, B is {names[1]}; differences are B minus A.")
    rows = [
        (
            line.structure,
            line.measure,
            str(line.patients),
            f"{line.active:.3f}",
            f"{line.candidate:.3f}",
            f"{line.difference:+.3f} ({line.low:+.3f} to {line.high:+.3f})",
            f"{line.worst_difference:+.3f} ({line.worst_patient})",
        )
        for line in lines
    ]
    print_table(
        ("structure", "measure", "patients", "A", "B", "difference (95 %)", "worst patient"), rows
    )
    if recorded:
        typer.echo("Of the recorded clicks, until the mask is good:")
        own = [
            (w.structure, str(w.cases), f"{w.active:.1f}", f"{w.candidate:.1f}") for w in recorded
        ]
        print_table(("structure", "cases", "A", "B"), own)


def _fields(
    packages: tuple[ModelPackage, ModelPackage],
    pairs: Sequence[CasePair],
    lines: Sequence[Comparison],
    recorded: Sequence[RecordedWork],
) -> dict[str, object]:
    """The comparison for JSON; ``a`` and ``b`` are the models in the order of the command."""
    first, second = ({"id": one.id, "version": one.version} for one in packages)
    return {
        "a": first,
        "b": second,
        "patients": len({pair.patient for pair in pairs}),
        "comparisons": [_line_fields(line) for line in lines],
        "clicks_to_good": {
            structure: {"a": before, "b": now}
            for structure, (before, now) in clicks_to_good(by_patient(pairs)).items()
        },
        "recorded_clicks": [
            {"structure": w.structure, "cases": w.cases, "a": w.active, "b": w.candidate}
            for w in recorded
        ],
    }


def _line_fields(line: Comparison) -> dict[str, object]:
    return {
        "structure": line.structure,
        "measure": line.measure,
        "patients": line.patients,
        "a": line.active,
        "b": line.candidate,
        "difference": line.difference,
        "low": line.low,
        "high": line.high,
        "worst_patient": line.worst_patient,
        "worst_difference": line.worst_difference,
    }
