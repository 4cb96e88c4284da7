"""`maskwright models import` and `remove`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from app.bootstrap import model_importer
from app.commands.models import described
from app.model_import import Imported, ImportRequest
from app.model_zoo import check_carried_over
from app.paths import AppPaths
from inference.bundles.bundle_files import digest_of, open_bundle_files
from inference.bundles.bundle_reader import ReadingOptions, code_of


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The command's options; see its help."""

    model_id: str | None = None
    labels: str | None = None
    click_order: str | None = None
    network: str | None = None
    size: int | None = None
    trust: str | None = None


def import_path(path: Path, options: ImportOptions, as_json: bool) -> None:
    """Import a model and say what it can do."""
    labels = tuple(part.strip() for part in options.labels.split(",")) if options.labels else None
    request = ImportRequest(
        path=path,
        model_id=options.model_id,
        reading=ReadingOptions(labels=labels, click_order=options.click_order),
        network=options.network,
        size=options.size,
        trust=options.trust,
    )
    check_carried_over(path)
    importer = model_importer(AppPaths.of_user())
    show_imported(importer.import_model(request, show_progress, lambda: False), as_json)


def show_imported(imported: Imported, as_json: bool) -> None:
    """Say what the new model can do."""
    package = imported.package
    if as_json:
        typer.echo(json.dumps({**described(package), "notes": list(imported.notes)}, indent=2))
        return
    what = ", ".join(package.structures)
    clicks = "with and without clicks" if package.takes_clicks else "without clicks"
    typer.echo(f"{package.id} {package.version} is installed: {what}, {clicks}.")
    for note in imported.notes:
        typer.echo(note)


def show_code(path: Path) -> None:
    """Print what a user who trusts a bundle would let run, and its hash."""
    with open_bundle_files(path) as files:
        for name, text in code_of(files):
            typer.echo(f"===== {name}")
            typer.echo(text)
        typer.echo(f"SHA-256 of all {len(files.names)} files: {digest_of(files)}")


def remove_model(model_id: str, as_json: bool) -> None:
    """Delete an imported model."""
    model_importer(AppPaths.of_user()).remove(model_id)
    typer.echo(json.dumps({"removed": model_id}) if as_json else f"{model_id} was removed.")


def show_progress(share: float, text: str) -> None:
    """Draw one line on a terminal, again and again."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%} {text:<40}")
        if share >= 1:
            sys.stderr.write("\n")
