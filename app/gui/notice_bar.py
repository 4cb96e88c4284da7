"""A strip over the views for what stays true until it is dealt with: read-only, recovery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from app.gui.theme import icon
from viewer.widgets.translation import tr

NoticeAction = tuple[str, Callable[[], object]]
"""The text of a button, and what it does; the first of several is the proposed one."""


class NoticeBar(QFrame):
    """An icon, a sentence, buttons. Unlike the banner it takes a row of its own and no time."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("noticeBar")
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._close = QToolButton()
        self._close.setIcon(icon("close"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip(tr("Close this message"))
        self._close.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 8, 6)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addLayout(self._buttons)
        layout.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence; empty when hidden."""
        return self._text.text()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """The buttons, the proposed one first."""
        return tuple(self.findChildren(QPushButton))

    def show_notice(
        self, icon_name: str, sentence: str, *actions: NoticeAction, may_close: bool = True
    ) -> None:
        """Say something; each action's button closes the strip and then acts."""
        self.clear()
        self._icon.setPixmap(icon(icon_name, "warning").pixmap(18, 18))
        self._text.setText(sentence)
        self._close.setVisible(may_close)
        for number, (text, act) in enumerate(actions):
            button = QPushButton(text)
            if number == 0:
                button.setObjectName("primary")
            button.clicked.connect(self.clear)
            button.clicked.connect(lambda _checked, act=act: act())
            self._buttons.addWidget(button)
        self.show()

    def clear(self) -> None:
        """Say nothing."""
        self._text.clear()
        while (item := self._buttons.takeAt(0)) is not None:
            if widget := item.widget():
                widget.setParent(None)
                widget.deleteLater()
        self.hide()
