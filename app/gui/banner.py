"""A sentence over the views: what failed, what was noticed, what was done. It never blocks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.gui.theme import icon

NOTICE_MS = 9000
"""Notices go away by themselves; a failure stays until it is closed."""

_ICONS = {
    "error": ("alert-circle-outline", "on_accent"),
    "notice": ("information-outline", "on_accent"),
    "done": ("check-circle-outline", "on_accent"),
}


class Banner(QWidget):
    """One message at a time, the newest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strip = QFrame()
        self._strip.setObjectName("banner")
        margin = QHBoxLayout(self)
        margin.setContentsMargins(8, 6, 8, 6)
        margin.addWidget(self._strip)
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setIconSize(QSize(16, 16))
        close.setToolTip("Close this message")
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self._strip)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._text, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown last."""
        return self._text.text()

    def show_error(self, sentence: str) -> None:
        """Something did not work."""
        self._show("error", sentence)

    def show_notice(self, sentence: str) -> None:
        """Something worth reading."""
        self._show("notice", sentence)

    def show_done(self, sentence: str) -> None:
        """Something that was asked for is done."""
        self._show("done", sentence)

    def _show(self, kind: str, sentence: str) -> None:
        name, color = _ICONS[kind]
        self._icon.setPixmap(icon(name, color).pixmap(20, 20))
        self._text.setText(sentence)
        self._strip.setProperty("kind", kind)
        self._strip.style().unpolish(self._strip)
        self._strip.style().polish(self._strip)
        self._timer.stop()
        if kind != "error":
            self._timer.start(NOTICE_MS)
        self.show()
