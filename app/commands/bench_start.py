"""`maskwright bench start`: how long it takes from the command to a window that can be seen."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import typer

from app.commands.segment import write_report
from app.display import has_display
from imaging.errors import MaskwrightError
from imaging.own_program import own_program

LIMIT_S = 120.0


def bench_start(runs: int, report_file: Path | None) -> None:
    """Start the window so many times, each in a new process with settings of its own.

    Raises:
        MaskwrightError: it did not start.
    """
    screen = "a real screen" if has_display() else "no screen (Qt's offscreen)"
    times = [_start_once() for _run in range(runs)]
    seconds = [run["from_start_to_window"] for run in times]
    processor_s = [run["processor_seconds_to_window"] for run in times]
    report = {
        "runs": runs,
        "screen": screen,
        "first_s": seconds[0],
        "best_s": min(seconds),
        "median_s": round(statistics.median(seconds), 3),
        "best_processor_s": min(processor_s),
    }
    typer.echo(f"From the command to the window, {runs} starts on {screen}:")
    typer.echo(f"  first                        {report['first_s']:8.2f} s")
    typer.echo(f"  best                         {report['best_s']:8.2f} s")
    typer.echo(f"  median                       {report['median_s']:8.2f} s")
    typer.echo(f"  best, of a processor's time  {report['best_processor_s']:8.2f} s")
    if report_file is not None:
        write_report(report_file, report)


def _start_once() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "times.json"
        environment = {**os.environ, "MASKWRIGHT_HOME": home}
        if not has_display():
            environment["QT_QPA_PLATFORM"] = "offscreen"
        try:
            subprocess.run(
                [*own_program(), "window", "--measure", str(file)],
                env=environment,
                check=True,
                timeout=LIMIT_S,
                capture_output=True,
            )
            times: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
        except (subprocess.SubprocessError, OSError, ValueError) as error:
            raise MaskwrightError(
                "The window did not start, so nothing could be measured. "
                "`maskwright doctor` says what is missing."
            ) from error
        return times
