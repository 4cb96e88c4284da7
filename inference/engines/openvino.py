"""OpenVINO on the CPU: the fastest way there, in single precision or bfloat16."""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from inference.engines.cores import usable_cores
from inference.engines.engine import (
    IsCancelled,
    cancelled,
    cannot_load,
    cannot_run,
    check_shape,
    finite,
    never,
)
from inference.engines.last_layer import count_from_background
from inference.engines.norms import join_written_norms
from inference.engines.upsampling import write_out_upsampling

logger = logging.getLogger(__name__)

Precision = Literal["f32", "bf16"]

MOST_UPSAMPLED_CHANNELS: dict[Precision, int] = {"f32": 4, "bf16": 16}
"""Up to so many, a transposed convolution is slower than what stands for it; see record 32."""

POLL_MS = 10
"""How often it is asked whether the work was cancelled; a shorter one costs time."""


class OpenVinoEngine:
    """An ONNX network in OpenVINO; see ``Engine``.

    One infer request, used again and again, keeps its buffers: a click then allocates nothing.
    """

    def __init__(self, path: Path, precision: Precision) -> None:
        """Load ``path`` for all cores that this process may use.

        Raises:
            EngineError: if the file is no network that OpenVINO can run.
        """
        openvino = load_openvino()
        self._tensor = openvino.Tensor
        self._precision = precision
        self._version = ".".join(openvino.__version__.split("-")[0].split(".")[:2])
        self._threads = usable_cores()
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": self._threads,
        }
        try:
            core = openvino.Core()
            model = core.read_model(str(path))
            write_out_upsampling(model, MOST_UPSAMPLED_CHANNELS[precision])
            if precision == "bf16":
                join_written_norms(model)
                count_from_background(model)
            # Any size of input at once: this is as fast as a network compiled for one size.
            compiled = core.compile_model(model, "CPU", options)
            self._request = compiled.create_infer_request()
            shape = compiled.input(0).partial_shape
        except Exception as error:  # bare RuntimeErrors
            raise cannot_load(path.name, error) from error
        self._shape = tuple(None if size.is_dynamic else size.get_length() for size in shape)
        logger.info("%s runs in OpenVINO %s", path.name, precision)

    @property
    def name(self) -> str:
        """OpenVINO, its version and the precision where that is not single."""
        return f"OpenVINO {self._version}{' bf16' if self._precision == 'bf16' else ''}"

    @property
    def device(self) -> str:
        """The CPU, and how much of it."""
        return f"CPU, {self._threads} thread{'s' if self._threads > 1 else ''}"

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """What the network takes; see ``Engine``."""
        return self._shape

    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        """Logits for one input; stops within a layer where it is cancelled. See ``Engine.run``."""
        check_shape(inputs.shape, self.input_shape, self.device)
        try:
            # The tensor does not own the inputs; both live until this call is over.
            contiguous = np.ascontiguousarray(inputs, np.float32)
            self._request.set_input_tensor(self._tensor(contiguous, shared_memory=True))
            self._request.start_async()
            while not self._request.wait_for(POLL_MS):
                if is_cancelled():
                    self._stop()
                    raise cancelled()
            logits = np.array(self._request.get_output_tensor(0).data, np.float32)
        except RuntimeError as error:
            raise cannot_run(self.device, error) from error
        return finite(logits, self.device)

    def close(self) -> None:
        """Nothing to do: the request ends with this object."""

    def _stop(self) -> None:
        self._request.cancel()
        try:
            self._request.wait()
        except RuntimeError:
            logger.debug("a run was cancelled")


def has_bf16() -> bool:
    """Whether the processor multiplies bfloat16."""
    capabilities = load_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "BF16" in capabilities


def load_openvino() -> ModuleType:
    """The library, without the part that would look up a server for statistics.

    Importing ``openvino`` imports ``openvino_telemetry``, which asks the name server for its
    maker's statistics host. With None in its place OpenVINO uses its own silent stand-in.
    """
    if "openvino_telemetry" not in sys.modules:
        sys.modules["openvino_telemetry"] = cast("ModuleType", None)  # None: it is not there
    return import_module("openvino")
