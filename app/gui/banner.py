"""A sentence over the views: what failed, what was noticed, what was done. It never blocks."""

from __future__ import annotations

from textwrap import shorten

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.gui.remarks_dialog import RemarksDialog
from app.gui.theme import icon
from viewer.widgets.translation import tr, tr_sentence

NOTICE_MS = 9000
"""Notices go away by themselves; a failure stays until it is closed."""

MAX_WIDTH_PX = 860
MAX_CHARACTERS = 260
"""Longer texts would hide the views; they are read in a dialog of their own."""

MARGIN_PX = 12
TOP_PX = 34
"""Leaves the title of the view below readable."""

_ICONS = {
    "error": ("alert-circle-outline", "on_accent"),
    "notice": ("information-outline", "on_accent"),
    "done": ("check-circle-outline", "on_accent"),
}


class Banner(QFrame):
    """One message at a time, the newest.

    It floats over ``below`` and moves nothing: a picture that jumped away under the pointer
    would make the next click a wrong one.
    """

    def __init__(self, below: QWidget) -> None:
        super().__init__(below)
        self.setObjectName("banner")
        self._below = below
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._read_all = QPushButton(tr("Read all"))
        self._read_all.setToolTip(tr("Read all of it, and copy it"))
        self._read_all.clicked.connect(self._show_remarks)
        self._title = ""
        self._remarks: tuple[str, ...] = ()
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setIconSize(QSize(16, 16))
        close.setToolTip(tr("Close this message"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._read_all)
        layout.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        below.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place while the window changes its size."""
        if watched is self._below and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

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

    def show_remarks(self, title: str, remarks: tuple[str, ...]) -> None:
        """Say what should be known about something; it stays, and can be read in full."""
        text = " ".join((title, *map(tr_sentence, remarks)))
        is_long = len(text) > MAX_CHARACTERS
        if is_long:
            count = (
                tr("1 remark") if len(remarks) == 1 else tr("{count} remarks", count=len(remarks))
            )
            text = tr(
                "{title} {count}, the first: {first}",
                title=title,
                count=count,
                first=shorten(tr_sentence(remarks[0]), MAX_CHARACTERS),
            )
        self._show("notice", text)
        self._timer.stop()
        self._title, self._remarks = title, remarks
        self._read_all.setVisible(is_long)
        self._place()

    def _show_remarks(self) -> None:
        RemarksDialog(self._title, self._remarks, self.window()).exec()

    def leave_case(self) -> None:
        """Another case opens: a failure was about the one before, what was done is still news."""
        if self.property("kind") == "error":
            self.hide()

    def _show(self, kind: str, sentence: str) -> None:
        self._read_all.hide()
        name, color = _ICONS[kind]
        self._icon.setPixmap(icon(name, color).pixmap(20, 20))
        self._text.setText(tr_sentence(sentence))
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._timer.stop()
        if kind != "error":
            self._timer.start(NOTICE_MS)
        self._place()
        self.raise_()
        self.show()

    def _place(self) -> None:
        """Below the headers of the views, in the middle, as high as the text needs."""
        width = min(MAX_WIDTH_PX, self._below.width() - 2 * MARGIN_PX)
        left = (self._below.width() - width) // 2
        self.setGeometry(left, TOP_PX, width, self.heightForWidth(width))
