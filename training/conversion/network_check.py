"""Does a network answer as its description says, and does its ONNX file answer the same?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from imaging.errors import ModelError
from inference.engines.silent_onnxruntime import load_onnxruntime

MAX_DIFFERENCE = 2e-3
"""Between ONNX Runtime and torch, as a part of the largest logit; 9e-4 was seen on DiNTS."""


def check_output(network: torch.nn.Module, example: torch.Tensor, classes: int) -> torch.Tensor:
    """The network's answer to an example.

    Raises:
        ModelError: it has another shape than promised, or the network refuses the example.
    """
    sides = tuple(example.shape[2:])
    try:
        answer: torch.Tensor = network(example)
    except (RuntimeError, ValueError, TypeError) as error:
        if "memory" in str(error):
            raise
        raise ModelError(
            f"The network cannot be run on a box of {sides} voxels ({error}). "
            "Ask the author of the bundle for its right size."
        ) from error
    if not isinstance(answer, torch.Tensor) or tuple(answer.shape) != (1, classes, *sides):
        found = tuple(answer.shape) if isinstance(answer, torch.Tensor) else type(answer).__name__
        raise ModelError(f"The network answers with {found}, not {(1, classes, *sides)}.")
    if not bool(answer.isfinite().all()):
        raise ModelError("The network answers with numbers that are not finite. It is damaged.")
    return answer


def check_onnx(path: Path, example: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
    """The largest difference of the ONNX file's answer, as a part of the largest logit.

    Raises:
        ModelError: it is more than rounding explains.
    """
    session = load_onnxruntime().InferenceSession(str(path), providers=["CPUExecutionProvider"])
    answer = session.run(None, {"input": example})[0]
    scale = max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(answer - expected).max()) / scale
    if not difference <= MAX_DIFFERENCE:
        raise ModelError(
            f"The network's ONNX file answers differently than PyTorch does (by {difference:.2g}), "
            "so it was not imported. Please report this with the name of the bundle."
        )
    return difference
