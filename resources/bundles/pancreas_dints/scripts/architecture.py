"""The file that describes a DiNTS topology, and the plain one that this bundle starts with."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

BLOCKS = 12
DEPTHS = 4

KEEP = (0, 3, 6, 9)
DOWN = (2, 5, 8)
UP = (1, 4, 7)
"""Which of a block's ten connections keep the resolution, halve it, and double it."""

DOWN_IN_BLOCKS = (0, 2, 4)
UP_IN_BLOCKS = (7, 9, 11)

FULL_KERNEL = 1
FLAT_KERNELS = (2, 3, 4)
"""Cell operations: 3x3x3, and the three that are thin in one direction."""


def plain_architecture() -> dict[str, torch.Tensor]:
    """A U with all four resolutions alive: down in the first blocks, up in the last.

    66 of the 120 connections are in use, as many as published searches leave.
    """
    paths = torch.zeros((BLOCKS, 3 * DEPTHS - 2))
    operations = torch.full((BLOCKS, 3 * DEPTHS - 2), FULL_KERNEL, dtype=torch.int64)
    for block in range(BLOCKS):
        paths[block, list(KEEP)] = 1
        if block in DOWN_IN_BLOCKS:
            paths[block, list(DOWN)] = 1
        if block in UP_IN_BLOCKS:
            paths[block, list(UP)] = 1
        if block % 2:
            operations[block, list(KEEP)] = FLAT_KERNELS[block // 2 % len(FLAT_KERNELS)]
    return {
        "node_a": torch.ones((BLOCKS + 1, DEPTHS), dtype=torch.int64),
        "arch_code_a": paths,
        "arch_code_c": operations,
    }


def save_architecture(path: Path, codes: dict[str, torch.Tensor]) -> None:
    """Write tensors only, so that ``torch.load(weights_only=True)`` reads them."""
    part = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(codes, part)
    part.replace(path)


if __name__ == "__main__":
    save_architecture(Path(sys.argv[1]), plain_architecture())
