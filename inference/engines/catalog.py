"""The kinds of engine that there are, in the order of the speed to expect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from imaging.errors import EngineError
from inference.engines.engine import Engine
from inference.engines.machine import has_nvidia_driver

AUTOMATIC = "auto"
"""Instead of a kind: whatever is fastest here."""

REFERENCE = "onnx-cpu"
"""The kind that every other one must agree with; it runs everywhere."""

Library = Literal["tensorrt", "tensorrt_rtx"]
"""TensorRT's Python modules."""

WhyNot = Callable[[], str | None]
OpenNetwork = Callable[[Path, Path], Engine]
ReportShare = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Build:
    """What a kind does for minutes, once for each network, before it can open one.

    Attributes:
        is_there: whether it was done, given the network and the engines' cache folder.
        make: does it, and says how far it is. Raises EngineError.
    """

    is_there: Callable[[Path, Path], bool]
    make: Callable[[Path, Path, ReportShare], None]


@dataclass(frozen=True, slots=True)
class EngineKind:
    """A library, a device and a precision.

    Attributes:
        id: its name in commands and settings.
        title: its name in sentences.
        family: kinds of one family differ in precision only; the first that agrees will do.
        why_not: says in a few words what this computer lacks for it; None if nothing.
        open: loads a network, given the engines' cache folder. Raises EngineError.
        build: what comes first where ``open`` alone would take minutes; None if nothing does.
    """

    id: str
    title: str
    family: str
    why_not: WhyNot
    open: OpenNetwork
    build: Build | None = None


def kind_named(kind_id: str) -> EngineKind:
    """The kind of that id.

    Raises:
        EngineError: there is none, in a sentence that names those there are.
    """
    for kind in KINDS:
        if kind.id == kind_id:
            return kind
    raise EngineError(
        f"There is no engine {kind_id!r}. Choose one of {', '.join((AUTOMATIC, *kind_ids()))}."
    )


def kind_ids() -> tuple[str, ...]:
    """All ids, fastest first."""
    return tuple(kind.id for kind in KINDS)


def _why_no_tensorrt(module: str, package: str) -> str | None:
    if find_spec(module) is None:
        return f"{package} is not installed"
    if find_spec("cuda") is None or find_spec("cuda.bindings") is None:  # a namespace: both
        return "cuda-bindings is not installed"
    if find_spec("onnx") is None:
        return "onnx is not installed"
    return None if has_nvidia_driver() else "there is no NVIDIA driver"


def _why_no_cuda() -> str | None:
    if not has_nvidia_driver():
        return "there is no NVIDIA driver"
    if find_spec("onnxruntime") is None:
        return "onnxruntime-gpu is not installed"
    from inference.engines.onnx_runtime import has_cuda

    return None if has_cuda() else "this ONNX Runtime was built without CUDA"


def _why_no_openvino() -> str | None:
    return None if find_spec("openvino") is not None else "openvino is not installed"


def _why_no_bf16() -> str | None:
    if find_spec("openvino") is None:
        return "openvino is not installed"
    from inference.engines.openvino import has_bf16

    return None if has_bf16() else "the processor does not compute with bfloat16"


def _why_no_onnx_runtime() -> str | None:
    return None if find_spec("onnxruntime") is not None else "onnxruntime is not installed"


def _open_tensorrt_rtx(path: Path, cache: Path) -> Engine:
    from inference.engines.tensorrt import TensorRtEngine

    return TensorRtEngine(path, "tensorrt_rtx", cache)


def _open_tensorrt(path: Path, cache: Path) -> Engine:
    from inference.engines.tensorrt import TensorRtEngine

    return TensorRtEngine(path, "tensorrt", cache)


def _tensorrt_build(library: Library) -> Build:
    def is_there(path: Path, cache: Path) -> bool:
        from inference.engines.tensorrt_build import BuildTarget, is_built

        return is_built(BuildTarget(path, library), cache)

    def make(path: Path, cache: Path, report: ReportShare) -> None:
        from inference.engines.tensorrt_build import BuildTarget, engine_bytes

        engine_bytes(BuildTarget(path, library), cache, report)

    return Build(is_there, make)


def _open_cuda(path: Path, _cache: Path) -> Engine:
    from inference.engines.onnx_runtime import CUDA, OnnxRuntimeEngine

    engine = OnnxRuntimeEngine(path)
    if engine.provider != CUDA:
        raise EngineError(
            "ONNX Runtime does not use the graphics card: the libraries of CUDA or cuDNN are "
            "missing. Install the GPU pack: maskwright gpu install."
        )
    return engine


def _open_bf16(path: Path, _cache: Path) -> Engine:
    from inference.engines.openvino import OpenVinoEngine

    return OpenVinoEngine(path, "bf16")


def _open_f32(path: Path, _cache: Path) -> Engine:
    from inference.engines.openvino import OpenVinoEngine

    return OpenVinoEngine(path, "f32")


def _open_cpu(path: Path, _cache: Path) -> Engine:
    from inference.engines.onnx_runtime import OnnxRuntimeEngine

    return OnnxRuntimeEngine(path, may_use_gpu=False)


KINDS = (
    EngineKind(
        "tensorrt",
        "TensorRT",
        "tensorrt",
        lambda: _why_no_tensorrt("tensorrt", "tensorrt"),
        _open_tensorrt,
        _tensorrt_build("tensorrt"),
    ),
    EngineKind(
        "tensorrt-rtx",
        "TensorRT for RTX",
        "tensorrt-rtx",
        lambda: _why_no_tensorrt("tensorrt_rtx", "tensorrt-rtx"),
        _open_tensorrt_rtx,
        _tensorrt_build("tensorrt_rtx"),
    ),
    EngineKind("onnx-cuda", "ONNX Runtime on the GPU", "onnx-cuda", _why_no_cuda, _open_cuda),
    EngineKind("openvino-bf16", "OpenVINO bf16", "openvino", _why_no_bf16, _open_bf16),
    EngineKind("openvino", "OpenVINO", "openvino", _why_no_openvino, _open_f32),
    EngineKind(REFERENCE, "ONNX Runtime", "onnx-cpu", _why_no_onnx_runtime, _open_cpu),
)
