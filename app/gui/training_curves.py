"""How a training goes: loss, and Dice of each structure on the validation cases, by epoch."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.gui.theme import COLORS
from imaging.structures import structure_by_name
from training.jobs.job import EpochFigures
from viewer.widgets.translation import tr, tr_sentence

LINE_WIDTH_PX = 2
SYMBOL_PX = 6
LEAST_HEIGHT_PX = 170
_MARGINS_PX = (8, 4, 12, 6)


class TrainingCurves(QWidget):
    """Two charts side by side; they follow a running job, and cannot be moved by the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Loss and Dice by epoch"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(LEAST_HEIGHT_PX)
        self._loss = _chart(tr("Loss"))
        self._dice = _chart(tr("Dice on validation cases"))
        self._legend = self._dice.addLegend(
            offset=(-8, -8), labelTextColor=COLORS["text"], brush=_color("panel", alpha=200)
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._loss)
        layout.addWidget(self._dice)

    @property
    def lines(self) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
        """What is drawn: epochs and values by the name of the line."""
        items = (*self._loss.listDataItems(), *self._dice.listDataItems())
        return {item.name(): (tuple(item.xData), tuple(item.yData)) for item in items}

    def show_figures(self, figures: Sequence[EpochFigures], epochs: int) -> None:
        """Draw the epochs of a job; the axis ends at ``epochs``, as many as there may be."""
        self._loss.clear()
        self._dice.clear()
        last = max([epochs, 2, *(one.epoch for one in figures)])
        for chart in (self._loss, self._dice):
            chart.setXRange(1, last, padding=0.04)
            step = max(1, last // 6)
            chart.getAxis("bottom").setTicks([[(n, str(n)) for n in range(1, last + 1, step)]])
        if not figures:
            return
        loss = [(one.epoch, one.loss) for one in figures]
        _draw(self._loss, tr("Loss"), loss, QColor(COLORS["accent"]))
        for name in dict.fromkeys(name for one in figures for name in one.dice):
            values = [(one.epoch, one.dice[name]) for one in figures if name in one.dice]
            _draw(self._dice, tr_sentence(name), values, _color_of(name))


class _NumberAxis(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Numbers with the decimal mark of the language."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        mark = QLocale().decimalPoint()
        return [text.replace(".", mark) for text in super().tickStrings(values, scale, spacing)]


def _chart(title: str) -> pyqtgraph.PlotWidget:
    chart = pyqtgraph.PlotWidget(
        background=COLORS["panel"], axisItems={"left": _NumberAxis("left")}
    )
    chart.getPlotItem().setContentsMargins(*_MARGINS_PX)
    chart.setTitle(title, color=COLORS["text"], size="10pt")
    chart.setLabel("bottom", tr("Epoch"), color=COLORS["muted"])
    chart.setMenuEnabled(False)
    chart.setMouseEnabled(x=False, y=False)
    chart.hideButtons()
    chart.showGrid(x=False, y=True, alpha=0.25)
    chart.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for side in ("left", "bottom"):
        axis = chart.getAxis(side)
        axis.setPen(COLORS["border"])
        axis.setTextPen(COLORS["muted"])
    return chart


def _draw(
    chart: pyqtgraph.PlotWidget, name: str, points: Sequence[tuple[int, float]], color: QColor
) -> None:
    epochs, values = zip(*points, strict=True)
    chart.plot(
        epochs,
        values,
        name=name,
        pen=pyqtgraph.mkPen(color, width=LINE_WIDTH_PX),
        symbol="o",
        symbolSize=SYMBOL_PX,
        symbolBrush=color,
        symbolPen=None,
        antialias=True,
    )


def _color_of(structure: str) -> QColor:
    return QColor(*structure_by_name(structure).color_rgb)


def _color(name: str, alpha: int = 255) -> QColor:
    color = QColor(COLORS[name])
    color.setAlpha(alpha)
    return color
