"""How CTs come into the project: where they are or copied, with or without patient data."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QVBoxLayout, QWidget

from viewer.widgets.translation import tr


class CtOptions(QWidget):
    """Two questions that every way of adding asks."""

    def __init__(self, *, copies: bool) -> None:
        super().__init__()
        self._in_place = QRadioButton(tr("Use the CTs where they are"))
        self._in_place.setToolTip(tr("The project remembers the place and checks the contents"))
        self._copy = QRadioButton(tr("Copy the CTs into the project"))
        self._copy.setToolTip(tr("The project can then be moved and backed up as a whole"))
        group = QButtonGroup(self)
        for button in (self._in_place, self._copy):
            group.addButton(button)
        (self._copy if copies else self._in_place).setChecked(True)
        self._deidentify = QCheckBox(tr("Remove what names the patient (which copies the CTs)"))
        self._deidentify.setToolTip(
            tr(
                "By the basic profile of DICOM PS3.15; which identifier became which is kept on "
                "this computer only"
            )
        )
        self._deidentify.toggled.connect(self._on_deidentify)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        layout.addWidget(self._in_place)
        layout.addWidget(self._copy)
        layout.addSpacing(4)
        layout.addWidget(self._deidentify)

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
