"""`maskwright bench`: how fast this computer does what."""

from __future__ import annotations

from pathlib import Path

import typer

from app.bootstrap import command_engines, model_store
from app.commands.segment import write_report
from app.headless_job import ImpossibleRequestError
from app.paths import AppPaths
from imaging.phantom import make_phantom
from imaging.readers.open_volume import open_volume
from imaging.volume import Volume
from inference.engines.cores import usable_cores

PHANTOM_SEED = 0
PHANTOM_SHAPE = (150, 512, 512)
PHANTOM_SPACING_MM = (2.0, 0.75, 0.75)
"""An ordinary abdominal CT, where none is named."""


def bench_clicks(
    ct: Path | None,
    model_id: str | None,
    clicks: int,
    report_file: Path | None,
    engine: str | None = None,
) -> None:
    """Open a CT, segment the spleen, click at its border, and say where the time went."""
    from inference.click_benchmark import time_clicks
    from inference.click_session import ClickSession

    package = model_store().find(model_id)
    if not package.automatic_structures:
        raise ImpossibleRequestError(
            f"The model {package.id} segments nothing without clicks; there is nothing to click at."
        )
    structure = package.automatic_structures[0]
    volume = _volume(ct)
    open_engine = command_engines(AppPaths.of_user(), engine)
    session = ClickSession(volume, package, open_engine)
    typer.echo(f"segmenting the {structure}, then {clicks} clicks", err=True)
    start = session.segment(structure).whole_mask(volume.geometry.shape)
    if not start.any():
        raise ImpossibleRequestError(f"No {structure} was found in this CT. Name another one.")
    times = time_clicks(
        ClickSession(volume, package, open_engine), volume, structure, start, clicks
    )
    report = {
        "device": session.device_name,
        "engine": session.engine_name,
        "cores": usable_cores(),
        "model": f"{package.id} {package.version}",
        "ct_shape": list(volume.geometry.shape),
        **times.as_json(),
    }
    if report_file is not None:
        write_report(report_file, report)
    for name, value in report.items():
        typer.echo(f"{name:<18}{value}")


def _volume(ct: Path | None) -> Volume:
    if ct is not None:
        return open_volume(ct)
    typer.echo("making a synthetic CT", err=True)
    return make_phantom(PHANTOM_SEED, shape=PHANTOM_SHAPE, spacing_kji_mm=PHANTOM_SPACING_MM).volume
