"""The table of measures below the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QTableView,
    QToolButton,
    QVBoxLayout,
)

from app.gui.actions import Actions
from app.gui.measures_model import COLUMNS, MeasuresModel
from app.gui.theme import icon
from viewer.widgets.translation import tr

if TYPE_CHECKING:
    from app.controllers.case_measures import MeasuredRow

NAME_WIDTH_PX = 150
LONGEST_NUMBER = "12,345.6"
ROW_HEIGHT_PX = 26
HEIGHT_PX = 208
FEWEST_ROWS = 3
_ICON_SIZE = QSize(16, 16)
_PADDING_PX = 16


class MeasuresPanel(QFrame):
    """Shows rows; a click on one makes its structure the active one."""

    structure_chosen = Signal(str)
    close_requested = Signal()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("measuresPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = MeasuresModel()
        self.table = self._make_table()
        self.reset_columns()
        self._note = QLabel()
        self._note.setObjectName("muted")
        self._lay_out(actions)
        self.table.setMinimumHeight(self._height_of_table(FEWEST_ROWS))

    def show_rows(self, rows: tuple[MeasuredRow, ...], active: str, *, is_busy: bool) -> None:
        """Show numbers; the row of the active structure is marked."""
        self.model.show_rows(rows)
        number = self.model.row_of(active)
        if number is not None:
            self.table.selectRow(number)
        if not any(row.volume_ml for row in rows):
            self._note.setText(tr("Nothing to measure yet: segment, click or draw first."))
        else:
            self._note.setText(tr("Measuring…") if is_busy else "")

    def reset_columns(self) -> None:
        """Give the columns the order and the widths that they began with."""
        header = self.table.horizontalHeader()
        for column in range(1 + len(COLUMNS)):
            header.moveSection(header.visualIndex(column), column)
            self.table.setColumnWidth(column, self._width_of(column) if column else NAME_WIDTH_PX)

    def _width_of(self, column: int) -> int:
        """Of a column of numbers: so that its heading and a large number fit."""
        number_px = self.table.fontMetrics().horizontalAdvance(LONGEST_NUMBER) + _PADDING_PX
        return max(number_px, self.table.horizontalHeader().sectionSizeHint(column))

    def _height_of_table(self, rows: int) -> int:
        """With the heading, and with a scroll bar below."""
        frame_px = 2 * self.table.frameWidth()
        scroll_bar_px = self.table.horizontalScrollBar().sizeHint().height()
        heading_px = self.table.horizontalHeader().sizeHint().height()
        return heading_px + rows * ROW_HEIGHT_PX + scroll_bar_px + frame_px

    def sizeHint(self) -> QSize:
        """A few rows high."""
        return QSize(super().sizeHint().width(), HEIGHT_PX)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(tr("Measures"))
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionsMovable(True)
        table.clicked.connect(self._on_clicked)
        return table

    def _lay_out(self, actions: Actions) -> None:
        title = QLabel(tr("MEASURES"))
        title.setObjectName("sectionTitle")
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self._note, 1)
        for key in ("copy_measures", "export_measures"):
            button = QToolButton()
            button.setDefaultAction(actions[key])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(_ICON_SIZE)
            row.addWidget(button)
        close = QToolButton()
        close.setIcon(icon("close", "muted"))
        close.setIconSize(_ICON_SIZE)
        close.setToolTip(tr("Hide the measures"))
        close.clicked.connect(self.close_requested)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.table, 1)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.structure_chosen.emit(self.model.row(index.row()).structure.name)
