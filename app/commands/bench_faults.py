"""`maskwright bench faults`: how soon a click is answered whose engine process was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import numpy as np
import typer
from numpy.typing import NDArray

from app.bootstrap import find_package, model_store
from app.commands.segment import write_report
from app.engines import networks_of
from app.headless_job import ImpossibleRequestError
from app.paths import AppPaths
from inference.engines.cores import usable_cores
from inference.engines.trial_input import input_for
from inference.host import EngineHost, RemoteEngine

PROMISED_S = 2.0
"""Within so long a killed process is replaced and the click answered."""

USUAL_RUNS = 5
SEED = 0


def bench_faults(model_id: str | None, kills: int, report_file: Path | None) -> None:
    """Kill the engine process so often at random instants of a click network's run.

    Raises:
        ImpossibleRequestError: processes cannot be killed so on this system.
    """
    if not hasattr(signal, "SIGKILL"):
        raise ImpossibleRequestError("This system has no kill -9; measure on Linux or macOS.")
    package = find_package(model_store(), model_id)
    network = networks_of(package)[0]
    notices: list[str] = []
    engines = EngineHost(AppPaths.of_user().engines, notify=notices.append, defers_builds=False)
    try:
        engine = engines.open_engine(network)
        inputs = input_for(engine.input_shape)
        expected = engine.run(inputs)
        usual_s = float(
            np.median([_seconds(lambda: engine.run(inputs)) for _ in range(USUAL_RUNS)])
        )
        typer.echo(f"killing the engine process {kills} times", err=True)
        rng = np.random.default_rng(SEED)
        seconds, largest = [], 0.0
        for _ in range(kills):
            after_s = float(rng.uniform(0, usual_s))
            took_s, answer = _killed_run(engines, engine, inputs, after_s, notices)
            seconds.append(took_s)
            largest = max(largest, float(np.abs(answer - expected).max()))
        name, device = engine.name, engine.device
    finally:
        engines.close()
    report: dict[str, object] = {
        "device": device,
        "engine": name,
        "cores": usable_cores(),
        "load": round(os.getloadavg()[0], 2),
        "model": f"{package.id} {package.version}",
        "kills": kills,
        "restarts": len(notices),
        "largest_logit_difference": round(largest, 4),
        "usual_run_ms": round(1000 * usual_s),
        "kill_to_answer_ms": {
            "p50": round(1000 * float(np.percentile(seconds, 50))),
            "p95": round(1000 * float(np.percentile(seconds, 95))),
            "max": round(1000 * max(seconds)),
        },
        "promised_ms": round(1000 * PROMISED_S),
    }
    if report_file is not None:
        write_report(report_file, report)
    for key, value in report.items():
        typer.echo(f"{key:<26}{value}")


def _killed_run(
    engines: EngineHost,
    engine: RemoteEngine,
    inputs: NDArray[np.float32],
    after_s: float,
    notices: list[str],
) -> tuple[float, NDArray[np.float32]]:
    """Seconds from the kill to the answer, and the answer."""
    before = len(notices)
    killed_at: list[float] = []

    def kill() -> None:
        killed_at.append(time.perf_counter())
        with contextlib.suppress(ProcessLookupError):
            if engines.process_id is not None:
                os.kill(engines.process_id, signal.SIGKILL)

    killer = Timer(after_s, kill)
    killer.start()
    answer = engine.run(inputs)
    answered_at = time.perf_counter()
    killer.join()
    if len(notices) > before:
        return answered_at - killed_at[0], answer
    started = time.perf_counter()  # the answer was faster: the next click finds no process
    answer = engine.run(inputs)
    return time.perf_counter() - started, answer


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
