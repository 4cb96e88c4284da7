"""What mouse and keys do, in a list that can be searched."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.action_spec import shortcut_text
from app.gui.actions import ACTIONS
from app.gui.theme import icon

_MOUSE = (
    ("Left button", "Place or move", "Move the crosshair, or place a click, as the tool says"),
    ("Ctrl + left button", "Opposite click", "Place a click of the other kind"),
    ("Wheel, Page Up/Down, ↑ ↓", "Scroll", "Go through the slices"),
    ("Ctrl + wheel", "Zoom", "Zoom about the pointer"),
    ("Left drag on a click's marker", "Move click", "Put it elsewhere; the model answers anew"),
    ("Shift + wheel", "Brush size", "Make the brush larger or smaller while drawing"),
    ("Ctrl + left drag", "Opposite tool", "Erase with the brush, cut with the lasso, and back"),
    ("Esc", "Give up", "Give up the stroke or measurement that is being drawn"),
    ("Left drag on a measurement", "Move measurement", "Move it, or one of its points"),
    ("Middle drag, Shift + left drag", "Pan", "Move the picture"),
    ("Right drag", "Grey window", "Change brightness and contrast"),
    ("Double click", "Maximise", "Make one view large, or all small again"),
    ("Left drag in 3D", "Turn", "Turn the patient; wheel or right drag: zoom"),
    ("1 to 9", "Pick structure", "Make that structure of the list the active one"),
)


class ShortcutsDialog(QDialog):
    """Three columns: the key, what it is called, what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mouse and keys")
        self.resize(820, 640)
        lines = [*_MOUSE]
        for spec in ACTIONS:
            if spec.shortcuts:
                lines.append((shortcut_text(spec), spec.text.rstrip("…"), spec.tip))
        search = QLineEdit()
        search.setPlaceholderText("Search")
        search.setClearButtonEnabled(True)
        search.addAction(icon("magnify", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        search.textChanged.connect(self._filter)
        self._table = QTableWidget(len(lines), 3)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().hide()
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                self._table.setItem(row, column, QTableWidgetItem(text))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(search)
        layout.addWidget(self._table, 1)
        layout.addWidget(buttons)

    @property
    def shown_lines(self) -> list[str]:
        """The rows that match the search, each as one text."""
        rows = (row for row in range(self._table.rowCount()) if not self._table.isRowHidden(row))
        return [self._text(row) for row in rows]

    def _text(self, row: int) -> str:
        items = (self._table.item(row, column) for column in range(self._table.columnCount()))
        return " ".join(item.text() for item in items if item is not None)

    def _filter(self, wanted: str) -> None:
        words = wanted.lower().split()
        for row in range(self._table.rowCount()):
            text = self._text(row).lower()
            self._table.setRowHidden(row, not all(word in text for word in words))
