"""What the rest of inference needs from a network, whatever runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.errors import CancelledError, EngineError

IsCancelled = Callable[[], bool]
"""Asked while a network runs, where its library allows it, from the thread that runs it."""


def never() -> bool:
    """For work that nobody cancels."""
    return False


class Engine(Protocol):
    """A loaded network. Calls come from one thread at a time."""

    @property
    def name(self) -> str:
        """What runs it, such as ``"ONNX Runtime 1.31"``."""

    @property
    def device(self) -> str:
        """Where it really runs, in plain words, such as ``"CPU, 2 threads"``."""

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """(1, channels, k, j, i); None where the network takes any size."""

    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        """Logits (1, classes, k, j, i) for inputs (1, channels, k, j, i).

        A number may have been added to all classes of a voxel: softmax, the winning class and
        differences between classes mean something, a single logit of several does not.

        Raises:
            EngineError: if the network cannot be run on these inputs.
            CancelledError: if it was cancelled meanwhile.
        """

    def close(self) -> None:
        """Give memory back; nothing is run afterwards. A second call does nothing."""


def check_shape(shape: tuple[int, ...], expected: tuple[int | None, ...], device: str) -> None:
    """Refuse inputs that the network was not made for.

    Raises:
        EngineError: with both shapes; another engine would not help.
    """
    fits = len(shape) == len(expected) and all(
        want is None or want == size for size, want in zip(shape, expected, strict=True)
    )
    if not fits:
        wanted = " x ".join("any" if size is None else str(size) for size in expected)
        raise EngineError(
            f"The network could not be run on {device}: it takes {wanted} numbers and was given "
            f"{' x '.join(map(str, shape))}. Install the model again."
        )


def finite(logits: NDArray[np.float32], device: str) -> NDArray[np.float32]:
    """The logits, if all of them are numbers.

    Raises:
        EngineError: one is not.
    """
    if not np.isfinite(logits.sum()):  # one NaN or infinity is enough to spoil the sum
        raise EngineError(
            f"The network gave numbers that are none (NaN) on {device}. The mask is "
            "unchanged. Update the graphics driver, or install the model again."
        )
    return logits


def cannot_load(network: str, error: Exception) -> EngineError:
    """For a library that does not take a network."""
    return EngineError(
        f"The network {network} cannot be loaded ({first_line(error)}). Install the model again."
    )


def cannot_run(device: str, error: Exception) -> EngineError:
    """For a library that fails while it runs a network: mostly for want of memory."""
    return EngineError(
        f"The network could not be run on {device} ({first_line(error)}). "
        "Close other programs to free memory and try again."
    )


def cancelled() -> CancelledError:
    """For work that was given up while the network ran."""
    return CancelledError("Cancelled: the segmentation is unchanged.")


def first_line(error: Exception) -> str:
    """What a library's error says first, cut to a line; its type where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:160] if lines else type(error).__name__
