"""The arguments of `maskwright bench engines` and `bench table`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def engines(
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="ID", help="A model of `maskwright models list`, or its folder."
        ),
    ] = None,
    side: Annotated[
        int, typer.Option(min=16, max=256, metavar="N", help="Of the input, in voxels.")
    ] = 96,
    runs: Annotated[int, typer.Option(min=1, metavar="N", help="Of each engine.")] = 5,
    report: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the times there.")
    ] = None,
) -> None:
    """Time every engine of this computer with a model's networks, and plain torch beside them."""
    from app.commands.bench_engines import bench_engines

    bench_engines(model, side, runs, report)


def table(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Of reports of `bench engines`.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The Markdown page.")],
) -> None:
    """Write the tables of a folder of reports into a page."""
    from app.commands.bench_engines import write_table

    write_table(folder, out)
