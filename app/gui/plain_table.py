"""A table to read: rows are selected whole, and nothing in it is typed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem

from viewer.widgets.translation import tr


def plain_table(columns: Sequence[str], name: str, stretched: int) -> QTableWidget:
    """A table without rows; ``columns`` are translated here, ``name`` is for screen readers."""
    table = QTableWidget(0, len(columns))
    table.setHorizontalHeaderLabels([tr(text) for text in columns])
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setAlternatingRowColors(True)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    return table


def fill_row(table: QTableWidget, row: int, texts: Sequence[str]) -> None:
    """Put texts into a row that exists."""
    for column, text in enumerate(texts):
        table.setItem(row, column, QTableWidgetItem(text))
