"""Builds TensorRT engines: a half-precision network in, the bytes of an engine out.

One code for both libraries: ``tensorrt`` tunes on the card it builds for; ``tensorrt_rtx``
builds without a card for whole families of them.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from imaging.errors import EngineError
from inference.engines.built_files import ENGINE, TIMINGS, BuiltFiles
from inference.engines.catalog import Library, ReportShare
from inference.engines.engine import cannot_load
from inference.engines.machine import nvidia_card

logger = logging.getLogger(__name__)

SMALLEST_SIDE, USUAL_SIDE, LARGEST_SIDE = 16, 96, 256
"""Of the inputs that an engine for any size is built for, in voxels."""

WORKSPACE_BYTES = 4 * 2**30

Foreign = Any
"""An object of a library that has no types."""


@dataclass(frozen=True, slots=True)
class BuildTarget:
    """What is built, with what, and for which cards.

    ``capabilities`` are names such as "SM89", for `tensorrt_rtx` on a machine without a card; none
    for the card that is there.
    """

    network: Path
    library: Library
    capabilities: tuple[str, ...] = ()


def engine_bytes(
    target: BuildTarget, cache: Path, report: ReportShare = lambda _share: None
) -> bytes:
    """The engine, from ``cache`` or built now.

    Raises:
        EngineError: the network cannot be built.
    """
    trt = import_module(target.library)
    files = BuiltFiles(cache, facts_of(target, trt.__version__))
    kept = files.load()
    if kept is not None:
        return kept
    contents = _build(trt, target, files.load(TIMINGS), report)
    files.save(contents)
    return contents[ENGINE]


def is_built(target: BuildTarget, cache: Path) -> bool:
    """Whether ``engine_bytes`` would find the engine in ``cache``, whole."""
    trt = import_module(target.library)
    return BuiltFiles(cache, facts_of(target, trt.__version__)).load() is not None


def facts_of(target: BuildTarget, version: str) -> dict[str, str]:
    """Everything that an engine depends on; another value of any means another engine."""
    return {
        "network": hashlib.sha256(target.network.read_bytes()).hexdigest(),
        "library": f"{target.library} {version}",
        "precision": "float16, norms float32",
        "sides": f"{SMALLEST_SIDE} {USUAL_SIDE} {LARGEST_SIDE}",
        "card and driver": nvidia_card(),
        "capabilities": " ".join(target.capabilities),
    }


def _build(
    trt: ModuleType, target: BuildTarget, timings: bytes | None, report: ReportShare
) -> dict[str, bytes]:
    builder = trt.Builder(trt.Logger(trt.Logger.ERROR))
    network = builder.create_network(_network_flags(trt))
    parser = trt.OnnxParser(network, trt.Logger(trt.Logger.ERROR))
    if not parser.parse(_half_network(target.network)):
        reasons = "; ".join(parser.get_error(n).desc() for n in range(parser.num_errors))
        raise cannot_load(target.network.name, RuntimeError(reasons))
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, WORKSPACE_BYTES)
    config.progress_monitor = _monitor(trt, report)
    if target.capabilities:
        config.num_compute_capabilities = len(target.capabilities)
        for place, name in enumerate(target.capabilities):
            config.set_compute_capability(getattr(trt.ComputeCapability, name), place)
    profile = builder.create_optimization_profile()
    given = network.get_input(0)
    profile.set_shape(given.name, *(_sized(given.shape, side) for side in _sides()))
    config.add_optimization_profile(profile)
    cache = _timing_cache(trt, config, timings)
    built = builder.build_serialized_network(network, config)
    if built is None:
        raise EngineError(
            f"{target.library} could not build the network {target.network.name} for this card. "
            "Update the graphics driver, or choose another engine."
        )
    contents = {ENGINE: bytes(built)}
    if cache is not None:
        contents[TIMINGS] = bytes(cache.serialize())
    return contents


def _half_network(path: Path) -> bytes:
    import onnx

    from inference.engines.half_precision import to_half

    try:
        return bytes(to_half(onnx.load(path)).SerializeToString())
    except Exception as error:  # the parser of ONNX raises what it likes
        raise cannot_load(path.name, error) from error


def _network_flags(trt: ModuleType) -> int:
    """Types as written in the file; newer versions know nothing else and have no flag for it."""
    flag = getattr(trt.NetworkDefinitionCreationFlag, "STRONGLY_TYPED", None)
    return 0 if flag is None else 1 << int(flag)


def _timing_cache(trt: ModuleType, config: Foreign, timings: bytes | None) -> Foreign:
    """What tuning found before; `tensorrt_rtx` does not tune and refuses one."""
    if trt.__name__ != "tensorrt":
        return None
    cache = config.create_timing_cache(timings or b"")
    config.set_timing_cache(cache, ignore_mismatch=False)
    return cache


def _sides() -> tuple[int, int, int]:
    return SMALLEST_SIDE, USUAL_SIDE, LARGEST_SIDE


def _sized(shape: Sequence[int], side: int) -> tuple[int, ...]:
    return tuple(side if size < 0 else size for size in shape)


def _monitor(trt: Foreign, report: ReportShare) -> Foreign:
    """Tells how far a build is, as the share of its outermost phase."""

    class Monitor(trt.IProgressMonitor):  # type: ignore[misc]  # the library has no types
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)
            self._phases: dict[str, int] = {}

        def phase_start(self, phase_name: str, _parent: str | None, num_steps: int) -> None:
            self._phases[phase_name] = max(num_steps, 1)

        def step_complete(self, phase_name: str, step: int) -> bool:
            if phase_name == next(iter(self._phases), ""):
                report(min((step + 1) / self._phases[phase_name], 1.0))
            return True

        def phase_finish(self, phase_name: str) -> None:
            self._phases.pop(phase_name, None)

    return Monitor()
