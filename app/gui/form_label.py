"""Labels of a form that stand level with the first line of what they name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QLayout, QWidget


def add_row(
    form: QFormLayout, text: str, field: QWidget | QLayout, first_line: QWidget | None = None
) -> None:
    """Add a row; ``first_line`` is the first widget of a ``field`` that has several.

    Left to itself, a form puts a label at one height, whatever stands beside it.
    """
    beside = first_line if first_line is not None else field
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    if isinstance(beside, QWidget):
        label.setBuddy(beside)
        for widget in (label, beside):
            widget.ensurePolished()  # the style sheet says how high it is
        spare_px = beside.sizeHint().height() - label.sizeHint().height()
        label.setContentsMargins(0, max(0, (spare_px + 1) // 2), 0, 0)
    if isinstance(field, QWidget):
        form.addRow(label, field)
    else:
        form.addRow(label, field)
