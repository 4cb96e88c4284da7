"""What to say where the libraries that training needs are not installed."""

from __future__ import annotations

from imaging.own_program import is_installed


def where_to_get_them() -> str:
    """A sentence: an installed program cannot be added to, Python's packages can."""
    if is_installed():
        return "Install the training edition of Maskwright, which has them."
    return "Install them with: pip install 'maskwright[training]'"
