"""Loads PyTorch from a folder, computes with it, and prints what it is: a process of its own.

A library that does not fit ends the process that loads it, so nothing else is done in this one.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path


def main(folder: str) -> None:
    """Print what came of it as JSON: version and card, or why it failed."""
    try:
        answer = tried(folder)
    except Exception as error:  # the process edge
        answer = {"failed": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")


def tried(folder: str) -> dict[str, str]:
    """Version and card of the PyTorch in ``folder``.

    Raises:
        ImportError: another PyTorch was found before it, or it does not load.
        RuntimeError: it cannot compute here.
    """
    found = find_spec("torch")
    if found is None or Path(str(found.origin)).resolve().parents[1] != Path(folder).resolve():
        raise ImportError("another PyTorch was found before it")
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    inputs = torch.ones((1, 1, 8, 8, 8), device=device)
    weights = torch.ones((2, 1, 3, 3, 3), device=device, requires_grad=True)
    (slopes,) = torch.autograd.grad(torch.nn.functional.conv3d(inputs, weights).sum(), weights)
    if float(slopes.sum()) != slopes.numel() * 6**3:
        raise RuntimeError("it computes wrongly")
    card = torch.cuda.get_device_name() if device == "cuda" else ""
    return {"version": torch.__version__, "card": card}


if __name__ == "__main__":
    main(sys.argv[1])
