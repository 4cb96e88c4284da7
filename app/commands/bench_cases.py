"""`maskwright bench cases`: how long a large project's list and its next case take."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from app.bootstrap import make_workbench, model_store
from app.commands.bench import volume_to_measure
from app.commands.segment import write_report
from app.display import has_display
from app.paths import AppPaths
from imaging.geometry import VolumeGeometry
from imaging.writers.volume_file import write_volume_file
from inference.engines.cores import usable_cores
from training.cases.content_hash import content_sha256
from training.cases.project import Project
from training.cases.records import CaseQuery, CaseSource, NewCase, SourceKind

SHOWN_CASES = 4
"""So many have a CT, and are opened one after the other."""

SMALL_GRID = VolumeGeometry.from_parts((100, 512, 512), (0.0, 0.0, 0.0), (2.0, 0.8, 0.8))
THUMBNAIL = bytes(12_000)
"""A PNG of 96 x 96 grey pixels is about as large."""

TURNS = 5


def bench_cases(count: int, report_file: Path | None) -> None:
    """Make a project of ``count`` cases; time its list without a window, then the next case."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "study"
        typer.echo(f"making a project of {count} cases, {SHOWN_CASES} of them with a CT", err=True)
        shape = _make_project(folder, count)
        report: dict[str, Any] = {
            "cores": usable_cores(),
            "cases": count,
            "ct_shape": list(shape),
            **_list_times(folder, count),
        }
        if has_display():
            report |= _window_times(folder, AppPaths.under(Path(scratch) / "home"))
        else:
            typer.echo("There is no display: the window is not timed.", err=True)
    if report_file is not None:
        write_report(report_file, report)
    for key, value in report.items():
        typer.echo(f"{key:<20}{value}")


def _make_project(folder: Path, count: int) -> tuple[int, int, int]:
    """Cases with pictures; the shape of the CTs that the first ones have."""
    volume = volume_to_measure()
    with Project.create(folder, author="Bench") as project:
        for number in range(count):
            path = folder.parent / f"{number}.nii.gz"
            geometry, sha256 = SMALL_GRID, f"content {number}"
            if number < SHOWN_CASES:
                other = replace(volume, array=volume.array + number)  # no two CTs are the same
                write_volume_file(path, other)
                geometry = volume.geometry
                sha256 = content_sha256(other.array, geometry)
            source = CaseSource(SourceKind.FILE, path, sha256)
            patient = project.patient_key(f"patient {number // 2}")
            project.cases.add(
                NewCase(f"case {number}", source, geometry, patient, thumbnail_png=THUMBNAIL)
            )
    return volume.geometry.shape


def _list_times(folder: Path, count: int) -> dict[str, float]:
    """Milliseconds, the slowest of a few; and the memory that the list of all cases holds."""
    started_s = time.perf_counter()
    with Project.open(folder) as project:
        project.cases.listed()
        opening_ms = 1000 * (time.perf_counter() - started_s)
        listing_ms = _slowest_ms(lambda: project.cases.listed())
        searching_ms = _slowest_ms(lambda: project.cases.listed(CaseQuery(f"case {count // 2}")))
        tracemalloc.start()
        cases = project.cases.listed()
        held_mb = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
    if len(cases) != count:
        raise AssertionError(f"{len(cases)} of {count} cases are listed")
    return {
        "open_and_list_ms": round(opening_ms, 1),
        "list_ms": round(listing_ms, 1),
        "search_ms": round(searching_ms, 1),
        "list_mb": round(held_mb, 2),
    }


def _slowest_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TURNS):
        started_s = time.perf_counter()
        work()
        times.append(time.perf_counter() - started_s)
    return 1000 * max(times)


def _window_times(folder: Path, paths: AppPaths) -> dict[str, object]:
    """Seconds in a real window, with the shipped model at work as always."""
    from app.gui.application import run_application
    from app.gui.main_window import MainWindow
    from app.gui.next_case_times import NextCaseTimes
    from app.gui.window_logic import WindowLogic

    timed: list[NextCaseTimes] = []

    def when_made(window: MainWindow, logic: WindowLogic) -> None:
        timed.append(NextCaseTimes(window, logic, SHOWN_CASES))
        logic.project.open_project(folder)

    package = model_store(paths).find()
    run_application(
        lambda background, gui_thread: make_workbench(package, paths, background, gui_thread),
        when_made,
    )
    times = timed[0]
    if times.problem:
        return {"problem": times.problem}
    return {
        "window_list_s": round(times.list_s, 2),
        "case_read_s": round(times.first_case_s, 2),
        "next_case_s": [round(seconds, 2) for seconds in times.next_case_s],
    }
