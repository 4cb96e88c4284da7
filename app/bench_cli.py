"""The arguments of `maskwright bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

CtFile = Annotated[
    Path | None, typer.Option(metavar="PATH", help="A CT. Default: a synthetic 512x512x150.")
]
ModelId = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="ID", help="A model of `maskwright models list`, or its folder."
    ),
]
EngineId = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="What runs the model: see `maskwright doctor`."),
]
Against = Annotated[
    Literal["monai"] | None,
    typer.Option(help="Do the same the way MONAI's bundle does, and compare masks and times."),
]
Report = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the times there.")
]


def add_bench_commands(bench: typer.Typer) -> None:
    """Put the commands of this module into their group."""
    bench.command("click")(click)
    bench.command("automatic")(automatic)
    bench.command("grid")(grid)
    bench.command("brush")(brush)
    bench.command("scroll")(scroll)
    bench.command("open")(open_large)
    bench.command("stall")(stall)
    bench.command("correction")(correction)
    bench.command("cases")(cases)
    bench.command("parity")(parity)
    bench.command("start")(start)
    bench.command("training")(training)
    bench.command("faults")(faults)


def click(
    ct: CtFile = None,
    model: ModelId = None,
    engine: EngineId = None,
    clicks: Annotated[int, typer.Option(min=2, metavar="N", help="How many clicks.")] = 20,
    against: Against = None,
    report: Report = None,
) -> None:
    """Time clicks in a resident session, and say what share of them is the network."""
    from app.commands.bench import bench_clicks

    bench_clicks(ct, model, clicks, report, engine, against)


def brush(
    strokes: Annotated[int, typer.Option(min=1, metavar="N", help="How many strokes.")] = 30,
    report: Report = None,
) -> None:
    """Time strokes, undo and the tools for whole masks on a CT of 512x512x600 voxels."""
    from app.commands.bench_brush import bench_brush

    bench_brush(strokes, report)


def scroll(
    notches: Annotated[
        int, typer.Option(min=1, metavar="N", help="How far the wheel is turned in each plane.")
    ] = 80,
    report: Report = None,
) -> None:
    """Time the wheel in each plane of a window on 512x512x600 voxels with ten structures."""
    from app.commands.bench_window import bench_scroll

    bench_scroll(notches, report)


def open_large(model: ModelId = None, report: Report = None) -> None:
    """Open a CT of 512x512x600 voxels and its mask in a window: seconds, stalls and memory."""
    from app.commands.bench_window import bench_open

    bench_open(model, report)


def stall(
    model: ModelId = None,
    clicks: Annotated[int, typer.Option(min=1, metavar="N", help="How many clicks.")] = 12,
    strokes: Annotated[int, typer.Option(min=1, metavar="N", help="How many strokes.")] = 10,
    slowest: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="N",
            help="Say what the window's thread did in its N costliest turns; slows all of them.",
        ),
    ] = 0,
    report: Report = None,
) -> None:
    """Segment, click, paint and refine in a window, and say for how long it stood still."""
    from app.commands.bench_window import bench_stall

    bench_stall(model, clicks, strokes, slowest, report)


def correction(report: Report = None) -> None:
    """Count the actions that mend a leak, a missing pole and an eaten neighbour in a true mask."""
    from app.commands.bench_correction import bench_correction

    bench_correction(report)


def cases(
    count: Annotated[int, typer.Option(min=4, metavar="N", help="How many cases.")] = 1000,
    report: Report = None,
) -> None:
    """Time the list of a large project, its search, and the next case in a window."""
    from app.commands.bench_cases import bench_cases

    bench_cases(count, report)


def automatic(
    ct: CtFile = None,
    model: ModelId = None,
    engine: EngineId = None,
    against: Against = None,
    monai_every: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Run MONAI's network for one of N batches of windows only, and scale its time.",
        ),
    ] = None,
    report: Report = None,
) -> None:
    """Time segmentation without clicks, from an opened CT to the masks."""
    from app.commands.bench import bench_automatic

    bench_automatic(ct, model, report, engine, against, monai_every)


def grid(
    images: Annotated[Path, typer.Option(metavar="DIR", help="The CTs.")],
    labels: Annotated[Path, typer.Option(metavar="DIR", help="Their masks, by the same names.")],
    structure: Annotated[str, typer.Option(metavar="NAME", help="Which structure.")],
    label_value: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Its value in the masks.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the table there.")
    ] = None,
) -> None:
    """Say what the resolution of a network's grid costs, whatever the network."""
    from app.commands.bench_grid import bench_grids

    bench_grids(images, labels, structure, label_value, report)


def parity(
    reports: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Reports of `bench ... --against monai --json`."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The table, as Markdown.")],
) -> None:
    """Put what was compared with MONAI into one table."""
    from app.commands.bench_parity import write_parity_table

    write_parity_table(reports, out)


def start(
    runs: Annotated[int, typer.Option(min=1, metavar="N", help="How many starts.")] = 5,
    report: Report = None,
) -> None:
    """Time the start of the window: the first start, the best and the middle one."""
    from app.commands.bench_start import bench_start

    bench_start(runs, report)


def training(
    model: ModelId = None,
    engine: EngineId = None,
    clicks: Annotated[int, typer.Option(min=2, metavar="N", help="How many clicks.")] = 20,
    pause: Annotated[
        float, typer.Option(min=0.0, metavar="SECONDS", help="How long a user looks in between.")
    ] = 3.0,
    report: Report = None,
) -> None:
    """Time clicks without and with a fine-tuning that runs on this computer meanwhile."""
    from app.commands.bench_training import bench_training

    bench_training(model, clicks, pause, report, engine)


def faults(
    model: ModelId = None,
    kills: Annotated[int, typer.Option(min=1, metavar="N", help="How often.")] = 50,
    report: Report = None,
) -> None:
    """Kill the engine process while it answers, and time how soon the answer comes all the same."""
    from app.commands.bench_faults import bench_faults

    bench_faults(model, kills, report)
