"""What to say where the libraries that training needs are not installed."""

from __future__ import annotations

from importlib.util import find_spec

from imaging.own_program import is_installed

NEEDED = ("torch", "monai")


def missing_libraries() -> tuple[str, ...]:
    """Those without which nothing can be trained here; asks without loading them."""
    return tuple(name for name in NEEDED if find_spec(name) is None)


def where_to_get_them() -> str:
    """A sentence: an installed program cannot be added to, Python's packages can."""
    if is_installed():
        return "Install the training edition of Maskwright, which has them."
    return "Install them with: pip install 'maskwright[training]'"
