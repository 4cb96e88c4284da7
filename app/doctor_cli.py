"""The arguments of `maskwright doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    save_logs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write logs and findings, without patient data, to a zip for a support mail.",
        ),
    ] = None,
) -> None:
    """Say what this computer can do, and what is missing."""
    from app.commands.doctor import examine

    raise typer.Exit(examine(as_json, save_logs))


def graphics() -> None:
    """Print what draws the pictures; a process of its own, which a broken driver may end."""
    from viewer.scenes.offscreen import opengl_renderer

    typer.echo(opengl_renderer())
