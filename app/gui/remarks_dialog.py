"""Sentences about something, one under the other, to be read in full and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.gui.sentence_list import Sentence, SentenceList
from viewer.widgets.translation import tr, tr_sentence

_SIZE_PX = (620, 360)


class RemarksDialog(QDialog):
    """Says what the banner has no room for."""

    def __init__(self, title: str, remarks: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Remarks"))
        self.resize(*_SIZE_PX)
        remarks = tuple(map(tr_sentence, remarks))
        self._text = "\n".join((title, *remarks))
        heading = QLabel(title)
        heading.setWordWrap(True)
        heading.setObjectName("strong")
        sentences = SentenceList()
        sentences.show_sentences(
            Sentence(remark, "information-outline", "accent") for remark in remarks
        )
        contents = QWidget()
        contents.setObjectName("panelContents")
        column = QVBoxLayout(contents)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(sentences)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(contents)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text))
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
