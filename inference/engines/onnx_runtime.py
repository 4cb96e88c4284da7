"""ONNX Runtime, on an NVIDIA GPU where its libraries really load, otherwise on the CPU."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from imaging.errors import EngineError
from inference.engines.cores import usable_cores

logger = logging.getLogger(__name__)

CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"
QUIET = 3
"""ONNX Runtime's log level "error": its warnings about placement are not for users."""


class OnnxRuntimeEngine:
    """An ONNX network in ONNX Runtime; see ``Engine``."""

    def __init__(self, path: Path) -> None:
        """Load ``path``; on the CPU it runs on all cores that this process may use.

        Raises:
            EngineError: if the file is no network that ONNX Runtime can run.
        """
        self._threads = usable_cores()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = QUIET
        providers = [CPU]
        if has_cuda():
            load_cuda_libraries()
            providers = [CUDA, CPU]
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=providers)
        except Exception as error:
            # ONNX Runtime raises bare RuntimeErrors and its own types alike.
            raise EngineError(
                f"The network {path.name} cannot be loaded ({_first_line(error)}). "
                "Install the model again."
            ) from error
        self._input = self._session.get_inputs()[0].name
        self._provider = self._session.get_providers()[0]
        logger.info("%s runs on %s", path.name, self.device)

    @property
    def name(self) -> str:
        """ONNX Runtime and its version."""
        return f"ONNX Runtime {onnxruntime.__version__}"

    @property
    def device(self) -> str:
        """What the session really uses, not what was asked for."""
        if self._provider == CUDA:
            return "NVIDIA GPU"
        return f"CPU, {self._threads} thread{'s' if self._threads > 1 else ''}"

    def run(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits for one input; see ``Engine.run``."""
        try:
            (logits,) = self._session.run(None, {self._input: inputs})
        except Exception as error:
            raise EngineError(
                f"The network could not be run on {self.device} ({_first_line(error)}). "
                "Close other programs to free memory and try again."
            ) from error
        result: NDArray[np.float32] = np.asarray(logits, np.float32)
        if not np.isfinite(result.sum()):  # one NaN or infinity is enough to spoil the sum
            raise EngineError(
                f"The network gave numbers that are none (NaN) on {self.device}. The mask is "
                "unchanged. Update the graphics driver, or install the model again."
            )
        return result


def has_cuda() -> bool:
    """True if ONNX Runtime was built for CUDA and NVIDIA's driver is on this machine.

    The list of providers names only what was compiled in, so the driver is asked as well;
    asking ONNX Runtime for CUDA without one prints errors that mean nothing to a user.
    """
    if CUDA not in onnxruntime.get_available_providers():
        return False
    library = "nvcuda.dll" if os.name == "nt" else "libcuda.so.1"
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def load_cuda_libraries() -> None:
    """Let ONNX Runtime find the CUDA and cuDNN libraries of the extra `gpu`.

    pip puts them where the system's loader does not look. What is missing is printed, which
    goes to the log here: the session tells by its provider whether it was enough.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        onnxruntime.preload_dlls()
    if printed.getvalue():
        logger.debug("CUDA libraries: %s", printed.getvalue().strip())


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
