"""The user guide in a window of its own: the shipped Markdown pages, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

import resources
from app.gui.theme import COLORS, icon
from viewer.widgets.translation import tr

GUIDE = "user-guide.md"

_SIZE_PX = (860, 760)
_MARGIN_PX = 36
_BORDER_PX = 12
"""A table's frame and its cells' padding stand out by so little: there is nothing to scroll to."""

_STYLE = f"a {{ color: {COLORS['accent']}; }}"


def guide_folder() -> Path:
    """Where the pages lie: beside the data that ship, in an installed program as in its source."""
    return Path(resources.__file__).resolve().parents[1] / "docs"


class GuideDialog(QDialog):
    """Pages with links between them, and a search in the page."""

    def __init__(self, parent: QWidget | None = None, folder: Path | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("User guide"))
        self.resize(*_SIZE_PX)
        self.pages = GuidePages()
        self._back = QPushButton(icon("arrow-left"), tr("Back"))
        self._back.setAutoDefault(False)
        self._back.setEnabled(False)
        self._back.clicked.connect(self.pages.backward)
        self.pages.backwardAvailable.connect(self._back.setEnabled)
        self._search = QLineEdit()
        self._search.setPlaceholderText(tr("Find in this page; Enter goes on"))
        self._search.setClearButtonEnabled(True)
        self._search.addAction(icon("magnify", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._search.textChanged.connect(lambda text: self._find(text, from_start=True))
        self._search.returnPressed.connect(lambda: self._find(self._search.text()))
        self._answer = QLabel()
        self._answer.setObjectName("muted")
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._back)
        head.addWidget(self._search, 1)
        head.addWidget(self._answer)
        head.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.pages, 1)
        page = (folder or guide_folder()) / GUIDE
        if page.is_file():
            self.pages.setSource(QUrl.fromLocalFile(str(page)))
        else:
            self.pages.setPlainText(
                tr(
                    "The guide is not part of this installation ({page} is missing). "
                    "Install the program again.",
                    page=page,
                )
            )

    @property
    def answer(self) -> str:
        """What is said about the search."""
        return self._answer.text()

    def _find(self, text: str, *, from_start: bool = False) -> None:
        if from_start:
            self.pages.moveCursor(QTextCursor.MoveOperation.Start)
        found = not text or self.pages.find(text)
        if not found:  # once more from the top
            self.pages.moveCursor(QTextCursor.MoveOperation.Start)
            found = self.pages.find(text)
        self._answer.setText("" if found else tr("Not in this page"))


class GuidePages(QTextBrowser):
    """Markdown with pictures as wide as there is room for; opens nothing but shipped pages."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenExternalLinks(False)
        self.document().setDefaultStyleSheet(_STYLE)
        self.document().setDocumentMargin(_MARGIN_PX / 2)
        self._laid_out_px = 0

    def doSetSource(
        self,
        name: QUrl | str,
        type: QTextDocument.ResourceType = QTextDocument.ResourceType.UnknownResource,
    ) -> None:
        """Go to a page that ships; anything else is not followed."""
        place = QUrl(name)
        if _is_here(place) and Path(self.source().resolved(place).toLocalFile()).is_file():
            super().doSetSource(name, type)
            self._break_long_lines()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ANN401 -- what Qt declares
        """Make pictures fit."""
        if not _is_here(QUrl(name)):
            return None  # nothing is ever fetched
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        path = self.source().resolved(QUrl(name)).toLocalFile()
        picture = QImage(path)
        room_px = max(self.viewport().width() - _MARGIN_PX, 200)
        if picture.width() <= room_px:
            return picture
        ratio = self.devicePixelRatioF()
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = picture.scaledToWidth(round(room_px * ratio), smooth)
        scaled.setDevicePixelRatio(ratio)
        return scaled

    def _break_long_lines(self) -> None:
        """Let commands go on in a next line, so that nobody has to scroll sideways."""
        cursor = QTextCursor(self.document())
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().nonBreakableLines():
                cursor.setPosition(block.position())
                breakable = QTextBlockFormat()
                breakable.setNonBreakableLines(False)
                cursor.mergeBlockFormat(breakable)
            block = block.next()
        beyond_px = self.document().idealWidth() - self.viewport().width()
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if beyond_px <= _BORDER_PX else policy.ScrollBarAsNeeded
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Load the pictures anew for another width."""
        super().resizeEvent(event)
        if self.source().isValid() and self.viewport().width() != self._laid_out_px:
            self._laid_out_px = self.viewport().width()
            place = self.verticalScrollBar().value()
            self.reload()
            self.verticalScrollBar().setValue(place)


def _is_here(address: QUrl) -> bool:
    return address.isRelative() or address.isLocalFile()
