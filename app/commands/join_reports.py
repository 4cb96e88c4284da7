"""`maskwright models join`: several reports of an evaluation as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from app.commands.segment import write_report
from training.evaluation.figure_file import check_figure_file, write_figure
from training.evaluation.plot import dice_figure
from training.evaluation.stored_report import joined_report, read_report


def join_reports(files: Sequence[Path], data: str, out: Path, plot: Path | None) -> None:
    """Write the joined report to ``out``, print its tables, and draw its curve."""
    if plot is not None:
        check_figure_file(plot)
    report = joined_report([read_report(file) for file in files], data)
    write_report(out, report.as_json())
    typer.echo(report.as_text())
    if plot is not None:
        write_figure(dice_figure(report), plot)
