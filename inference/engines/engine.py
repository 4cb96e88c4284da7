"""What the rest of inference needs from a network, whatever runs it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Engine(Protocol):
    """A loaded network. Calls come from one thread at a time."""

    @property
    def name(self) -> str:
        """What runs it, such as ``"ONNX Runtime 1.31"``."""

    @property
    def device(self) -> str:
        """Where it really runs, in plain words, such as ``"CPU, 2 threads"``."""

    def run(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits (1, classes, k, j, i) for inputs (1, channels, k, j, i).

        Raises:
            EngineError: if the network cannot be run on these inputs.
        """
