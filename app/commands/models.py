"""`maskwright models`: what is installed."""

from __future__ import annotations

import json

import typer

from app.bootstrap import model_store
from app.controllers.predictor import ModelAbilities


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
        for measured in package.measured:
            dice = ", ".join(f"{value:.2f} at {clicks}" for clicks, value in measured.dice)
            typer.echo(
                f"    {measured.structure}, mean Dice by clicks: {dice} "
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
