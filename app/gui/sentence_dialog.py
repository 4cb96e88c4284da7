"""Asks for a sentence: the reason of an exclusion, a comment, a word about open warnings."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from viewer.widgets.translation import tr

_WIDTH_PX = 460
_TEXT_HEIGHT_PX = 84


class SentenceDialog(QDialog):
    """A question, a field, and a button that names what will be done; Ctrl+Return does it too."""

    def __init__(
        self, parent: QWidget | None, title: str, question: str, do_text: str, detail: str = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH_PX)
        heading = QLabel(question)
        heading.setWordWrap(True)
        self._text = QPlainTextEdit()
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(_TEXT_HEIGHT_PX)
        self._text.setAccessibleName(question)
        self._text.textChanged.connect(self._on_changed)
        self._text.installEventFilter(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._do = buttons.addButton(do_text, QDialogButtonBox.ButtonRole.AcceptRole)
        self._do.setDefault(True)
        self._do.setToolTip(tr("{do_text} (Ctrl+Return)", do_text=do_text))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(heading)
        if detail:
            more = QLabel(detail)
            more.setObjectName("muted")
            more.setWordWrap(True)
            layout.addWidget(more)
        layout.addWidget(self._text)
        layout.addWidget(buttons)
        self._on_changed()

    @property
    def sentence(self) -> str:
        """What was written, without spaces around it."""
        return self._text.toPlainText().strip()

    def set_sentence(self, text: str) -> None:
        """Write for the user, who may go on from there."""
        self._text.setPlainText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Ctrl+Return while the field has the keys."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if self._do.isEnabled():
                self.accept()
            return True
        return super().eventFilter(watched, event)

    def _on_changed(self) -> None:
        self._do.setEnabled(bool(self.sentence))


def ask_sentence(
    parent: QWidget | None, title: str, question: str, do_text: str, detail: str = ""
) -> str | None:
    """What the user wrote; None if they changed their mind."""
    dialog = SentenceDialog(parent, title, question, do_text, detail)
    return dialog.sentence if dialog.exec() else None
