"""`maskwright bench brush`: how quickly a stroke is seen, and what the heavy tools take."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import typer
from numpy.typing import NDArray

from app.commands.bench_window import summary
from app.commands.large_case import large_case
from app.commands.plain_tools import PLAIN_TOOLS, PlainInput
from app.commands.segment import write_report
from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController, DrawnSlice
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.controllers.refinement_work import RefiningInput
from app.controllers.refinements import REFINEMENTS, Refinement
from imaging.editing.brush import Brush
from imaging.editing.rules import EditRules, edit_by
from imaging.labels import Box, LabelEdit, LabelMap, box_of_value
from imaging.measures import point_inside
from imaging.packed_edit import packed
from imaging.structures import Structure, structure_by_name
from imaging.volume import Volume
from inference.engines.cores import usable_cores

if TYPE_CHECKING:
    from app.gui.brush_bench import BrushBench

STRUCTURES = 10
REMEMBERED_STROKES = 500
TIMED_STRUCTURE = "liver"
"""The largest organ is the hardest case."""

OTHER_STRUCTURE = "spleen"
DRAWN_EVERY = 6
"""For filling between slices: the slices of the organ that are left."""

ROOM_VOXELS = 8
TURNS = 2
"""The better of so many is told: a busy computer makes some of them slow."""


Result = TypeVar("Result")


def bench_brush(strokes: int, report_file: Path | None) -> None:
    """Draw on a CT of 512 x 512 x 600 voxels with ten structures, and say what took how long."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.gui.brush_bench import BrushBench

    typer.echo("making a synthetic CT", err=True)
    volume, labels = large_case(STRUCTURES)
    session = CaseSession(volume, (TIMED_STRUCTURE,), labels=labels)
    middle_lps = point_inside(labels, session.active.label_value, volume.geometry)
    if middle_lps is None:
        raise AssertionError("the phantom has a liver")
    report: dict[str, Any] = {
        "cores": usable_cores(),
        "ct_shape": list(volume.geometry.shape),
        "structures": len(session.structures),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }
    with ThreadPoolExecutor(3) as pool:
        bench = BrushBench(session, pool)
        for name, brush in (("disc", Brush(10.0)), ("ball", Brush(10.0, is_ball=True))):
            typer.echo(f"drawing {strokes} strokes with a {name}", err=True)
            times = bench.times(strokes, brush, middle_lps)
            report[f"{name}_stroke_ms"] = summary(times.stroke_ms)
            report[f"{name}_release_ms"] = summary(times.release_ms)
            report[f"{name}_undo_ms"] = summary(times.undo_ms)
            typer.echo(f"  {report[f'{name}_stroke_ms']} ms from event to picture", err=True)
        typer.echo("timing the tools for whole masks, and the undo of each", err=True)
        report["tools_ms"] = _tool_times(bench, session, middle_lps)
        bench.close()
    typer.echo(f"remembering {REMEMBERED_STROKES} strokes", err=True)
    report["history_mb_of_500_strokes"] = _history_mb(volume, labels)
    if report_file is not None:
        write_report(report_file, report)
    for key, value in report.items():
        typer.echo(f"{key:<28}{value}")


def _history_mb(volume: Volume, labels: NDArray[np.uint8]) -> float:
    """What undo holds after many strokes with a ball, each somewhere else."""
    session = CaseSession(volume, (TIMED_STRUCTURE,), labels=labels)
    drawing = DrawingController(lambda: session, DrawingOptions(Brush(10.0, is_ball=True)))
    rng = np.random.default_rng(0)
    geometry = volume.geometry
    for number in range(REMEMBERED_STROKES):
        start_kji = rng.uniform(0.2, 0.8, 3) * geometry.shape
        tool = DrawingTool.ERASER if number % 4 == 0 else DrawingTool.BRUSH
        for step in range(6):
            x, y, z = geometry.index_to_lps(start_kji + np.array([0, 8, 5]) * step)
            if step == 0:
                drawing.begin(tool, (x, y, z), DrawnSlice(0, "slice 1"))
            else:
                drawing.move((x, y, z))
        drawing.end()
    return round(session.history_bytes / 1e6, 4)


def _tool_times(
    bench: BrushBench, session: CaseSession, middle_lps: tuple[float, float, float]
) -> dict[str, dict[str, float]]:
    """What each tool takes with its defaults, from the whole map to the edit, and a plain way."""
    volume, structure = session.volume, session.active
    cursor_kji = volume.geometry.nearest_index(middle_lps) or (0, 0, 0)
    thinned = LabelMap.from_array(_thinned(session.labels.array, structure))
    times: dict[str, dict[str, float]] = {}
    for refinement in REFINEMENTS:
        labels = thinned if refinement.key == "between" else session.labels
        given = RefiningInput(
            labels.array,
            volume,
            structure,
            tuple(parameter.default for parameter in refinement.parameters),
            structure_by_name(OTHER_STRUCTURE) if refinement.asks_structure else None,
            cursor_kji,
            0,
            True,
            (),
        )
        here, edit = _best_of(partial(_edit, refinement, given, labels))
        entry: dict[str, float] = {"here": round(here.wall_ms)}
        if refinement.key in PLAIN_TOOLS:
            title, plain = PLAIN_TOOLS[refinement.key]
            plain_input = _plain_input(labels.array, volume, structure)
            theirs, _ = _best_of(partial(plain, plain_input))
            entry[title] = round(theirs.wall_ms)
            entry["cpu_ratio"] = round(here.cpu_ms / max(theirs.cpu_ms, 1.0), 2)
        if edit is not None and labels is session.labels:
            entry["undo"] = round(_undo_ms(bench, edit), 1)
        times[refinement.key] = entry
        typer.echo(f"  {refinement.text}: {entry}", err=True)
    return times


class _Best(NamedTuple):
    """Milliseconds on the clock and of processor time: the second tells apart on busy computers."""

    wall_ms: float
    cpu_ms: float


def _best_of(work: Callable[[], Result]) -> tuple[_Best, Result]:
    """The least of a few turns, and what came of the last."""
    times = []
    for _turn in range(TURNS):
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        result = work()
        times.append((time.perf_counter() - wall_s, time.process_time() - cpu_s))
    return _Best(*(1000 * min(column) for column in zip(*times, strict=True))), result


def _edit(refinement: Refinement, given: RefiningInput, labels: LabelMap) -> LabelEdit | None:
    """What a tool changes."""
    mask, effect = refinement.work(given)
    rules = EditRules(given.structure.label_value)
    return edit_by(labels, given.volume.array, mask, effect, rules)


def _undo_ms(bench: BrushBench, edit: LabelEdit) -> float:
    return min(bench.undo_ms(packed(edit)) for _turn in range(TURNS))


def _thinned(labels: NDArray[np.uint8], structure: Structure) -> NDArray[np.uint8]:
    """The map with only some slices of a structure."""
    array = labels.copy()
    for k, part in enumerate(array):
        if k % DRAWN_EVERY:
            part[part == structure.label_value] = 0
    return array


def _plain_input(labels: NDArray[np.uint8], volume: Volume, structure: Structure) -> PlainInput:
    box = box_of_value(labels, structure.label_value)
    assert box is not None
    k, j, i = (
        slice(max(0, part.start - ROOM_VOXELS), min(size, part.stop + ROOM_VOXELS))
        for part, size in zip(box, labels.shape, strict=True)
    )
    wide: Box = (k, j, i)
    dk, dj, di = (float(mm) for mm in volume.geometry.spacing_kji_mm)
    return PlainInput(
        labels[wide] == structure.label_value,
        labels[wide] == structure_by_name(OTHER_STRUCTURE).label_value,
        volume.array[wide],
        (dk, dj, di),
    )
