"""`maskwright models list` and `show`: what is installed."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from app.bootstrap import model_store
from app.controllers.predictor import ModelAbilities
from inference.model_package import ModelPackage


def list_packages(as_json: bool) -> None:
    """Print the installed models, the default one first."""
    store = model_store()
    packages = store.packages()
    default = store.find(None)
    if as_json:
        typer.echo(json.dumps([described(package) for package in packages], indent=2))
        return
    for package in packages:
        mark = "*" if package.id == default.id else " "
        typer.echo(f"{mark} {package.id} {package.version}: {package.title}")
        typer.echo(f"    without clicks: {', '.join(package.automatic_structures) or 'nothing'}")
        if package.takes_clicks:
            typer.echo(f"    with clicks: {', '.join(package.structures)}")
        typer.echo(f"    licence: {package.licence}")
        _print_measured(package, "    ")


def show_package(model: str, as_json: bool) -> None:
    """Print all that is known of a model."""
    package = model_store().find(model)
    about = {
        **described(package),
        "licence": package.licence,
        "sources": list(package.sources),
        "training_data": list(package.training_data),
        "measured": [asdict(measured) for measured in package.measured],
        "folder": str(package.folder),
    }
    if as_json:
        typer.echo(json.dumps(about, indent=2))
        return
    typer.echo(f"{package.id} {package.version}: {package.title}")
    typer.echo(f"  without clicks: {', '.join(package.automatic_structures) or 'nothing'}")
    typer.echo(f"  with clicks: {', '.join(package.structures) if package.takes_clicks else 'no'}")
    typer.echo(f"  licence: {package.licence}")
    for heading, lines in (("source", package.sources), ("trained on", package.training_data)):
        for line in lines:
            typer.echo(f"  {heading}: {line}")
    _print_measured(package, "  ")
    typer.echo(f"  folder: {package.folder}")


def _print_measured(package: ModelPackage, margin: str) -> None:
    for measured in package.measured:
        dice = ", ".join(f"{value:.2f} at {clicks}" for clicks, value in measured.dice)
        typer.echo(
            f"{margin}{measured.structure}, mean Dice by clicks: {dice} "
            f"({measured.data}, {measured.cases} case{'s' if measured.cases > 1 else ''})"
        )


def described(package: ModelAbilities) -> dict[str, object]:
    """A package as JSON."""
    return {
        "id": package.id,
        "version": package.version,
        "title": package.title,
        "structures": list(package.structures),
        "automatic_structures": list(package.automatic_structures),
        "takes_clicks": package.takes_clicks,
    }
