"""`maskwright bench brush`: how quickly a stroke is seen, and what the heavy tools take."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
import typer
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from app.commands.segment import write_report
from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController, DrawnSlice
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.controllers.refinement_work import RefiningInput
from app.controllers.refinements import REFINEMENTS
from imaging.editing.box_mask import BoxMask
from imaging.editing.brush import Brush
from imaging.editing.rules import EditRules, edit_by
from imaging.geometry import VolumeGeometry
from imaging.measures import inner_point_lps
from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from imaging.volume import Volume
from inference.engines.cores import usable_cores

SHAPE = (600, 512, 512)
SPACING_MM = (1.0, 0.75, 0.75)
COARSE_STEPS = (6, 2, 2)
"""The phantom is made on a coarser grid, and each voxel repeated: this saves minutes."""

STRUCTURES = 10
REMEMBERED_STROKES = 500
TIMED_STRUCTURE = "liver"
"""The largest organ is the hardest case."""


def bench_brush(strokes: int, report_file: Path | None) -> None:
    """Draw on a CT of 512 x 512 x 600 voxels with ten structures, and say what took how long."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.gui.brush_bench import BrushBench

    typer.echo("making a synthetic CT", err=True)
    volume, labels = _large_case()
    session = CaseSession(volume, (TIMED_STRUCTURE,), labels=labels)
    middle_lps = inner_point_lps(session.labels.mask(session.active.label_value), volume.geometry)
    if middle_lps is None:
        raise AssertionError("the phantom has a liver")
    report: dict[str, Any] = {
        "cores": usable_cores(),
        "ct_shape": list(SHAPE),
        "structures": len(session.structures),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }
    with ThreadPoolExecutor(3) as pool:
        bench = BrushBench(session, pool)
        for name, brush in (("disc", Brush(10.0)), ("ball", Brush(10.0, is_ball=True))):
            typer.echo(f"drawing {strokes} strokes with a {name}", err=True)
            times = bench.times(strokes, brush, middle_lps)
            report[f"{name}_stroke_ms"] = _summary(times.stroke_ms)
            report[f"{name}_release_ms"] = _summary(times.release_ms)
            report[f"{name}_undo_ms"] = _summary(times.undo_ms)
            report["scroll_ms"] = _summary(times.scroll_ms)
            typer.echo(f"  {report[f'{name}_stroke_ms']} ms from event to picture", err=True)
        bench.close()
    typer.echo(f"remembering {REMEMBERED_STROKES} strokes", err=True)
    report["history_mb_of_500_strokes"] = _history_mb(volume, labels)
    typer.echo("timing the tools for whole masks", err=True)
    report["tools_ms"] = _tool_times(session, middle_lps)
    if report_file is not None:
        write_report(report_file, report)
    for key, value in report.items():
        typer.echo(f"{key:<28}{value}")


def _large_case() -> tuple[Volume, NDArray[np.uint8]]:
    """A phantom in fine voxels; ten of its structures are labelled."""
    coarse_shape = tuple(size // step for size, step in zip(SHAPE, COARSE_STEPS, strict=True))
    coarse_mm = tuple(mm * step for mm, step in zip(SPACING_MM, COARSE_STEPS, strict=True))
    k, j, i = coarse_shape
    patient = make_phantom(0, shape=(k, j, i), spacing_kji_mm=(coarse_mm[0], *coarse_mm[1:]))
    array, labels = patient.volume.array, patient.labels
    for axis, step in enumerate(COARSE_STEPS):
        array, labels = np.repeat(array, step, axis), np.repeat(labels, step, axis)
    kept = np.unique(labels)[1 : STRUCTURES + 1]
    labels = np.where(np.isin(labels, kept), labels, 0).astype(np.uint8)
    geometry = VolumeGeometry.from_parts(SHAPE, (0.0, 0.0, 0.0), SPACING_MM)
    return Volume(array, geometry, name="Bench"), labels


def _history_mb(volume: Volume, labels: NDArray[np.uint8]) -> float:
    """What undo holds after many strokes with a ball, each somewhere else."""
    session = CaseSession(volume, (TIMED_STRUCTURE,), labels=labels)
    drawing = DrawingController(lambda: session, DrawingOptions(Brush(10.0, is_ball=True)))
    rng = np.random.default_rng(0)
    geometry = volume.geometry
    for number in range(REMEMBERED_STROKES):
        start_kji = rng.uniform(0.2, 0.8, 3) * SHAPE
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
    session: CaseSession, middle_lps: tuple[float, float, float]
) -> dict[str, dict[str, float | str]]:
    """What each tool takes with its defaults, from the whole map to the edit, and a plain way."""
    volume, structure = session.volume, session.active
    cursor_kji = volume.geometry.nearest_index(middle_lps) or (0, 0, 0)
    own = BoxMask.of(session.labels.mask(structure.label_value))
    assert own is not None
    times: dict[str, dict[str, float | str]] = {}
    for refinement in REFINEMENTS:
        if refinement.key == "between":
            continue  # an organ that is whole has nothing between its slices
        numbers = tuple(parameter.default for parameter in refinement.parameters)
        other = structure_by_name("spleen") if refinement.asks_structure else None
        given = RefiningInput(
            session.labels.array,
            volume,
            structure,
            numbers,
            other,
            cursor_kji,
            0,
            True,
            (),
        )
        started_s = time.perf_counter()
        mask, effect = refinement.work(given)
        edit_by(session.labels, volume.array, mask, effect, EditRules(structure.label_value))
        entry: dict[str, float | str] = {"here": round(1000 * (time.perf_counter() - started_s))}
        if refinement.key in _PLAIN:
            title, plain = _PLAIN[refinement.key]
            wide = own.padded(8, SHAPE).mask
            started_s = time.perf_counter()
            plain(wide)
            entry[title] = round(1000 * (time.perf_counter() - started_s))
        times[refinement.key] = entry
        typer.echo(f"  {refinement.text}: {entry}", err=True)
    return times


def _image(mask: NDArray[np.bool_]) -> sitk.Image:
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing(SPACING_MM[::-1])
    return image


def _plain_margin(mask: NDArray[np.bool_]) -> None:
    distance = sitk.SignedMaurerDistanceMap(
        _image(mask), squaredDistance=False, useImageSpacing=True
    )
    sitk.GetArrayFromImage(distance <= 2.0)


def _plain_smooth(mask: NDArray[np.bool_]) -> None:
    gaussian_filter(mask.astype(np.float64), 2.0 / np.array(SPACING_MM)) > 0.5  # noqa: B015 - timed


def _plain_median(mask: NDArray[np.bool_]) -> None:
    radius = [int(2.0 / mm) for mm in SPACING_MM[::-1]]
    sitk.GetArrayFromImage(sitk.BinaryMedian(_image(mask), radius))


def _plain_holes(mask: NDArray[np.bool_]) -> None:
    sitk.GetArrayFromImage(sitk.BinaryFillhole(_image(mask)))


def _plain_islands(mask: NDArray[np.bool_]) -> None:
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(_image(mask), True))
    sitk.GetArrayFromImage(parts == 1)


_PLAIN: dict[str, tuple[str, Callable[[NDArray[np.bool_]], None]]] = {
    "smooth": ("scipy gaussian_filter", _plain_smooth),
    "median": ("SimpleITK BinaryMedian", _plain_median),
    "grow": ("SimpleITK SignedMaurerDistanceMap", _plain_margin),
    "shrink": ("SimpleITK SignedMaurerDistanceMap", _plain_margin),
    "holes": ("SimpleITK BinaryFillhole", _plain_holes),
    "largest": ("SimpleITK ConnectedComponent", _plain_islands),
    "islands": ("SimpleITK ConnectedComponent", _plain_islands),
}
"""The usual way of each tool, on the structure's own box: finding that is left to the caller."""


def _summary(times_ms: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(times_ms, (50, 95))
    return {
        "p50": round(float(p50), 1),
        "p95": round(float(p95), 1),
        "max": round(max(times_ms), 1),
        "count": len(times_ms),
    }
