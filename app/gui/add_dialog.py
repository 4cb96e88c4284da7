"""Asks how CTs come into the project: where they are or copied, with or without patient data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

_WIDTH_PX = 480


class AddDialog(QDialog):
    """Two questions, answered before a folder of CTs is added."""

    def __init__(
        self, paths: Sequence[Path], *, copies: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add cases")
        self.setMinimumWidth(_WIDTH_PX)
        what = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        heading = QLabel(f"Add every CT in {what} to the project?")
        heading.setObjectName("caseName")
        heading.setWordWrap(True)
        self._in_place = QRadioButton("Use the CTs where they are")
        self._in_place.setToolTip("The project remembers the place and checks the contents")
        self._copy = QRadioButton("Copy the CTs into the project")
        self._copy.setToolTip("The project can then be moved and backed up as a whole")
        group = QButtonGroup(self)
        for button in (self._in_place, self._copy):
            group.addButton(button)
        (self._copy if copies else self._in_place).setChecked(True)
        self._deidentify = QCheckBox("Remove what names the patient (which copies the CTs)")
        self._deidentify.setToolTip(
            "By the basic profile of DICOM PS3.15; which identifier became which is kept on this "
            "computer only"
        )
        self._deidentify.toggled.connect(self._on_deidentify)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        add = buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        add.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(9)
        layout.addWidget(heading)
        layout.addSpacing(4)
        for widget in (self._in_place, self._copy):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self._deidentify)
        layout.addSpacing(8)
        layout.addWidget(buttons)

    @property
    def copies(self) -> bool:
        """Whether CTs are copied in."""
        return self._copy.isChecked()

    @property
    def deidentifies(self) -> bool:
        """Whether what names the patient is left out."""
        return self._deidentify.isChecked()

    def _on_deidentify(self, wanted: bool) -> None:
        if wanted:
            self._copy.setChecked(True)
        self._in_place.setEnabled(not wanted)
