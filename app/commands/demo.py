"""`maskwright demo`: the whole job, shown in pictures and numbers."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import typer

from app.bootstrap import model_store, predictor_maker
from app.case_files import SAMPLE_SEED
from app.commands.segment import write_report
from app.demo import DemoCase, DemoReport, run
from app.display import has_display
from imaging.errors import WriteError
from imaging.own_program import own_program
from imaging.phantom import make_phantom
from imaging.readers.open_volume import open_volume

WINDOW_LIMIT_S = 120


def run_demo(out: Path, ct: Path | None, model_id: str | None) -> None:
    """Do the job on ``ct`` or the sample case, and print where the time went."""
    package = model_store().find(model_id)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"The folder {out} could not be made ({error.strerror}). Choose another one."
        ) from error

    def open_case() -> DemoCase:
        if ct is not None:
            return DemoCase(open_volume(ct), None)
        phantom = make_phantom(SAMPLE_SEED)
        return DemoCase(phantom.volume, phantom.labels)

    # Off screen needs no X server; a display that is named but dead would only stop it.
    display = os.environ.pop("DISPLAY", None)
    report = run(open_case, predictor_maker(package), package, out)
    if display is not None:
        os.environ["DISPLAY"] = display
    window = _time_window(ct, model_id) if has_display() else {}
    write_report(out / "report.json", report.as_json() | {"window": window})
    _print(report, window, out)


def _time_window(ct: Path | None, model_id: str | None) -> dict[str, float]:
    """Open a real window on the same case in a new process; empty if that fails."""
    with tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "times.json"
        case = ["--sample"] if ct is None else [str(ct)]
        model = [] if model_id is None else ["--model", model_id]
        command = [*own_program(), "window", *case, *model, "--measure", str(times)]
        command += ["--started-at", str(time.time())]
        try:
            subprocess.run(command, check=True, timeout=WINDOW_LIMIT_S, capture_output=True)
            seconds: dict[str, float] = json.loads(times.read_text(encoding="utf-8"))
        except (subprocess.SubprocessError, OSError, ValueError):
            return {}
        return seconds


def _print(report: DemoReport, window: dict[str, float], out: Path) -> None:
    job = report.job
    typer.echo(f"{job.ct}: {job.model} {job.model_version}, {job.engine} on {job.device}")
    for name, ml in job.volumes_ml.items():
        typer.echo(f"  {name:<28} {ml:8.1f} mL")
    for step, value in report.dice.items():
        typer.echo(f"  {'Dice ' + step:<28} {value:8.3f}")
    typer.echo("Seconds")
    for stage, seconds in job.seconds.items():
        typer.echo(f"  {stage:<28} {seconds:8.2f}")
    typer.echo(f"  {'from open to three views':<28} {report.open_to_three_views_s:8.2f}")
    for seconds in report.click_to_picture_s:
        typer.echo(f"  {'from click to picture':<28} {seconds:8.2f}")
    if window:
        typer.echo("Seconds in a real window")
        for step, seconds in window.items():
            typer.echo(f"  {step.replace('_', ' '):<28} {seconds:8.2f}")
    else:
        typer.echo("No window was opened: there is no display, or it failed.")
    typer.echo(f"Pictures, mask and report are in {out}")
