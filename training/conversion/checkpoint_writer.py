"""A child process that writes a package's weights as a checkpoint of PyTorch: SOURCE TARGET."""

from __future__ import annotations

import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from training.conversion.weights_file import ALIASES


def main() -> None:
    """Write ``{"model": state_dict}``, as MONAI's CheckpointSaver does."""
    source, target = sys.argv[1:3]
    tables = load_file(source)
    with safe_open(source, "pt") as file:
        aliases = json.loads((file.metadata() or {}).get(ALIASES, "{}"))
    state = {**tables, **{alias: tables[name] for alias, name in aliases.items()}}
    torch.save({"model": state}, target)


if __name__ == "__main__":
    main()
