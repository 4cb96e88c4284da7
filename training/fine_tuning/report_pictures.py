"""The pictures of a comparison's report: the epochs, Dice by clicks, and slices before and now."""

from __future__ import annotations

import base64
import io
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from imaging.errors import MaskwrightError
from imaging.measures import dice
from imaging.volume import Volume
from imaging.writers.atomic_file import whole_file
from training.evaluation.case_pictures import AxialView, CasePicture, draw_slice
from training.evaluation.figure_file import (
    BLUE,
    DOTS_PER_INCH,
    ORANGE,
    SKY_BLUE,
    VERMILION,
    new_figure,
)
from training.jobs.job import EpochFigures
from training.promotion import Figures, PatientPair

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BEFORE, NOW = 0, 1
"""Which mask of a ``CasePicture`` is whose."""

MOST_PATIENTS = 3
"""Of a structure: the one that lost most, the median, and the one that gained most."""

PANEL_IN = 2.6


@dataclass(frozen=True, slots=True)
class ShownPatient:
    """A patient whose slice is kept: its pseudonym, the structure, and the file."""

    patient: str
    structure: str
    file: Path


def slice_file(folder: Path, key: str, structure: str) -> Path:
    """Where the slice of a case is kept."""
    return folder / f"{key}-{structure.replace(' ', '_')}.npz"


def save_slice(
    file: Path, volume: Volume, target: NDArray[np.bool_], masks: Sequence[NDArray[np.bool_]]
) -> None:
    """Keep the slice where a structure is largest, with the masks before and now."""
    view = AxialView.of(volume, target)
    with whole_file(file, ".npz") as part:
        np.savez_compressed(
            part,
            hu=view.cut(volume.array),
            truth=view.cut(target),
            before=view.cut(masks[BEFORE]),
            now=view.cut(masks[NOW]),
            dice=np.array([dice(mask, target) for mask in masks]),
            pixel_mm=np.array(view.pixel_mm),
        )


def load_slice(file: Path, name: str) -> CasePicture:
    """A slice that was kept.

    Raises:
        OSError, ValueError, KeyError: it is not there, or damaged.
    """
    with np.load(file, allow_pickle=False) as kept:
        row_mm, column_mm = (float(mm) for mm in kept["pixel_mm"])
        before, now = (float(value) for value in kept["dice"])
        return CasePicture(
            name,
            kept["hu"],
            kept["truth"],
            {BEFORE: kept["before"], NOW: kept["now"]},
            {BEFORE: before, NOW: now},
            (row_mm, column_mm),
        )


def pictures_html(
    figures: Sequence[EpochFigures],
    pairs: Sequence[PatientPair],
    shown: Sequence[ShownPatient],
    versions: tuple[str, str],
) -> dict[str, str]:
    """The pictures as pieces of HTML, by ``epochs``, ``clicks`` and ``slices``.

    What there is nothing to draw of is empty, and all are where matplotlib is missing.
    """
    try:
        found = {
            "epochs": _epochs_figure(figures) if len(figures) > 1 else None,
            "clicks": _clicks_figure(pairs, versions),
            "slices": _slices_figure(shown, versions),
        }
    except MaskwrightError as error:
        return {"epochs": f"<p class='note'>{error}</p>", "clicks": "", "slices": ""}
    return {name: _image(figure, name) if figure else "" for name, figure in found.items()}


def _image(figure: Figure, name: str) -> str:
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=DOTS_PER_INCH)
    text = base64.b64encode(data.getvalue()).decode()
    return f"<p><img alt='{name}' src='data:image/png;base64,{text}'></p>"


def _epochs_figure(figures: Sequence[EpochFigures]) -> Figure:
    figure = new_figure(9.0, 2.8)
    left, right = figure.subplots(1, 2)
    epochs = [one.epoch for one in figures]
    left.plot(epochs, [one.loss for one in figures], color=BLUE)
    left.set_title("loss", fontsize=10)
    for name in sorted({name for one in figures for name in one.dice}):
        own = [one for one in figures if name in one.dice]
        right.plot([one.epoch for one in own], [one.dice[name] for one in own], label=name)
    right.set_title("Dice of the validation cases", fontsize=10)
    if right.lines:
        right.legend(frameon=False, fontsize=9)
    for panel in (left, right):
        panel.set_xlabel("epoch")
        _plain(panel)
    return figure


def _clicks_figure(pairs: Sequence[PatientPair], versions: tuple[str, str]) -> Figure | None:
    by_structure: dict[str, list[PatientPair]] = {}
    for pair in pairs:
        if not pair.is_reference and pair.candidate.by_clicks:
            by_structure.setdefault(pair.structure, []).append(pair)
    if not by_structure:
        return None
    figure = new_figure(4.5 * len(by_structure), 3.0)
    panels = figure.subplots(1, len(by_structure), squeeze=False)[0]
    for panel, (structure, own) in zip(panels, sorted(by_structure.items()), strict=True):
        for version, color, curves in (
            (versions[BEFORE], VERMILION, [_curve(pair.active) for pair in own]),
            (versions[NOW], BLUE, [_curve(pair.candidate) for pair in own]),
        ):
            for curve in curves:
                panel.plot(list(curve), list(curve.values()), color=color, alpha=0.3, linewidth=0.7)
            counts = sorted(set.intersection(*(set(curve) for curve in curves)))
            means = [statistics.fmean(curve[count] for curve in curves) for count in counts]
            panel.plot(counts, means, color=color, linewidth=2, marker="o", label=version)
        panel.set_title(f"{structure}: {len(own)} patients", fontsize=10)
        panel.set_xlabel("clicks")
        panel.set_ylabel("Dice")
        panel.legend(frameon=False, fontsize=9, loc="best")
        _plain(panel)
    return figure


def _curve(figures: Figures) -> Mapping[int, float]:
    first = {} if figures.automatic is None else {0: figures.automatic}
    return {**first, **figures.by_clicks}


def _slices_figure(shown: Sequence[ShownPatient], versions: tuple[str, str]) -> Figure | None:
    columns: list[tuple[str, CasePicture]] = []
    for structure in sorted({one.structure for one in shown}):
        own = []
        for one in shown:
            if one.structure == structure:
                try:
                    own.append(load_slice(one.file, one.patient))
                except (OSError, ValueError, KeyError):
                    continue  # measured before slices were kept
        columns += [(structure, picture) for picture in _picked(own)]
    if not columns:
        return None
    figure = new_figure(PANEL_IN * len(columns), 2 * PANEL_IN + 1.0)
    panels = figure.subplots(2, len(columns), squeeze=False)
    for column, (structure, picture) in enumerate(columns):
        for row, version in enumerate(versions):
            draw_slice(panels[row][column], picture, row)
            title = f"{version}: Dice {picture.dice[row]:.3f}"
            first = f"{structure}, patient {picture.case}\n" if row == BEFORE else ""
            panels[row][column].set_title(first + title, fontsize=9)
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=SKY_BLUE, label="approved label"),
        Line2D([], [], color=ORANGE, label="the model's mask"),
    ]
    figure.legend(handles=lines, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def _picked(pictures: Sequence[CasePicture]) -> list[CasePicture]:
    ranked = sorted(pictures, key=lambda one: one.dice[NOW] - one.dice[BEFORE])
    if len(ranked) <= MOST_PATIENTS:
        return ranked
    return [ranked[0], ranked[len(ranked) // 2], ranked[-1]]


def _plain(panel: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.grid(axis="y", color="0.9", linewidth=0.6)
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
