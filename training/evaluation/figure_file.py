"""Writes a matplotlib figure as PNG or SVG; the one file that knows how to find matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imaging.errors import MaskwrightError, WriteError
from training.missing_libraries import where_to_get_them

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURE_ENDINGS = (".png", ".svg")
DOTS_PER_INCH = 90

SKY_BLUE = "#56b4e9"
ORANGE = "#e69f00"
BLUE = "#0072b2"
VERMILION = "#d55e00"
"""Okabe and Ito's colours, which people with any of the common colour deficiencies tell apart."""


def check_figure_file(path: Path) -> None:
    """Refuse at once a figure that could not be written after an hour of work.

    Raises:
        WriteError: the ending is no known one.
        MaskwrightError: matplotlib is missing.
    """
    if path.suffix.lower() not in FIGURE_ENDINGS:
        raise WriteError(f"The ending of {path.name} is not {' or '.join(FIGURE_ENDINGS)}.")
    new_figure(1, 1)


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure; its size in inches.

    Raises:
        MaskwrightError: matplotlib is missing.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MaskwrightError(
            f"Figures need {error.name}, which is not installed. {where_to_get_them()}"
        ) from error
    return Figure(figsize=(width_in, height_in), layout="constrained")


def write_figure(figure: Figure, path: Path) -> None:
    """Write a figure; the ending decides how.

    Raises:
        WriteError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=DOTS_PER_INCH)
    except OSError as error:
        raise WriteError(f"{path} could not be written: {error.strerror}.") from error
