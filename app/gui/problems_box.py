"""What could not be added, each with its sentence: a list that waits and stops nobody."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from app.gui.theme import icon
from viewer.widgets.translation import tr, tr_sentence

ROOM_PX = 170
"""The lines may take so much, or a third of what the box lies in where that is more."""


class ProblemsBox(QFrame):
    """A heading, the lines, and buttons to copy and close; hidden while there is nothing.

    As high as its lines at their width, up to a third of the widget around it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problems")
        self._title = QLabel()
        self._title.setWordWrap(True)
        self._lines = QListWidget()
        self._lines.setWordWrap(True)
        self._lines.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._lines.setResizeMode(QListWidget.ResizeMode.Adjust)
        # A long line makes the dock no wider: it is wrapped.
        self._lines.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lines.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        copy = _button("content-copy", tr("Copy these lines"))
        copy.clicked.connect(self.copy_lines)
        close = _button("close", tr("Close this list"))
        close.clicked.connect(self.clear)
        header = QHBoxLayout()
        header.setSpacing(2)
        header.addWidget(self._title, 1)
        for button in (copy, close):
            header.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 6, 6)
        column.setSpacing(4)
        column.addLayout(header)
        column.addWidget(self._lines)
        self.hide()

    @property
    def lines(self) -> tuple[str, ...]:
        """What is listed."""
        return tuple(self._lines.item(row).text() for row in range(self._lines.count()))

    def show_problems(self, title: str, lines: Iterable[str]) -> None:
        """List sentences under a title; none hides the box."""
        self._lines.clear()
        for line in map(tr_sentence, lines):
            item = QListWidgetItem(icon("alert-outline", "warning"), line, self._lines)
            item.setToolTip(line)
        self._title.setText(tr_sentence(title))
        self.setVisible(self._lines.count() > 0)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the height of what the box is put into."""
        around = self.parentWidget()
        if event.type() == QEvent.Type.ParentChange and around is not None:
            around.installEventFilter(self)
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See ``changeEvent``."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the lines anew, which may need more of them."""
        super().resizeEvent(event)
        self._fit()

    def copy_lines(self) -> None:
        """Put the lines on the clipboard."""
        QGuiApplication.clipboard().setText("\n".join(self.lines))

    def clear(self) -> None:
        """List nothing."""
        self.show_problems("", ())

    def _fit(self) -> None:
        count = self._lines.count()
        if not count:
            return
        self._lines.doItemsLayout()
        last = self._lines.visualItemRect(self._lines.item(count - 1))
        first = self._lines.visualItemRect(self._lines.item(0))
        needed_px = last.bottom() - first.top() + 2 * (self._lines.frameWidth() + 1)
        around = self.parentWidget()
        room_px = max(ROOM_PX, around.height() // 3 if around is not None else 0)
        self._lines.setFixedHeight(min(needed_px, room_px))


def _button(icon_name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(icon_name, "muted"))
    button.setIconSize(QSize(15, 15))
    button.setToolTip(tip)
    return button
