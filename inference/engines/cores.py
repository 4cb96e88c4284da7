"""How many processor cores a network may use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """The cores that this process may run on, which can be fewer than the computer has."""
    if hasattr(os, "sched_getaffinity"):  # Linux; macOS and Windows have no such call
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
