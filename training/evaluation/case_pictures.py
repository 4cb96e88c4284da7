"""Draws the best, the median and the worst case: an axial slice with truth and mask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.labels import bounding_box
from imaging.volume import Volume
from inference.preprocessing import CanonicalAxes
from training.evaluation.figure_file import ORANGE, SKY_BLUE, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIRST_CLICKS, LAST_CLICKS = 0, 5
"""Numbers of clicks that are shown, where they are measured."""

MARGIN_MM = 30.0
"""What is seen around the organ."""

WINDOW_HU = (-110.0, 190.0)
PANEL_IN = 3.0

TITLE_LETTERS = 40
"""So many fit above one panel."""

Square = tuple[slice, slice]

ScalarT = TypeVar("ScalarT", bound=np.generic)


def shown_click_counts(click_counts: Sequence[int]) -> tuple[int, ...]:
    """The two numbers of clicks to show; one where only one is measured."""
    first = FIRST_CLICKS if FIRST_CLICKS in click_counts else min(click_counts)
    last = LAST_CLICKS if LAST_CLICKS in click_counts else max(click_counts)
    return (first,) if first == last else (first, last)


@dataclass(frozen=True, slots=True, eq=False)
class AxialView:
    """The slice in which a structure is largest, cut to a square around it.

    Arrays of the whole CT, (k, j, i), become pictures of shape (rows, columns) as radiologists
    look at them: from the feet, the patient's front up and right side left. On an oblique
    grid it is the plane that is nearest to an axial one.
    """

    axes: CanonicalAxes
    slice_index: int
    square: Square
    pixel_mm: tuple[float, float]

    @classmethod
    def of(cls, volume: Volume, target: NDArray[np.bool_]) -> AxialView:
        """The view of a structure, of which there must be a voxel."""
        axes = CanonicalAxes.of(volume.geometry)
        spacing_mm = volume.geometry.spacing_kji_mm[list(axes.order)]
        mask = axes.to_canonical(target)
        areas = mask.sum(axis=(1, 2))
        index = int(np.argmax(areas))
        box = bounding_box(mask[index : index + 1])
        if box is None:
            raise ValueError("there is nothing to look at")
        pixel_mm = (float(spacing_mm[1]), float(spacing_mm[2]))
        square = _square_around((box[1], box[2]), pixel_mm, (mask.shape[1], mask.shape[2]))
        return cls(axes, index, square, pixel_mm)

    def cut(self, array: NDArray[ScalarT]) -> NDArray[ScalarT]:
        """The picture of one array of the CT's shape, a copy."""
        picture: NDArray[ScalarT] = self.axes.to_canonical(array)[self.slice_index][self.square]
        return picture.copy()


@dataclass(frozen=True, slots=True, eq=False)
class CasePicture:
    """What is needed to draw one case: HU and masks, all of one shape (rows, columns).

    ``masks`` and ``dice`` are by number of clicks; the Dice is that of the whole structure.
    """

    case: str
    hu: NDArray[np.int16]
    truth: NDArray[np.bool_]
    masks: Mapping[int, NDArray[np.bool_]]
    dice: Mapping[int, float]
    pixel_mm: tuple[float, float]


def ranked_pictures(pictures: Sequence[CasePicture]) -> dict[str, CasePicture]:
    """Best, median and worst by the Dice after the most clicks; fewer where there are fewer."""
    by_dice = sorted(pictures, key=lambda one: -one.dice[max(one.dice)])
    if len(by_dice) == 1:
        return {"only case": by_dice[0]}
    if len(by_dice) == 2:
        return {"best": by_dice[0], "worst": by_dice[1]}
    return {"best": by_dice[0], "median": by_dice[len(by_dice) // 2], "worst": by_dice[-1]}


def case_figure(structure: str, pictures: Sequence[CasePicture]) -> Figure:
    """One column a case, one row a number of clicks.

    Raises:
        MaskwrightError: matplotlib is missing.
    """
    ranked = ranked_pictures(pictures)
    counts = sorted(next(iter(ranked.values())).masks)
    figure = new_figure(PANEL_IN * len(ranked), PANEL_IN * len(counts) + 0.9)
    panels = figure.subplots(len(counts), len(ranked), squeeze=False)
    for column, (rank, picture) in enumerate(ranked.items()):
        for row, clicks in enumerate(counts):
            panel = panels[row][column]
            draw_slice(panel, picture, clicks)
            title = f"{clicks} clicks: Dice {picture.dice[clicks]:.3f}"
            panel.set_title(f"{rank}: {picture.case}\n{title}" if row == 0 else title, fontsize=9)
    from matplotlib.lines import Line2D

    lines = [Line2D([], [], color=SKY_BLUE, label="truth"), Line2D([], [], color=ORANGE)]
    lines[1].set_label("mask")
    figure.legend(handles=lines, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    ranks = f"{', '.join(ranked)} by Dice after {counts[-1]} clicks"
    title = f"{structure}: {ranks}; the axial slice where it is largest"
    figure.suptitle("\n".join(wrap(title, TITLE_LETTERS * len(ranked))) + "\n", fontsize=10)
    return figure


def draw_slice(panel: Axes, picture: CasePicture, clicks: int) -> None:
    """The slice with the outlines of truth and mask, in millimetres."""
    height_mm, width_mm = np.multiply(picture.hu.shape, picture.pixel_mm)
    low, high = WINDOW_HU
    panel.imshow(
        picture.hu, cmap="gray", vmin=low, vmax=high, extent=(0.0, width_mm, height_mm, 0.0)
    )
    for mask, color in ((picture.truth, SKY_BLUE), (picture.masks[clicks], ORANGE)):
        # A margin closes the contour of a mask that touches the edge of the picture.
        closed = np.pad(mask, 1).astype(np.float32)
        rows_mm = (np.arange(closed.shape[0]) - 0.5) * picture.pixel_mm[0]
        columns_mm = (np.arange(closed.shape[1]) - 0.5) * picture.pixel_mm[1]
        if mask.any():
            panel.contour(columns_mm, rows_mm, closed, levels=[0.5], colors=color, linewidths=1.4)
    panel.set_xlim(0.0, width_mm)
    panel.set_ylim(height_mm, 0.0)
    panel.set_axis_off()


def _square_around(
    box: tuple[slice, slice], pixel_mm: tuple[float, float], shape: tuple[int, int]
) -> Square:
    """A square in mm around a box of pixels, cut where the picture ends."""
    lengths_mm = [(part.stop - part.start) * mm for part, mm in zip(box, pixel_mm, strict=True)]
    half_mm = max(lengths_mm) / 2 + MARGIN_MM
    parts = []
    for part, mm, size in zip(box, pixel_mm, shape, strict=True):
        middle, half = (part.start + part.stop) / 2, half_mm / mm
        parts.append(slice(max(0, round(middle - half)), min(size, round(middle + half))))
    return parts[0], parts[1]
