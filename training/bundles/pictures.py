"""Axial slices of a CT with its mask, as one picture to look a result over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.structures import STRUCTURES
from imaging.volume import Volume
from inference.preprocessing import CanonicalAxes
from training.evaluation.figure_file import new_figure, write_figure

COLUMNS = 5
SLICES = 10
LOW_HU = -160
HIGH_HU = 240
PANEL_INCHES = 2.4
TITLE_INCHES = 0.5
OPACITY = 140


def draw_slices(path: Path, volume: Volume, mask: NDArray[np.uint8], names: Sequence[str]) -> None:
    """Write ten slices, evenly spread over what is segmented, or over the CT if nothing is.

    From head to feet, numbered from the feet; the patient's front is up and the right side left.
    ``mask`` lies on the CT's grid; the value n in it is the structure ``names[n]``.

    Raises:
        WriteError: the file cannot be written.
        MaskwrightError: matplotlib is missing.
    """
    axes = CanonicalAxes.of(volume.geometry)
    hu, mask = axes.to_canonical(volume.array), axes.to_canonical(mask)
    filled = np.flatnonzero(mask.any(axis=(1, 2)))
    first, last = (filled[0], filled[-1]) if len(filled) else (0, len(mask) - 1)
    chosen = np.unique(np.linspace(first, last, SLICES).round().astype(int))[::-1]
    rows = -(-len(chosen) // COLUMNS)
    figure = new_figure(COLUMNS * PANEL_INCHES, rows * PANEL_INCHES + TITLE_INCHES)
    _, row_mm, column_mm = volume.geometry.spacing_kji_mm[list(axes.order)]
    aspect = row_mm / column_mm
    colors = _colors(names)
    for number, k in enumerate(chosen, start=1):
        panel = figure.add_subplot(rows, COLUMNS, number)
        panel.imshow(hu[k], cmap="gray", vmin=LOW_HU, vmax=HIGH_HU, aspect=aspect)
        panel.imshow(colors[mask[k]], aspect=aspect)
        panel.set_title(f"slice {k + 1}", fontsize=8)
        panel.set_axis_off()
    present = [name for value, name in enumerate(names) if value and np.any(mask == value)]
    figure.suptitle(", ".join(present) or "nothing segmented", fontsize=9)
    write_figure(figure, path)


def _colors(names: Sequence[str]) -> NDArray[np.uint8]:
    """A colour (RGBA) for each value; a structure that the organ table knows has its own."""
    known = {structure.name: structure.color_rgb for structure in STRUCTURES}
    others = [structure.color_rgb for structure in STRUCTURES]
    colors = np.zeros((256, 4), np.uint8)
    for value, name in enumerate(names):
        if value:
            rgb = known.get(name, others[(value - 1) % len(others)])
            colors[value] = (*rgb, OPACITY)
    return colors
