"""`maskwright bench`: how fast this computer does what."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from app.bootstrap import command_engines, find_package, model_store
from app.commands.segment import write_report
from app.headless_job import ImpossibleRequestError
from app.paths import AppPaths
from imaging.clicks import Click
from imaging.phantom import make_phantom
from imaging.readers.open_volume import open_volume
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file
from inference.engines.cores import usable_cores

if TYPE_CHECKING:
    from inference.messages import OpenEngine
    from inference.model_package import ModelPackage
    from inference.predictor import Predictor
    from training.monai_benchmark import Comparison

CLICK_KEYS = (
    "device",
    "engine",
    "model",
    "ct_shape",
    "click_ms",
    "network_ms",
    "stages_ms",
    "monai_ms",
    "ratio_to_network",
    "ratio_to_monai",
)
"""Of every report about clicks; MONAI's are null where it did not run."""

PHANTOM_SEED = 0
PHANTOM_SHAPE = (150, 512, 512)
PHANTOM_SPACING_MM = (2.0, 0.75, 0.75)
"""An ordinary abdominal CT, where none is named."""

MONAI_REQUESTS = 2
"""How often MONAI is asked: a request takes it 10 to 20 s on two cores, and varies by a tenth."""


def bench_clicks(
    ct: Path | None,
    model_id: str | None,
    clicks: int,
    report_file: Path | None,
    engine: str | None = None,
    against: str | None = None,
) -> None:
    """Open a CT, segment a structure, click at its border, and say where the time went."""
    from inference.click_benchmark import time_clicks
    from inference.open_session import open_session

    package = find_package(model_store(), model_id)
    if not package.automatic_structures or not package.takes_clicks:
        raise ImpossibleRequestError(
            f"The model {package.id} segments nothing without clicks, or takes none; there is "
            "nothing to click at."
        )
    structure = package.automatic_structures[0]
    volume = volume_to_measure(ct)
    open_engine = command_engines(AppPaths.of_user(), engine)
    session = open_session(volume, package, open_engine)
    typer.echo(f"segmenting the {structure}, then {clicks} clicks", err=True)
    start = session.segment(structure).whole_mask(volume.geometry.shape)
    if not start.any():
        raise ImpossibleRequestError(f"No {structure} was found in this CT. Name another one.")
    fresh = open_session(volume, package, open_engine)
    times = time_clicks(fresh, volume, structure, start, clicks)
    report = dict.fromkeys(CLICK_KEYS)
    measured = _heading(session, package, volume) | times.as_json()
    report |= {name: value for name, value in measured.items() if name in CLICK_KEYS}
    report["details"] = {name: value for name, value in measured.items() if name not in CLICK_KEYS}
    if against is not None:
        found = _against_monai(package, ct, volume, times.clicks, open_engine)
        click_ms = times.percentile_ms(times.whole_s, 50)
        monai_ms = [seconds * 1000 for seconds in found.monai_total_s]
        report["monai_ms"] = {"p50": round(median(monai_ms), 1), "p95": round(max(monai_ms), 1)}
        report["ratio_to_monai"] = round(median(monai_ms) / click_ms, 2)
        report["monai"] = found.as_json() | {"click_p50_ms": click_ms}
    _publish(report, report_file)


def bench_automatic(
    ct: Path | None,
    model_id: str | None,
    report_file: Path | None,
    engine: str | None = None,
    against: str | None = None,
    monai_every: int | None = None,
) -> None:
    """Segment all that a model finds without clicks in a CT, and say where the time went."""
    from inference.model_store import ModelStore
    from inference.open_session import open_session

    package = find_package(model_store(), model_id)
    if not package.automatic_structures:
        raise ImpossibleRequestError(f"The model {package.id} segments nothing without clicks.")
    volume = volume_to_measure(ct)
    open_engine = command_engines(AppPaths.of_user(), engine)
    session = open_session(volume, package, open_engine, spleen_finder=ModelStore().spleen_finder())
    started = time.perf_counter()
    prepare_s = session.prepare()
    stages = [session.segment(name).seconds for name in package.automatic_structures]
    whole_s = time.perf_counter() - started
    report = _heading(session, package, volume) | {
        "whole_ms": round(whole_s * 1000, 1),
        "stages_ms": {
            "prepare": round(1000 * (prepare_s + sum(one.prepare for one in stages)), 1),
            "network": round(1000 * sum(one.network for one in stages), 1),
            "map_back": round(1000 * sum(one.map_back for one in stages), 1),
        },
    }
    if against is not None:
        found = _against_monai(package, ct, volume, (), open_engine, monai_every)
        report["monai_ms"] = round(1000 * median(found.monai_total_s), 1)
        report["ratio_to_monai"] = round(found.ratio, 2)
        report["monai"] = found.as_json()
    _publish(report, report_file)


def _heading(session: Predictor, package: ModelPackage, volume: Volume) -> dict[str, object]:
    return {
        "device": session.device_name,
        "engine": session.engine_name,
        "cores": usable_cores(),
        "model": f"{package.id} {package.version}",
        "ct_shape": list(volume.geometry.shape),
    }


def _against_monai(
    package: ModelPackage,
    ct: Path | None,
    volume: Volume,
    clicks: Sequence[Click],
    open_engine: OpenEngine,
    every: int | None = None,
) -> Comparison:
    """The same request by MONAI and by us, from a file that both read.

    Raises:
        ImpossibleRequestError: PyTorch and MONAI are not installed.
    """
    if not (find_spec("torch") and find_spec("monai")):
        raise ImpossibleRequestError(
            "MONAI is not installed here. Install the extra `training`: `make test` does that."
        )
    from training.monai_benchmark import compare_with_monai, time_beside_monai

    def compare(file: Path) -> Comparison:
        if every is not None:
            return time_beside_monai(package, file, open_engine, every)
        return compare_with_monai(package, file, clicks, open_engine, MONAI_REQUESTS)

    typer.echo("the same by MONAI, then by us, exactly and as usual", err=True)
    if ct is not None and ct.is_file():
        return compare(ct)
    with TemporaryDirectory(prefix="maskwright-bench-") as folder:
        file = Path(folder) / "ct.nii"
        write_volume_file(file, volume)
        return compare(file)


def _publish(report: dict[str, object], report_file: Path | None) -> None:
    if report_file is not None:
        write_report(report_file, report)
    for name, value in report.items():
        typer.echo(f"{name:<18}{value}")


def volume_to_measure(ct: Path | None = None) -> Volume:
    """The CT that was named, else a synthetic one of 512 x 512 x 150 voxels."""
    if ct is not None:
        return open_volume(ct)
    typer.echo("making a synthetic CT", err=True)
    return make_phantom(PHANTOM_SEED, shape=PHANTOM_SHAPE, spacing_kji_mm=PHANTOM_SPACING_MM).volume
