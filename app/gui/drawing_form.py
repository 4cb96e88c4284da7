"""How the pen draws, and where any tool may change the mask."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.controllers.case_session import CaseSession
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.gui.theme import indent
from imaging.editing.brush import MAX_RADIUS_MM, MIN_RADIUS_MM, Brush
from viewer.widgets.translation import tr, tr_sentence, translatable

LABEL_WIDTH_PX = 52
SLIDER_STEPS = 100
_EVERYWHERE = translatable("Everywhere")


def labelled_row(text: str, *widgets: QWidget) -> QWidget:
    """A line with its name on the left, aligned with the lines above and below."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    label = QLabel(text)
    label.setObjectName("muted")
    label.setFixedWidth(LABEL_WIDTH_PX)
    layout.addWidget(label)
    for widget in widgets:
        layout.addWidget(widget, int(not isinstance(widget, QLabel | QCheckBox)))
    return row


class DrawingForm(QWidget):
    """Size and shape of the brush, reach of the lasso, and the editable area."""

    options_changed = Signal(DrawingOptions)

    def __init__(self) -> None:
        super().__init__()
        self._options = DrawingOptions()
        self._is_showing = False
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._size.setRange(0, SLIDER_STEPS)
        self._size.setAccessibleName(tr("Diameter of the brush"))
        self._diameter = QDoubleSpinBox()
        indent(self._diameter)
        self._diameter.setRange(2 * MIN_RADIUS_MM, 2 * MAX_RADIUS_MM)
        self._diameter.setDecimals(1)
        self._diameter.setFixedWidth(92)
        self._diameter.setSuffix(" mm")
        self._diameter.setKeyboardTracking(False)
        self._diameter.setToolTip(tr("Diameter of the brush (Shift+wheel)"))
        self._disc = QPushButton(tr("Disc"))
        self._disc.setToolTip(tr("Paint in this slice alone"))
        self._ball = QPushButton(tr("Ball"))
        self._ball.setToolTip(tr("Paint in the neighbouring slices too"))
        self._shapes = QButtonGroup(self)
        for button in (self._disc, self._ball):
            button.setCheckable(True)
            self._shapes.addButton(button)
        self._sticks = QCheckBox(tr("Stick to edges"))
        self._sticks.setToolTip(tr("Paint only tissue like that under the middle of the brush"))
        self._through = QCheckBox(tr("Through all slices"))
        self._through.setToolTip(tr("The line cuts or adds in every slice of this plane"))
        self._inside = QComboBox()
        self._inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._inside.setToolTip(tr("Which voxels any tool may change; locks hold as well"))
        self._limits_hu = QCheckBox()
        self._limits_hu.setToolTip(tr("Change only voxels in this range of HU"))
        self._limits_hu.setAccessibleName(tr("Limit to a HU range"))
        self._low, self._high = QSpinBox(), QSpinBox()
        for box, name in ((self._low, tr("Lowest HU")), (self._high, tr("Highest HU"))):
            indent(box)
            box.setRange(-1024, 3071)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setKeyboardTracking(False)
            box.setAccessibleName(name)
            box.setToolTip(name)
        self._low.setValue(-50)
        self._high.setValue(250)
        to = QLabel(tr("to"))
        to.setObjectName("muted")

        self._brush_rows = (
            labelled_row(tr("Size"), self._size, self._diameter),
            labelled_row(tr("Shape"), self._disc, self._ball),
            labelled_row("", self._sticks),
        )
        self._line_row = labelled_row(tr("Depth"), self._through)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in (*self._brush_rows, self._line_row):
            column.addWidget(row)
        column.addWidget(labelled_row(tr("Only in"), self._inside))
        column.addWidget(labelled_row("HU", self._limits_hu, self._low, to, self._high))
        self._connect()
        self.show_options(self._options)

    def show_tool(self, tool: DrawingTool | None) -> None:
        """Show what a tool can be told; None for one that works on the whole mask."""
        for row in self._brush_rows:
            row.setVisible(tool is not None and tool.is_brush)
        self._line_row.setVisible(tool is not None and tool.is_line)

    def show_structures(self, session: CaseSession) -> None:
        """List the structures to which editing can be limited."""
        names = [structure.name for structure in session.structures]
        listed = [self._inside.itemData(row) for row in range(1, self._inside.count())]
        if names == listed:
            return
        if self._options.inside is not None and self._options.inside not in names:
            self.options_changed.emit(replace(self._options, inside=None))
        self._is_showing = True
        self._inside.clear()
        self._inside.addItem(tr(_EVERYWHERE), None)
        for structure in session.structures:
            self._inside.addItem(tr_sentence(structure.title), structure.name)
        self._is_showing = False
        self.show_options(self._options)

    def show_options(self, options: DrawingOptions) -> None:
        """Show what holds now, without telling it again."""
        self._options = options
        self._is_showing = True
        self._size.setValue(_to_slider(options.brush.radius_mm))
        self._diameter.setValue(2 * options.brush.radius_mm)
        (self._ball if options.brush.is_ball else self._disc).setChecked(True)
        self._sticks.setChecked(options.sticks_to_edges)
        self._through.setChecked(options.is_through)
        self._inside.setCurrentIndex(max(0, self._inside.findData(options.inside)))
        self._limits_hu.setChecked(options.hu_range is not None)
        if options.hu_range is not None:
            self._low.setValue(options.hu_range[0])
            self._high.setValue(options.hu_range[1])
        for box in (self._low, self._high):
            box.setEnabled(options.hu_range is not None)
        self._is_showing = False

    def _connect(self) -> None:
        self._size.valueChanged.connect(
            lambda step: self._tell(brush=Brush(_from_slider(step), self._options.brush.is_ball))
        )
        self._diameter.valueChanged.connect(
            lambda mm: self._tell(brush=Brush(mm / 2, self._options.brush.is_ball))
        )
        self._ball.toggled.connect(
            lambda is_ball: self._tell(brush=Brush(self._options.brush.radius_mm, is_ball))
        )
        self._sticks.toggled.connect(lambda on: self._tell(sticks_to_edges=on))
        self._through.toggled.connect(lambda on: self._tell(is_through=on))
        self._inside.currentIndexChanged.connect(
            lambda row: self._tell(inside=self._inside.itemData(row))
        )
        self._limits_hu.toggled.connect(self._tell_range)
        self._low.valueChanged.connect(self._tell_range)
        self._high.valueChanged.connect(self._tell_range)

    def _tell_range(self) -> None:
        low_hu, high_hu = sorted((self._low.value(), self._high.value()))
        self._tell(hu_range=(low_hu, high_hu) if self._limits_hu.isChecked() else None)

    def _tell(self, **changes: object) -> None:
        if not self._is_showing:
            self.options_changed.emit(replace(self._options, **changes))  # type: ignore[arg-type]


def _to_slider(radius_mm: float) -> int:
    """Steps grow with the size: a step of a large brush is larger than one of a small brush."""
    low, high = math.sqrt(MIN_RADIUS_MM), math.sqrt(MAX_RADIUS_MM)
    return round(SLIDER_STEPS * (math.sqrt(radius_mm) - low) / (high - low))


def _from_slider(step: int) -> float:
    low, high = math.sqrt(MIN_RADIUS_MM), math.sqrt(MAX_RADIUS_MM)
    return (low + step / SLIDER_STEPS * (high - low)) ** 2
