"""`maskwright doctor`: what this computer can do, printed."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from app.bootstrap import model_store
from app.doctor import Examination, examine_computer
from app.findings import Level
from app.log_bundle import write_log_bundle
from app.paths import AppPaths
from app.settings import SettingsStore

_MARKS = {Level.FINE: " ", Level.INFO: " ", Level.NOTE: "!", Level.FAULT: "X"}


def examine(as_json: bool, save_logs: Path | None) -> int:
    """Print the findings; returns the exit code, 1 where something needed does not work."""
    paths = AppPaths.of_user()
    examination = examine_computer(paths, model_store(paths))
    if as_json:
        typer.echo(json.dumps(examination.as_json(), indent=2))
    else:
        _print(examination)
    if save_logs is not None:
        settings = SettingsStore(paths.settings_file).settings
        written = write_log_bundle(save_logs, paths, examination, settings)
        typer.echo(f"Logs and findings, without patient data: {written}", err=as_json)
    for fault in examination.faults:
        typer.echo(f"maskwright: {fault}", err=True)
    return 1 if examination.faults else 0


def _print(examination: Examination) -> None:
    topic = ""
    for finding in examination.findings:
        shown = finding.topic if finding.topic != topic else ""
        topic = finding.topic
        typer.echo(f"{_MARKS[finding.level]} {shown:<10} {finding.text}")
        if finding.remedy:
            typer.echo(f"{'':<12} -> {finding.remedy}")
    typer.echo("Engines by name, for --engine (the first one is used)")
    for engine in examination.engines:
        typer.echo(f"  {engine.name:<14} {'works' if engine.usable else 'not used'}")
    typer.echo("Folders")
    for name, folder in examination.facts.folders.items():
        typer.echo(f"  {name:<10} {folder}")
    typer.echo("Versions")
    for package, number in examination.versions.items():
        typer.echo(f"  {package:<18} {number}")
    if not examination.faults:
        typer.echo("This computer can run Maskwright.")
