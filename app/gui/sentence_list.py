"""Sentences under each other, each with a button that shows the place it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.gui.elided_label import ElidedLabel
from app.gui.theme import icon
from viewer.widgets.translation import tr


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row; ``point_lps`` is where "Show me" goes, in mm, None where there is no place."""

    text: str
    icon_name: str
    icon_color: str
    detail: str = ""
    point_lps: tuple[float, float, float] | None = None
    structure: str | None = None


class SentenceList(QWidget):
    """Wraps its texts; as high as they need."""

    shown = Signal(object)
    """The ``Sentence`` whose place the user wants to see."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences shown."""
        return tuple(row.accessibleName() for row in self._rows)

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        """The "Show me" buttons, from top to bottom."""
        return tuple(button for row in self._rows for button in row.findChildren(QToolButton))

    def show_sentences(self, sentences: Iterable[Sentence]) -> None:
        """Show these and no others."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.setParent(None)
            row.deleteLater()
        self._rows = [_row(sentence, partial(self.shown.emit, sentence)) for sentence in sentences]
        for row in self._rows:
            self._column.addWidget(row)


def _row(sentence: Sentence, show: Callable[[], object]) -> QWidget:
    row = QFrame()
    row.setObjectName("sentence")
    row.setAccessibleName(sentence.text)
    sign = QLabel()
    sign.setPixmap(icon(sentence.icon_name, sentence.icon_color).pixmap(16, 16))
    text = QLabel(sentence.text)
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    texts = QVBoxLayout()
    texts.setSpacing(2)
    texts.addWidget(text)
    foot = QHBoxLayout()
    foot.setSpacing(4)
    detail = ElidedLabel(sentence.detail)
    detail.setObjectName("muted")
    foot.addWidget(detail, 1)
    if sentence.point_lps is not None:
        button = QToolButton()
        button.setObjectName("link")
        button.setText(tr("Show me"))
        button.setToolTip(tr("Move the crosshair there"))
        button.clicked.connect(lambda: show())
        foot.addWidget(button)
    if sentence.detail or sentence.point_lps is not None:
        texts.addLayout(foot)
    layout = QHBoxLayout(row)
    layout.setContentsMargins(8, 6, 6, 6)
    layout.setSpacing(8)
    layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    layout.addLayout(texts, 1)
    return row
