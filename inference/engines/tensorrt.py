"""TensorRT on an NVIDIA card: one engine for `tensorrt` and for `tensorrt_rtx`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.errors import EngineError
from inference.engines.catalog import Library
from inference.engines.engine import (
    IsCancelled,
    cancelled,
    cannot_run,
    check_shape,
    finite,
    never,
)
from inference.engines.tensorrt_build import BuildTarget, Foreign, engine_bytes


class TensorRtEngine:
    """A network in TensorRT, in half precision; see ``Engine``."""

    def __init__(self, path: Path, library: Library, cache: Path) -> None:
        """Load the engine for ``path`` from ``cache``, or build it: seconds to minutes.

        Raises:
            EngineError: it cannot be built or loaded here.
        """
        self._trt = import_module(library)
        self._cuda = import_module("cuda.bindings.runtime")
        self._memory = _DeviceMemory(self._cuda)
        built = engine_bytes(BuildTarget(path, library), cache)
        runtime = self._trt.Runtime(self._trt.Logger(self._trt.Logger.ERROR))
        self._engine = runtime.deserialize_cuda_engine(built)
        if self._engine is None:
            raise EngineError(
                f"{library} does not load the engine of {path.name} on this card. "
                "Update the graphics driver, or choose another engine."
            )
        self._runtime = runtime  # must outlive its engine
        self._context = self._make_context()
        self._input, self._output = (self._engine.get_tensor_name(n) for n in range(2))
        self._stream = _checked(self._cuda, self._cuda.cudaStreamCreate())

    @property
    def name(self) -> str:
        """The library, its version and the precision."""
        title = "TensorRT" if self._trt.__name__ == "tensorrt" else "TensorRT for RTX"
        return f"{title} {self._trt.__version__} fp16"

    @property
    def device(self) -> str:
        """The card."""
        return "NVIDIA GPU"

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """What the network takes; see ``Engine``."""
        return tuple(
            None if size < 0 else size for size in self._engine.get_tensor_shape(self._input)
        )

    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        """Logits for one input; it cannot be stopped in between. See ``Engine.run``."""
        check_shape(inputs.shape, self.input_shape, self.device)
        if is_cancelled():
            raise cancelled()
        try:
            logits = self._run(np.ascontiguousarray(inputs, np.float32))
        except RuntimeError as error:
            raise cannot_run(self.device, error) from error
        return finite(logits, self.device)

    def close(self) -> None:
        """Give the card's memory back."""
        self._memory.free()

    def _run(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        if not self._context.set_input_shape(self._input, inputs.shape):
            raise RuntimeError(f"no engine was built for inputs of {inputs.shape}")
        logits = np.empty(tuple(self._context.get_tensor_shape(self._output)), np.float32)
        there = self._memory.of("input", inputs.nbytes)
        back = self._memory.of("output", logits.nbytes)
        self._context.set_tensor_address(self._input, there)
        self._context.set_tensor_address(self._output, back)
        to_card = self._cuda.cudaMemcpyKind.cudaMemcpyHostToDevice
        from_card = self._cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost
        self._copy(there, inputs.ctypes.data, inputs.nbytes, to_card)
        if not self._context.execute_async_v3(int(self._stream)):
            raise RuntimeError("the engine did not start")
        self._copy(logits.ctypes.data, back, logits.nbytes, from_card)
        _checked(self._cuda, self._cuda.cudaStreamSynchronize(self._stream))
        return logits

    def _copy(self, to: int, source: int, size: int, kind: Foreign) -> None:
        answer = self._cuda.cudaMemcpyAsync(to, source, size, kind, self._stream)
        _checked(self._cuda, answer)

    def _make_context(self) -> Foreign:
        """A context; `tensorrt_rtx` records its work as a CUDA graph by itself if asked to."""
        if not hasattr(self._engine, "create_runtime_config"):
            return self._engine.create_execution_context()
        config = self._engine.create_runtime_config()
        if hasattr(config, "cuda_graph_strategy"):
            config.cuda_graph_strategy = self._trt.CudaGraphStrategy.WHOLE_GRAPH_CAPTURE
        return self._engine.create_execution_context(config)


class _DeviceMemory:
    """Blocks on the card by name, used again as long as they are large enough."""

    def __init__(self, cuda: ModuleType) -> None:
        self._cuda = cuda
        self._blocks: dict[str, tuple[int, int]] = {}

    def of(self, name: str, size: int) -> int:
        """The address of a block of at least ``size`` bytes."""
        address, room = self._blocks.get(name, (0, 0))
        if room < size:
            if address:
                _checked(self._cuda, self._cuda.cudaFree(address))
            address = _checked(self._cuda, self._cuda.cudaMalloc(size))
            self._blocks[name] = address, size
        return address

    def free(self) -> None:
        """Give all blocks back."""
        for address, _ in self._blocks.values():
            self._cuda.cudaFree(address)
        self._blocks.clear()


def _checked(cuda: ModuleType, answer: tuple[Any, ...]) -> Foreign:
    """What a call of CUDA returned beside its error code.

    Raises:
        RuntimeError: the code says that it failed.
    """
    error, *values = answer
    if error != cuda.cudaError_t.cudaSuccess:
        raise RuntimeError(f"CUDA: {error.name}")
    return values[0] if values else None
