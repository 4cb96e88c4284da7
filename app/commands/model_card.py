"""`maskwright models card`: a model's card, from its notes and what was measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from app.bootstrap import find_package, model_store
from imaging.writers.atomic_file import whole_file
from inference.model_package import MANIFEST, ModelPackage
from training.model_card import (
    MeasuredResult,
    measured_in_manifest,
    measured_result,
    model_card,
    read_notes,
    stored_results,
)

CARD = "README.md"


def write_card(model: str, result_files: Sequence[Path], out: Path | None) -> None:
    """Write the card of a model, named by its id or folder.

    Without ``result_files`` those in the package are used. Without ``out`` the card goes into
    the package, and its mean Dice into the manifest, where `models list` finds it.
    """
    package = find_package(model_store(), model)
    notes = read_notes(package)
    files = tuple(result_files) or stored_results(package, notes)
    target = out or package.folder / CARD
    results = [measured_result(file, package, notes, target.parent) for file in files]
    if out is None:
        _write_measured(package, results)
    _write(target, model_card(package, notes, results))
    typer.echo(f"{target.name} of {package.id} {package.version}: {len(results)} result file(s)")


def _write_measured(package: ModelPackage, results: Sequence[MeasuredResult]) -> None:
    file = package.folder / MANIFEST
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["measured"] = measured_in_manifest(results)
    _write(file, json.dumps(manifest, indent=2) + "\n")


def _write(file: Path, text: str) -> None:
    with whole_file(file, file.suffix) as path:
        path.write_text(text, encoding="utf-8")
