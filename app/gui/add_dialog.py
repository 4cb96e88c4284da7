"""Asks how CTs come into the project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.gui.ct_options import CtOptions
from viewer.widgets.translation import tr

_WIDTH_PX = 480


class AddDialog(QDialog):
    """Two questions, answered before a folder of CTs is added."""

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        copies: bool,
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """``note`` is a sentence worth reading before."""
        super().__init__(parent)
        self.setWindowTitle(tr("Add cases"))
        self.setMinimumWidth(_WIDTH_PX)
        what = paths[0].name if len(paths) == 1 else tr("{count} files", count=len(paths))
        heading = QLabel(tr("Add every CT in {what} to the project?", what=what))
        heading.setObjectName("caseName")
        heading.setWordWrap(True)
        self._options = CtOptions(copies=copies)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        add = buttons.addButton(tr("Add"), QDialogButtonBox.ButtonRole.AcceptRole)
        add.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(9)
        layout.addWidget(heading)
        if note:
            more = QLabel(note)
            more.setObjectName("muted")
            more.setWordWrap(True)
            layout.addWidget(more)
        layout.addSpacing(4)
        layout.addWidget(self._options)
        layout.addSpacing(8)
        layout.addWidget(buttons)

    @property
    def copies(self) -> bool:
        """Whether CTs are copied in."""
        return self._options.copies

    @property
    def deidentifies(self) -> bool:
        """Whether what names the patient is left out."""
        return self._options.deidentifies
