"""`maskwright models install`: from the Model Zoo, or from a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer

from app import model_zoo
from app.bootstrap import zoo_installer
from app.commands.models_import import ImportOptions, import_path, show_imported, show_progress
from app.headless_job import ImpossibleRequestError
from app.model_zoo import ZooModel, zoo_model
from app.paths import AppPaths


def list_zoo(as_json: bool) -> None:
    """Print what can be installed by name."""
    if as_json:
        typer.echo(json.dumps([_described(model) for model in model_zoo.ZOO], indent=2))
        return
    for model in model_zoo.ZOO:
        typer.echo(f"{model.name} {model.version}: {model.what}")
        typer.echo(f"    about {model.about_mb} MB, {model.licence}")


def install(
    what: str, model_id: str | None, accepts_licence: bool, proxy: str, as_json: bool
) -> None:
    """Install a model of the Zoo by its name, or import a file."""
    if what not in {model.name for model in model_zoo.ZOO} and Path(what).exists():
        import_path(Path(what), ImportOptions(model_id=model_id), as_json)
        return
    model = zoo_model(what)
    _have_accepted(model, accepts_licence)
    installer = zoo_installer(AppPaths.of_user(), proxy)
    imported = installer.install(model, model_id, show_progress, lambda: False)
    show_imported(imported, as_json)


def _have_accepted(model: ZooModel, accepts_licence: bool) -> None:
    typer.echo(model.terms, err=True)
    if accepts_licence:
        return
    if not sys.stdin.isatty():
        raise ImpossibleRequestError(
            f"Nothing was downloaded. If you accept these terms: maskwright models install "
            f"{model.name} --accept-licence"
        )
    if not typer.confirm("Do you accept these terms?", err=True):
        raise ImpossibleRequestError("Nothing was downloaded.")


def _described(model: ZooModel) -> dict[str, object]:
    return {
        "name": model.name,
        "version": model.version,
        "title": model.title,
        "what": model.what,
        "licence": model.licence,
        "training_data": model.training_data,
        "url": model.url,
        "sha1": model.sha1,
        "about_mb": model.about_mb,
    }
