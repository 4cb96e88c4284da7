"""`maskwright doctor`: what this computer can do, printed."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from app.bootstrap import model_store
from app.doctor import Examination, ModelLine, examine_computer
from app.engines import networks_of
from app.paths import AppPaths


def examine(as_json: bool) -> int:
    """Print the findings; returns the exit code, 1 where something needed does not work."""
    paths = AppPaths.of_user()
    packages = model_store(paths).packages()
    models = tuple(ModelLine(one.id, one.version, one.title) for one in packages)
    networks = [network for package in packages for network in networks_of(package)]
    examination = examine_computer(paths, models, networks[0] if networks else None)
    if as_json:
        typer.echo(json.dumps(asdict(examination), indent=2))
    else:
        _print(examination)
    for fault in examination.faults:
        typer.echo(f"maskwright: {fault}", err=True)
    return 1 if examination.faults else 0


def _print(examination: Examination) -> None:
    typer.echo(f"System     {examination.system}, {examination.cores} cores")
    typer.echo(f"Processor  {examination.processor}")
    typer.echo(f"Display    {'yes' if examination.has_display else 'no: only commands will work'}")
    typer.echo("Engines (the first one is used)")
    for engine in examination.engines:
        works = "works" if engine.usable else "not used"
        typer.echo(f"  {engine.name:<14} {works:<9} {engine.reason}")
    typer.echo("Models")
    for model in examination.models:
        typer.echo(f"  {model.id} {model.version}: {model.title}")
    typer.echo("Folders")
    for name, folder in examination.folders.items():
        typer.echo(f"  {name:<10} {folder}")
    typer.echo("Versions")
    for package, number in examination.versions.items():
        typer.echo(f"  {package:<18} {number}")
    if not examination.faults:
        typer.echo("This computer can run Maskwright.")
