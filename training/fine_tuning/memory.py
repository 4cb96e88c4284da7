"""How much memory a training may take here, asked before it starts."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from imaging.errors import JobError
from training.fine_tuning.recipe import FineTuneRecipe

SHARE = 0.8
"""Of the free memory: the window and its clicks need some as well."""


def fitted(recipe: FineTuneRecipe, free_bytes: int | None) -> FineTuneRecipe:
    """The recipe, made smaller until it fits; as it is where nobody knows what is free.

    Raises:
        JobError: not even the smallest fits.
    """
    if free_bytes is None:
        return recipe
    smaller: FineTuneRecipe | None = recipe
    while smaller is not None and smaller.bytes_needed > SHARE * free_bytes:
        recipe, smaller = smaller, smaller.smaller()
    if smaller is None:
        raise JobError(
            f"There is too little memory to train: about {_gb(recipe.bytes_needed)} are needed "
            f"and {_gb(free_bytes)} are free. Close other programs, then resume the job."
        )
    return smaller


def free_bytes(device: str) -> int | None:
    """What is free on a device; None where that cannot be asked."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    meminfo = Path("/proc/meminfo")
    try:
        for line in meminfo.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return None
    except OSError:  # no Linux
        names = os.sysconf_names if hasattr(os, "sysconf_names") else {}
        if "SC_PHYS_PAGES" not in names:
            return None
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def chosen_device(wanted: str) -> str:
    """The device to train on; "auto" takes a GPU where torch has one.

    Raises:
        JobError: torch cannot use it.
    """
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=wanted)
    except (RuntimeError, AssertionError) as error:  # the second where torch was built for CPUs
        raise JobError(
            f"torch cannot train on {wanted!r} here. Use cpu, or cuda where there is an NVIDIA "
            "GPU and a torch that was built for it."
        ) from error
    return wanted


def _gb(number: int) -> str:
    return f"{number / 2**30:.1f} GB"
