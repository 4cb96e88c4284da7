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

from app.gui.actions import ACTIONS, shortcut_text
from app.gui.theme import icon

_MOUSE = (
    ("Left button", "Move the crosshair, or place a click, as the tool says"),
    ("Ctrl + left button", "Place a click of the other kind"),
    ("Wheel, Page Up/Down, ↑ ↓", "Scroll through slices"),
    ("Ctrl + wheel", "Zoom about the pointer"),
    ("Middle drag, Shift + left drag", "Move the picture"),
    ("Right drag", "Brightness and contrast (grey window)"),
    ("Double click", "Make one view large, or all small again"),
    ("1 to 9", "Make that structure of the list the active one"),
)


class ShortcutsDialog(QDialog):
    """Two columns: the key, and what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mouse and keys")
        self.resize(640, 620)
        lines = [*_MOUSE]
        for spec in ACTIONS:
            if spec.shortcuts:
                lines.append((shortcut_text(spec), f"{spec.text.rstrip('…')}: {spec.tip}"))
        search = QLineEdit()
        search.setPlaceholderText("Search")
        search.setClearButtonEnabled(True)
        search.addAction(icon("magnify", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        search.textChanged.connect(self._filter)
        self._table = QTableWidget(len(lines), 2)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().hide()
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
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
    def shown_lines(self) -> list[tuple[str, str]]:
        """The rows that match the search."""
        rows = (row for row in range(self._table.rowCount()) if not self._table.isRowHidden(row))
        return [(self._text(row, 0), self._text(row, 1)) for row in rows]

    def _text(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text() if item is not None else ""

    def _filter(self, wanted: str) -> None:
        words = wanted.lower().split()
        for row in range(self._table.rowCount()):
            text = f"{self._text(row, 0)} {self._text(row, 1)}".lower()
            self._table.setRowHidden(row, not all(word in text for word in words))
