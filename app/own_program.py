"""How this program starts itself again, from source or as an installed executable."""

from __future__ import annotations

import sys


def own_program() -> list[str]:
    """The first words of a command line; commands and options follow."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
