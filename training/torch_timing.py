"""A process that times plain torch: one run for every line it is sent, its seconds as the answer.

Its first line is ``READY`` and what runs the network, or why it cannot be run.

A process of its own, because allocators and thread pools remember what else a process did.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from imaging.errors import EngineError

READY = "ready: "


def main(network: Path, shape: tuple[int, ...]) -> None:
    """Load and run once, then answer lines until there are no more."""
    from training.torch_engine import TorchEngine  # whoever reads READY may lack torch

    try:
        engine = TorchEngine(network)
    except EngineError as error:
        sys.stdout.write(f"{error}\n")
        return
    inputs = np.random.default_rng(0).random(shape, np.float32)
    engine.run(inputs)
    sys.stdout.write(f"{READY}{engine.name} on {engine.device}\n")
    sys.stdout.flush()
    for _line in sys.stdin:
        started = time.perf_counter()
        engine.run(inputs)
        sys.stdout.write(f"{time.perf_counter() - started}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(int(size) for size in sys.argv[2].split("x")))
