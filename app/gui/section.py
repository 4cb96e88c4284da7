"""A titled part of the side panel."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

_HEADER_PX = 15
"""Nearer to the buttons of other headings, so that all lie about equally far below their rules."""


class Section(QWidget):
    """A heading, optional buttons beside it, and contents below."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel()
        self._title.setObjectName("sectionTitle")
        self._title.setMinimumHeight(_HEADER_PX)
        # A long title is cut off rather than widening the panel.
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(0, 0, 0, 0)
        self.header.setSpacing(2)
        self.header.addWidget(self._title, 1)
        self.contents = QVBoxLayout()
        self.contents.setContentsMargins(0, 0, 0, 0)
        self.contents.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(self.header)
        layout.addLayout(self.contents)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self._title.setText(title.upper())


def rule() -> QFrame:
    """A hairline between sections."""
    line = QFrame()
    line.setObjectName("rule")
    return line
