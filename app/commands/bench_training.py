"""`maskwright bench training`: what a fine-tuning costs whoever clicks on the same computer."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

import resources
from app.bootstrap import command_engines, find_package, model_store
from app.commands.bench import volume_to_measure
from app.commands.segment import write_report
from app.commands.worker import require_training
from app.headless_job import ImpossibleRequestError
from app.paths import HOME_VARIABLE, AppPaths
from imaging.phantom import make_phantom
from imaging.readers.open_volume import open_volume
from imaging.writers.volume_file import write_volume_file
from inference.engines.cores import usable_cores
from training.jobs.clicks_first import announce_click
from training.jobs.job import FineTuneSettings, Stage
from training.jobs.job_queue import JobQueue
from training.jobs.process import worker_command

if TYPE_CHECKING:
    from inference.click_benchmark import ClickTimes
    from inference.model_package import ModelPackage

PATIENT_SHAPE = (80, 176, 176)
PATIENTS = 3
FIRST_SEED = 500
EPOCHS = 500
"""More than are done while somebody clicks: the training is cancelled in the end."""

POLL_SECONDS = 0.5
LONGEST_START_SECONDS = 1800.0
"""Making the cases and the first step take a minute or two on two free cores."""

PROMISED_RATIO = 2.0
"""A click takes no longer than this many times as long while a model learns, at p95."""


def bench_training(
    model_id: str | None,
    clicks: int,
    pause_s: float,
    report_file: Path | None,
    engine: str | None = None,
) -> None:
    """Click in a resident session, start a training, click again, and compare.

    The training is a worker of a project of synthetic patients, in folders of its own: nothing of
    the user's is touched. Clicks are announced as the window announces them.

    Raises:
        ImpossibleRequestError: the model takes no clicks, or the training did not start.
    """
    from inference.open_session import open_session

    require_training()
    package = find_package(model_store(), model_id)
    if not package.automatic_structures or not package.takes_clicks:
        raise ImpossibleRequestError(
            f"The model {package.id} segments nothing without clicks, or takes none; there is "
            "nothing to click at."
        )
    volume = volume_to_measure()
    structure = package.automatic_structures[0]
    session = open_session(volume, package, command_engines(AppPaths.of_user(), engine))
    typer.echo(f"segmenting the {structure}", err=True)
    start = session.segment(structure).whole_mask(volume.geometry.shape)
    with TemporaryDirectory(prefix="maskwright-bench-") as folder:
        home = AppPaths.under(Path(folder) / "home")

        def clicked() -> ClickTimes:
            from inference.click_benchmark import time_clicks

            def wait_and_announce() -> None:
                time.sleep(pause_s)
                announce_click(home.cache)

            return time_clicks(session, volume, structure, start, clicks, wait_and_announce)

        typer.echo(f"{clicks} clicks without a training", err=True)
        without = clicked()
        typer.echo("starting a training", err=True)
        with _training(Path(folder), package):
            typer.echo(f"{clicks} clicks while it trains", err=True)
            beside = clicked()
    p95 = [times.percentile_ms(times.whole_s, 95) for times in (without, beside)]
    report: dict[str, object] = {
        "device": session.device_name,
        "engine": session.engine_name,
        "cores": usable_cores(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "model": f"{package.id} {package.version}",
        "pause_s": pause_s,
        "without_training": without.as_json(),
        "while_training": beside.as_json(),
        "ratio_p95": round(p95[1] / p95[0], 2),
        "promised_ratio": PROMISED_RATIO,
    }
    if report_file is not None:
        write_report(report_file, report)
    for name, value in report.items():
        typer.echo(f"{name:<18}{value}")


@contextmanager
def _training(folder: Path, package: ModelPackage) -> Iterator[None]:
    """A worker in the midst of its first epoch; it is ended with the block."""
    project, home = folder / "project", folder / "home"
    _make_project(project, folder)
    if package.id not in {shipped.name for shipped in resources.path("models").iterdir()}:
        shutil.copytree(package.folder, AppPaths.under(home).models / package.id)
    with JobQueue.open(project) as queue:
        job = queue.submit(FineTuneSettings(package.id, epochs=EPOCHS, promotes=False))
        worker = subprocess.Popen(
            worker_command(project),
            env={**os.environ, HOME_VARIABLE: str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            started = time.monotonic()
            while (now := queue.get(job.id)).progress.stage is not Stage.TRAINING or (
                not now.progress.share
            ):
                if worker.poll() is not None or time.monotonic() - started > LONGEST_START_SECONDS:
                    raise ImpossibleRequestError(
                        f"The training did not start. {now.message} Try maskwright train fine-tune "
                        f"--model {package.id} on a project of yours to see why."
                    )
                time.sleep(POLL_SECONDS)
            yield
            if worker.poll() is not None:
                raise ImpossibleRequestError(
                    f"The training ended while clicks were timed. {queue.get(job.id).message}"
                )
        finally:
            worker.terminate()
            worker.wait()


def _make_project(project: Path, folder: Path) -> None:
    """Synthetic patients, approved, with their true labels."""
    from training.cases.content_hash import content_sha256
    from training.cases.project import Project
    from training.cases.records import (
        CaseSource,
        LabelDraft,
        NewCase,
        SourceKind,
        Split,
        VersionKind,
    )

    with Project.create(project, author="bench") as opened:
        for seed in range(FIRST_SEED, FIRST_SEED + PATIENTS):
            patient = make_phantom(seed, shape=PATIENT_SHAPE)
            path = folder / f"patient_{seed}.nii.gz"
            write_volume_file(path, patient.volume)
            volume = open_volume(path)
            geometry = volume.geometry
            content = content_sha256(volume.array, geometry)
            source = CaseSource(SourceKind.FILE, path, content)
            key = opened.patient_key(str(seed))
            case = opened.cases.add(NewCase(f"patient {seed}", source, geometry, key))
            opened.splits.assign(key, Split.TRAIN)
            opened.versions.save(case.id, VersionKind.INTERIM, LabelDraft(patient.labels, geometry))
            opened.review.approve(case.id, comment="True labels of a synthetic patient.")
