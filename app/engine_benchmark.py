"""Times every engine of this computer with a model's networks, in turn, each in its own process."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from imaging.own_program import module_command
from inference.engines.catalog import KINDS, REFERENCE, kind_named
from inference.engines.choice import Choice
from inference.engines.trial_input import input_for
from inference.host import EngineHost
from training.missing_libraries import where_to_get_them
from training.torch_timing import READY

TORCH = "torch"
Run = Callable[[], float]
"""Runs a network once; returns seconds."""


@dataclass(frozen=True, slots=True)
class EngineTimes:
    """One engine with one network; the times are None where it does not run here.

    Attributes:
        name: its id.
        title: its name in words.
        is_usable: whether the program would use it.
        reason: in plain words.
        best_ms: of all runs.
        p50_ms: of all runs.
        dice: agreement with the reference in the self-test.
        largest_difference: of two logits there.
    """

    name: str
    title: str
    is_usable: bool
    reason: str
    best_ms: float | None = None
    p50_ms: float | None = None
    dice: float | None = None
    largest_difference: float | None = None


@dataclass(frozen=True, slots=True)
class NetworkTimes:
    """All engines with one network, for inputs of one shape."""

    network: str
    shape: tuple[int, ...]
    engines: tuple[EngineTimes, ...]


def time_engines(network: Path, cache: Path, side: int, runs: int) -> NetworkTimes:
    """Run ``network`` so often in each engine, one after the other in rounds.

    In rounds, so that whatever else the computer does meanwhile slows all of them alike.
    ``side`` is that of the input where the network takes any.

    Raises:
        EngineError: no engine runs it.
    """
    with ExitStack() as stack:
        examiner = stack.enter_context(closing(EngineHost(cache)))
        choice = examiner.examine(network)
        remote = examiner.open_engine(network)
        shape = tuple(side if size is None else size for size in remote.input_shape)
        examiner.close()
        starters: dict[str, Run] = {}
        for trial in choice.trials:
            if trial.is_usable:
                host = stack.enter_context(closing(EngineHost(cache, trial.kind)))
                starters[trial.kind] = _host_run(host, network, shape)
        torch_run, torch_reason = _torch_run(stack, network, shape)
        if torch_run is not None:
            starters[TORCH] = torch_run
        seconds: dict[str, list[float]] = {name: [] for name in starters}
        for _ in range(runs):
            for name, run in starters.items():
                seconds[name].append(run())
    return NetworkTimes(
        network.stem,
        shape,
        (
            *(_times(choice, kind.id, seconds.get(kind.id)) for kind in KINDS),
            _torch_times(torch_reason, seconds.get(TORCH)),
        ),
    )


def as_json(networks: list[NetworkTimes]) -> list[dict[str, object]]:
    """Every engine's times with ratios to ONNX Runtime and to plain torch (above 1: faster)."""
    return [
        {
            "network": one.network,
            "shape": list(one.shape),
            "engines": [_engine_fields(engine, one) for engine in one.engines],
        }
        for one in networks
    ]


def _engine_fields(engine: EngineTimes, network: NetworkTimes) -> dict[str, object]:
    by_name = {other.name: other.best_ms for other in network.engines}
    return {
        "name": engine.name,
        "title": engine.title,
        "usable": engine.is_usable,
        "reason": engine.reason,
        "milliseconds": {"best": engine.best_ms, "p50": engine.p50_ms},
        "dice": engine.dice,
        "largest_difference": engine.largest_difference,
        "times_faster_than_onnx_runtime": _ratio(by_name.get(REFERENCE), engine.best_ms),
        "times_faster_than_torch": _ratio(by_name.get(TORCH), engine.best_ms),
    }


def _ratio(other_ms: float | None, ms: float | None) -> float | None:
    return round(other_ms / ms, 2) if other_ms and ms else None


def _host_run(host: EngineHost, network: Path, shape: tuple[int, ...]) -> Run:
    engine = host.open_engine(network)
    inputs = input_for(shape)
    engine.run(inputs)

    def run() -> float:
        started = time.perf_counter()
        engine.run(inputs)
        return time.perf_counter() - started

    return run


def _torch_run(stack: ExitStack, network: Path, shape: tuple[int, ...]) -> tuple[Run | None, str]:
    """Plain torch in a fresh process, as the yardstick; None and why not where it is missing."""
    command = module_command("training.torch_timing")
    child = stack.enter_context(
        subprocess.Popen(
            [*command, str(network), "x".join(map(str, shape))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    )
    stack.callback(child.kill)
    assert child.stdin is not None
    assert child.stdout is not None
    asks, answers = child.stdin, child.stdout
    first = answers.readline().strip()
    if not first:
        return None, f"torch and onnx are not installed. {where_to_get_them()}"
    if not first.startswith(READY):
        return None, first

    def run() -> float:
        asks.write("\n")
        asks.flush()
        return float(answers.readline())

    return run, f"{first.removeprefix(READY)}: the yardstick, never used by the program"


def _times(choice: Choice, kind: str, seconds: list[float] | None) -> EngineTimes:
    trial = next(trial for trial in choice.trials if trial.kind == kind)
    best_ms, p50_ms = _summary(seconds)
    return EngineTimes(
        kind,
        kind_named(kind).title,
        trial.is_usable,
        trial.reason,
        best_ms,
        p50_ms,
        trial.dice,
        trial.largest_difference,
    )


def _torch_times(reason: str, seconds: list[float] | None) -> EngineTimes:
    best_ms, p50_ms = _summary(seconds)
    return EngineTimes(TORCH, "Plain torch, fp32, eager", False, reason, best_ms, p50_ms)


def _summary(seconds: list[float] | None) -> tuple[float | None, float | None]:
    if not seconds:
        return None, None
    return round(min(seconds) * 1000, 1), round(statistics.median(seconds) * 1000, 1)
