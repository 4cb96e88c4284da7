"""ONNX Runtime, on an NVIDIA GPU where its libraries really load, otherwise on the CPU."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

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
from inference.engines.gpu_pack import use_pack
from inference.engines.machine import has_nvidia_driver
from inference.engines.silent_onnxruntime import load_onnxruntime

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    import onnxruntime
else:
    onnxruntime = load_onnxruntime()

CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"
POLL_S = 0.02
"""How often it is asked whether the work was cancelled."""

QUIET = 3
"""ONNX Runtime's log level "error": its warnings about placement are not for users."""


class OnnxRuntimeEngine:
    """An ONNX network in ONNX Runtime; see ``Engine``."""

    def __init__(self, path: Path, *, may_use_gpu: bool = True) -> None:
        """Load ``path``; on the CPU it runs on all cores that this process may use.

        Raises:
            EngineError: if the file is no network that ONNX Runtime can run.
        """
        self._threads = usable_cores()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = QUIET
        providers = [CPU]
        if may_use_gpu and has_cuda():
            load_cuda_libraries()
            providers = [CUDA, CPU]
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=providers)
        except Exception as error:
            # ONNX Runtime raises bare RuntimeErrors and its own types alike.
            raise cannot_load(path.name, error) from error
        self._input = self._session.get_inputs()[0]
        self._output = self._session.get_outputs()[0].name
        self._provider: str = self._session.get_providers()[0]
        logger.info("%s runs on %s", path.name, self.device)

    @property
    def name(self) -> str:
        """ONNX Runtime and its version."""
        return f"ONNX Runtime {onnxruntime.__version__}"

    @property
    def provider(self) -> str:
        """ONNX Runtime's own word for where the session really runs."""
        return self._provider

    @property
    def device(self) -> str:
        """What the session really uses, not what was asked for."""
        if self._provider == CUDA:
            return "NVIDIA GPU"
        return f"CPU, {self._threads} thread{'s' if self._threads > 1 else ''}"

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """What the network takes; see ``Engine``."""
        return tuple(size if isinstance(size, int) else None for size in self._input.shape)

    def metadata(self, key: str) -> str:
        """What the network's file says under ``key``; empty where it says nothing."""
        table: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return table.get(key, "")

    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        """Logits for one input; stops after a layer where it is cancelled. See ``Engine.run``."""
        check_shape(inputs.shape, self.input_shape, self.device)
        options = onnxruntime.RunOptions()
        run = self._run_bound if self._provider == CUDA else self._run_plain
        try:
            with _stopped_by(is_cancelled, options):
                logits = run(inputs, options)
        except Exception as error:
            if is_cancelled():
                raise cancelled() from None
            raise cannot_run(self.device, error) from error
        return finite(np.asarray(logits, np.float32), self.device)

    def close(self) -> None:
        """Nothing to do: the session ends with this object."""

    def _run_plain(
        self, inputs: NDArray[np.float32], options: onnxruntime.RunOptions
    ) -> NDArray[np.float32]:
        feed = {self._input.name: inputs}
        logits: NDArray[np.float32] = self._session.run([self._output], feed, options)[0]
        return logits

    def _run_bound(
        self, inputs: NDArray[np.float32], options: onnxruntime.RunOptions
    ) -> NDArray[np.float32]:
        """One copy to the GPU and one back, and none in between."""
        binding = self._session.io_binding()
        there = onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(inputs), "cuda", 0)
        binding.bind_ortvalue_input(self._input.name, there)
        binding.bind_output(self._output, "cuda", 0)
        self._session.run_with_iobinding(binding, options)
        logits: NDArray[np.float32] = binding.get_outputs()[0].numpy()
        return logits


@contextlib.contextmanager
def _stopped_by(is_cancelled: IsCancelled, options: onnxruntime.RunOptions) -> Iterator[None]:
    """Ask again and again, on a thread, whether the run with ``options`` is to stop.

    Raises:
        CancelledError: it was cancelled before it began.
    """
    if is_cancelled is never:
        yield
        return
    if is_cancelled():
        raise cancelled()
    is_over = Event()

    def watch() -> None:
        while not is_over.wait(POLL_S):
            if is_cancelled():
                options.terminate = True
                return

    watcher = Thread(target=watch, name="cancelling", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def has_cuda() -> bool:
    """True if ONNX Runtime was built for CUDA and NVIDIA's driver is on this machine.

    The list of providers names only what was compiled in, so the driver is asked as well;
    asking ONNX Runtime for CUDA without one prints errors that mean nothing to a user.
    """
    return CUDA in onnxruntime.get_available_providers() and has_nvidia_driver()


def load_cuda_libraries() -> None:
    """Let ONNX Runtime find the CUDA and cuDNN libraries of the GPU pack or the extra `gpu`.

    They are where the system's loader does not look. What is missing is printed, which
    goes to the log here: the session tells by its provider whether it was enough.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        folders = use_pack()
        for folder in folders:
            onnxruntime.preload_dlls(
                cuda=any(folder.glob("*cudart*")),
                cudnn=any(folder.glob("*cudnn*")),
                directory=str(folder),
            )
        if not folders:
            onnxruntime.preload_dlls()
    if printed.getvalue():
        logger.debug("CUDA libraries: %s", printed.getvalue().strip())
