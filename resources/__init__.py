"""Data files that ship with the program, found by name."""

from importlib import resources as _importlib_resources
from pathlib import Path


def path(name: str) -> Path:
    """Path of a shipped file or folder, ``name`` relative to this folder (``"models/spleen"``).

    Raises:
        FileNotFoundError: if nothing of that name ships with the program.
    """
    found = Path(str(_importlib_resources.files(__name__))) / name
    if not found.exists():
        raise FileNotFoundError(f"no resource named {name!r}")
    return found
