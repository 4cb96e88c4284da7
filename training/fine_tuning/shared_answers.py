"""The engines of a comparison: the same kind for both models, and a shared network runs once.

What they share is the automatic network, which is not trained.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.engines.catalog import EngineKind, kind_named
from inference.engines.engine import Engine, IsCancelled, never
from inference.engines.onnx_runtime import OnnxRuntimeEngine
from inference.model_package import ModelPackage

FAST_KINDS = ("openvino-bf16", "openvino")
"""On the processor, fastest first: bfloat16 takes a third of ONNX Runtime's time, for Dice values
that are the same to 0.001."""


class SharedAnswers:
    """Opens engines for the models that are compared on one case, and remembers their answers.

    Answers are kept in half precision (45 MB for a cube of 224 voxels) and both models get the
    rounded ones, so that rounding favours none. Drop the object after each case.
    """

    def __init__(self, packages: tuple[ModelPackage, ...]) -> None:
        hashes = [p.automatic.network.sha256 for p in packages if p.automatic is not None]
        self._is_shared = len(hashes) == len(packages) and len(set(hashes)) == 1
        self._shared_files = {p.automatic.network.path for p in packages if p.automatic is not None}
        self._answers: dict[str, NDArray[np.float16]] = {}
        self._open_network = fast_engine()

    def open(self, path: Path) -> Engine:
        """An engine for a network's file; remembers where the models share it."""
        engine = self._open_network(path)
        if self._is_shared and path in self._shared_files:
            return _Remembering(engine, self._answers)
        return engine


def fast_engine() -> Callable[[Path], Engine]:
    """What opens the networks here: ONNX Runtime on a GPU, else OpenVINO where it is there."""
    if kind_named("onnx-cuda").why_not() is None:
        return OnnxRuntimeEngine
    usable = [kind for kind in map(kind_named, FAST_KINDS) if kind.why_not() is None]
    return partial(_open_kind, usable[0]) if usable else OnnxRuntimeEngine


def _open_kind(kind: EngineKind, path: Path) -> Engine:
    return kind.open(path, path.parent)


class _Remembering:
    """An engine that answers the same input only once; see ``Engine``."""

    def __init__(self, engine: Engine, answers: dict[str, NDArray[np.float16]]) -> None:
        self._engine = engine
        self._answers = answers

    @property
    def name(self) -> str:
        """As the engine inside."""
        return self._engine.name

    @property
    def device(self) -> str:
        """As the engine inside."""
        return self._engine.device

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """As the engine inside."""
        return self._engine.input_shape

    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        """The answer of the engine inside, in half precision."""
        key = hashlib.sha256(np.ascontiguousarray(inputs).data).hexdigest()
        if key not in self._answers:
            logits = self._engine.run(inputs, is_cancelled)
            self._answers[key] = np.clip(logits, -6e4, 6e4).astype(np.float16)
        return self._answers[key].astype(np.float32)

    def close(self) -> None:
        """Close the engine inside."""
        self._engine.close()
