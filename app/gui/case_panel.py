"""Which CT is open, how its grid lies, and what was found worth a warning."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from app.controllers.case_session import CaseSession
from app.gui.section import Section
from viewer.widgets.translation import tr, tr_number, tr_sentence, translatable

_TIMES = " \N{MULTIPLICATION SIGN} "
_WORDS = {
    "S": translatable("feet to head"),
    "I": translatable("head to feet"),
    "A": translatable("back to front"),
    "P": translatable("front to back"),
}
_WORDS |= {"L": translatable("right to left"), "R": translatable("left to right")}


class CasePanel(Section):
    """The first section of the side panel."""

    def __init__(self, open_ct: QAction, save: QAction) -> None:
        super().__init__(tr("Case"))
        self._name = QLabel(tr("No CT open"))
        self._name.setObjectName("caseName")
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.contents.addWidget(self._name)

        form = QFormLayout()
        form.setContentsMargins(0, 2, 0, 2)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(3)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._values: dict[str, QLabel] = {}
        for row in (translatable("Size"), translatable("Voxel"), translatable("Axes")):
            label, value = QLabel(tr(row)), QLabel("—")
            label.setObjectName("muted")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(label, value)
            self._values[row] = value
        self.contents.addLayout(form)

        self._warnings = QLabel()
        self._warnings.setObjectName("warning")
        self._warnings.setWordWrap(True)
        self._warnings.hide()
        self.contents.addWidget(self._warnings)

        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action, name in ((open_ct, tr("Open…")), (save, tr("Save mask"))):
            button = QPushButton(action.icon(), name)
            button.clicked.connect(action.trigger)
            button.setToolTip(action.toolTip())
            button.setEnabled(action.isEnabled())
            action.enabledChanged.connect(button.setEnabled)
            buttons.addWidget(button, 1)
        self.contents.addLayout(buttons)

    def show_case(self, session: CaseSession) -> None:
        """Describe the open case."""
        volume = session.volume
        geometry = volume.geometry
        k, j, i = geometry.shape
        spacing_mm = geometry.spacing_kji_mm[::-1]
        letters = geometry.axis_letters()[::-1]
        self._values["Size"].setText(
            tr("{size} voxels", size=_TIMES.join((str(i), str(j), str(k))))
        )
        self._values["Voxel"].setText(
            _TIMES.join(tr_number(mm, ".2f") for mm in spacing_mm) + " mm"
        )
        self._values["Axes"].setText(" · ".join(letters))
        self._values["Axes"].setToolTip(
            "\n".join(
                tr("{axis} runs {direction}", axis=axis, direction=tr(_WORDS[letter]))
                for axis, letter in zip("ijk", letters, strict=True)
            )
        )
        self._warnings.setText("\n".join(map(tr_sentence, volume.warnings)))
        self._warnings.setVisible(bool(volume.warnings))
        self._name.setToolTip(str(session.path) if session.path else tr("Made by this program"))
        self.show_modified(session)

    def show_modified(self, session: CaseSession) -> None:
        """Mark the name while there is something to save."""
        mark = " •" if session.is_modified else ""
        self._name.setText(session.volume.name + mark)
