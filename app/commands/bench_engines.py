"""`maskwright bench engines` and `bench table`: engines timed, and the page of such times."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from app.bootstrap import find_package, model_store
from app.commands.segment import write_report
from app.doctor import installed_versions
from app.engine_benchmark import as_json, time_engines
from app.engines import networks_of
from app.headless_job import ImpossibleRequestError
from app.paths import AppPaths
from imaging.errors import WriteError
from inference.engines.cores import usable_cores
from inference.engines.machine import nvidia_card, processor_name

BEGIN = "<!-- engines: written by `maskwright bench table` -->"
END = "<!-- end of engines -->"
BUSY = 0.5
"""Of the cores, in use before it begins; more and the times are not those of the computer."""

MATTERING = ("onnxruntime-gpu", "onnxruntime", "openvino", "tensorrt", "tensorrt-rtx", "torch")


def bench_engines(model: str | None, side: int, runs: int, report_file: Path | None) -> None:
    """Time every engine with every network of a model."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    package = find_package(model_store(), model)
    networks = []
    for network in networks_of(package):
        typer.echo(f"timing {network.stem}", err=True)
        networks.append(time_engines(network, AppPaths.of_user().engines, side, runs))
    versions = installed_versions()
    report: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor_name(),
        "cores": usable_cores(),
        "load": load,
        "gpu": nvidia_card(),
        "model": f"{package.id} {package.version}",
        "runs": runs,
        "versions": {name: versions[name] for name in MATTERING if name in versions},
        "networks": as_json(networks),
    }
    if report_file is not None:
        write_report(report_file, report)
    typer.echo(table_of(report))


def write_table(folder: Path, page: Path) -> None:
    """Put the tables of all reports in ``folder`` into their place on a page."""
    reports = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
    tables = [table_of(report) for report in reports if "networks" in report]
    if not tables:
        raise ImpossibleRequestError(
            f"There are no reports in {folder}. Make one with `maskwright bench engines --json`."
        )
    text = page.read_text("utf-8") if page.is_file() else f"# How fast it is\n\n{BEGIN}\n{END}\n"
    if BEGIN not in text or END not in text:
        raise ImpossibleRequestError(
            f"{page.name} has no place for the tables: add {BEGIN}, {END}."
        )
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    try:
        page.write_text(f"{before}{BEGIN}\n\n{chr(10).join(tables)}\n{END}{after}", "utf-8")
    except OSError as error:
        raise WriteError(f"{page} could not be written: {error.strerror}.") from error


def table_of(report: dict[str, Any]) -> str:
    """A report as Markdown."""
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    where = report["gpu"] or f"{report['processor']}, {report['cores']} cores"
    lines = [
        f"### {where}",
        "",
        f"{report['model']}; best of {report['runs']} runs, all engines in turn in one run, each "
        f"in its own process; {report['date']}; {versions}.{_warning(report)}",
    ]
    for network in report["networks"]:
        shape = " x ".join(str(size) for size in network["shape"][1:])
        lines += [
            "",
            f"`{network['network']}`, {shape}:",
            "",
            "| engine | ms | times faster than ONNX Runtime | than plain torch | Dice "
            "| what became of it |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_row(engine) for engine in network["engines"]]
    return "\n".join(lines) + "\n"


def _warning(report: dict[str, Any]) -> str:
    """That other programs took the cores, and what that comes to where all share them evenly."""
    load, cores = report.get("load"), report["cores"]
    if not load or load < BUSY * cores:
        return ""
    return (
        f" **Other programs used the {cores} cores too (load {load}): the times may be up to "
        f"{1 + load / cores:.1f} times too long, the ratios hold.**"
    )


def _row(engine: dict[str, Any]) -> str:
    cells = [
        engine["title"],
        engine["milliseconds"]["best"],
        engine["times_faster_than_onnx_runtime"],
        engine["times_faster_than_torch"],
        engine["dice"],
        engine["reason"],
    ]
    return f"| {' | '.join('' if cell is None else str(cell) for cell in cells)} |"
