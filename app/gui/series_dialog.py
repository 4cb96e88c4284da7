"""Asks which series of a folder to open; pictures come when they are made."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.theme import COLORS
from imaging.readers.series_info import SeriesInfo
from viewer.widgets.translation import tr, tr_number, tr_sentence, translatable

_PICTURE_PX = 72
_COLUMNS = (
    translatable("Series"),
    translatable("Phase"),
    translatable("Slices"),
    translatable("Thickness"),
    translatable("Size"),
    translatable("Remarks"),
)


class SeriesDialog(QDialog):
    """A table of the series; those that make no volume are listed with the reason."""

    def __init__(self, series: tuple[SeriesInfo, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Choose a series"))
        self.setMinimumSize(760, 320)
        self.resize(1040, 580)
        self._series = series
        heading = QLabel(tr("This folder holds several series. Which one do you want to open?"))
        self._table = QTableWidget(len(series), len(_COLUMNS))
        self._table.setHorizontalHeaderLabels([tr(text) for text in _COLUMNS])
        self._table.verticalHeader().hide()
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.setWordWrap(True)
        self._table.setIconSize(QSize(_PICTURE_PX, _PICTURE_PX))
        self._table.verticalHeader().setMinimumSectionSize(_PICTURE_PX + 8)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self._table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(_COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        for row, info in enumerate(series):
            self._fill(row, info)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self._open = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        self._open.setDefault(True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._buttons)
        self._table.itemSelectionChanged.connect(self._on_selection_changed)
        self._table.itemDoubleClicked.connect(self._on_double_click)
        usable = [row for row, info in enumerate(series) if info.is_usable]
        if usable:
            self._table.selectRow(usable[0])
        self._on_selection_changed()

    @property
    def series_uid(self) -> str | None:
        """The chosen series; None while none is."""
        rows = self._table.selectionModel().selectedRows()
        return self._series[rows[0].row()].series_uid if rows else None

    def show_previews(self, pictures: tuple[bytes | None, ...]) -> None:
        """Put a picture beside each series; ``pictures`` are PNG, None where there is none."""
        if len(pictures) != len(self._series):
            return  # files came or went since the series were listed
        for row, picture in enumerate(pictures):
            item = self._table.item(row, 0)
            if picture is not None and item is not None:
                pixmap = QPixmap()
                pixmap.loadFromData(picture)
                item.setIcon(_picture_icon(_squared(pixmap)))

    def showEvent(self, event: QShowEvent) -> None:
        """Give remarks the lines that they need, now that the columns have their widths."""
        super().showEvent(event)
        self._table.resizeRowsToContents()

    def _fill(self, row: int, info: SeriesInfo) -> None:
        size = (
            " \N{MULTIPLICATION SIGN} ".join(str(n) for n in info.shape[::-1]) if info.shape else ""
        )
        thickness = (
            tr_number(round(info.slice_thickness_mm, 2), "g") + " mm"
            if info.slice_thickness_mm
            else ""
        )
        remarks = " ".join(map(tr_sentence, (info.problem,) if info.problem else info.warnings))
        phase = tr_sentence(info.phase)
        texts = (info.description, phase, str(info.slice_count), thickness, size, remarks)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            if column == 0:
                item.setIcon(_picture_icon(_empty_picture()))
            if not info.is_usable:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)  # can be read, not chosen
                item.setForeground(QColor(COLORS["muted"]))
            self._table.setItem(row, column, item)

    def _on_selection_changed(self) -> None:
        self._open.setEnabled(self.series_uid is not None)

    def _on_double_click(self, _item: QTableWidgetItem) -> None:
        if self.series_uid is not None:
            self.accept()


def _empty_picture() -> QPixmap:
    """Holds the place of a picture, so that nothing moves when it comes."""
    pixmap = QPixmap(_PICTURE_PX, _PICTURE_PX)
    pixmap.fill(QColor(COLORS["window"]))
    return pixmap


def _squared(pixmap: QPixmap) -> QPixmap:
    """In the middle of a square, so that all names begin at one place."""
    side = max(pixmap.width(), pixmap.height())
    square = QPixmap(side, side)
    square.fill(QColor(COLORS["window"]))
    painter = QPainter(square)
    painter.drawPixmap((side - pixmap.width()) // 2, (side - pixmap.height()) // 2, pixmap)
    painter.end()
    return square


def _picture_icon(pixmap: QPixmap) -> QIcon:
    """The same picture whether its row is chosen, refused or neither."""
    drawn = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Disabled):
        drawn.addPixmap(pixmap, mode)
    return drawn
