"""`maskwright bench scroll`, `open` and `stall`: what a large CT costs in the real window."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import typer

from app.bootstrap import find_package, make_workbench, model_store
from app.commands import large_case
from app.commands.segment import write_report
from app.headless_job import ImpossibleRequestError
from app.paths import AppPaths
from inference.engines.cores import usable_cores

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.slow_turns import SlowTurns
    from app.gui.window_logic import WindowLogic
    from app.gui.window_script import Script, WindowScript
    from app.gui.window_work import WindowWork

STALL_MS = 50.0
"""A loop that stands still for longer is felt."""

SLAB_MM = 10.0


def bench_scroll(notches: int, report_file: Path | None) -> None:
    """Turn the wheel over a CT of 512 x 512 x 600 voxels with ten structures, in each plane."""
    from viewer.scenes.slabs import Slab, SlabKind

    slabs = (Slab(), Slab(SlabKind.MAXIMUM, SLAB_MM))
    script, work = _run(10, None, lambda work, script: work.scrolling(script, notches, slabs))
    report = _heading(10) | {
        "scroll_ms": {name: summary(times) for name, times in work.scroll_ms.items()},
        "late_ms": stalls(script.late_ms),
    }
    _publish(report, report_file)


def bench_open(model: str | None, report_file: Path | None) -> None:
    """Open a CT of 512 x 512 x 600 voxels and its mask of three structures in the window."""
    script, work = _run(3, model, lambda work, script: work.opening(script))
    report = _heading(3) | {
        "seconds": {name: round(seconds, 2) for name, seconds in work.seconds.items()},
        "late_ms": stalls(script.late_ms),
        "busy_ms": stalls(script.busy_ms),
        "memory_mb": work.memory_mb,
    }
    _publish(report, report_file)


def bench_stall(
    model: str | None, clicks: int, strokes: int, slowest: int, report_file: Path | None
) -> None:
    """Work on a CT of 512 x 512 x 600 voxels with ten structures, and watch the event loop.

    Says what the window's thread did in the ``slowest`` turns.
    """
    from app.gui.slow_turns import SlowTurns

    slow_turns = SlowTurns(slowest) if slowest else None
    script, work = _run(
        10, model, lambda work, script: work.working(script, clicks, strokes), slow_turns
    )
    report = _heading(10) | {
        "late_ms": stalls(script.late_ms),
        "busy_ms": stalls(script.busy_ms),
        "click_ms": summary(work.click_ms),
        "surface_ms": summary(work.surface_ms),
        "seconds": {name: round(seconds, 2) for name, seconds in work.seconds.items()},
        "memory_mb": work.memory_mb,
    }
    if slow_turns is not None:
        report["slow_turns"] = slow_turns.turns
    _publish(report, report_file)


def summary(times_ms: Sequence[float]) -> dict[str, float]:
    """Middle, 95th percentile, longest and number of times."""
    p50, p95 = np.percentile(times_ms, (50, 95))
    return {
        "p50": round(float(p50), 1),
        "p95": round(float(p95), 1),
        "max": round(max(times_ms), 1),
        "count": len(times_ms),
    }


def _run(
    structures: int,
    model: str | None,
    play: Callable[[WindowWork, WindowScript], Script],
    slow_turns: SlowTurns | None = None,
) -> tuple[WindowScript, WindowWork]:
    """Play a script in a window of its own on the large case.

    Raises:
        ImpossibleRequestError: it could not be played to its end.
    """
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.gui.application import run_application
    from app.gui.window_script import WindowScript
    from app.gui.window_work import WindowWork

    package = find_package(model_store(), model)
    with tempfile.TemporaryDirectory(prefix="maskwright-bench-") as scratch:
        folder = Path(scratch)
        typer.echo("making a synthetic CT", err=True)
        large_case.write_large_case_elsewhere(folder, structures)
        work = WindowWork(
            folder / large_case.CT_FILE,
            folder / large_case.LABEL_FILE,
            large_case.points_inside(folder),
        )
        scripts: list[WindowScript] = []

        def when_made(window: MainWindow, logic: WindowLogic) -> None:
            typer.echo("working in a window", err=True)
            scripts.append(WindowScript(window, logic, partial(play, work), _tell, slow_turns))

        paths = _home_with_tried_engines(folder)
        run_application(
            lambda background, gui_thread: make_workbench(package, paths, background, gui_thread),
            when_made,
        )
    if scripts[0].problem:
        raise ImpossibleRequestError(scripts[0].problem)
    return scripts[0], work


def _tell(phase: str) -> None:
    typer.echo(f"  {phase}", err=True)


def _home_with_tried_engines(folder: Path) -> AppPaths:
    """A home of its own for the window, which knows already which engine is best here."""
    paths, users = AppPaths.under(folder / "home"), AppPaths.of_user()
    if users.engines.is_dir():
        shutil.copytree(users.engines, paths.engines)
    return paths


def _heading(structures: int) -> dict[str, Any]:
    return {
        "cores": usable_cores(),
        "ct_shape": list(large_case.SHAPE),
        "structures": structures,
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def stalls(ticks_ms: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """By how much the event loop was late in each phase, or for how long its thread worked."""
    found: dict[str, dict[str, float]] = {}
    for phase, times_ms in ticks_ms.items():
        p50, p99 = np.percentile(times_ms, (50, 99))
        found[phase] = {
            "p50": round(float(p50), 1),
            "p99": round(float(p99), 1),
            "max": round(max(times_ms), 1),
            "over_50_ms": sum(late > STALL_MS for late in times_ms),
            "ticks": len(times_ms),
        }
    return found


def _publish(report: dict[str, Any], report_file: Path | None) -> None:
    if report_file is not None:
        write_report(report_file, report)
    for key, value in report.items():
        if not isinstance(value, dict):
            typer.echo(f"{key:<20}{value}")
            continue
        typer.echo(key)
        for name, entry in value.items():
            if not isinstance(entry, tuple):
                typer.echo(f"  {name:<24}{entry}")
                continue
            typer.echo(f"  {name}")
            for line in entry:
                typer.echo(f"    {line}")
