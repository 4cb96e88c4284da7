"""Asks what a checkpoint does not say itself: which network its weights are for, and of what."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.controllers.models_controller import CheckpointWish
from app.gui import file_dialogs
from app.gui.form_label import add_row
from app.gui.theme import indent
from viewer.widgets.translation import tr, translatable

_NETWORKS = (
    (translatable("DynUNet, as in the DeepEdit tutorial"), "dynunet"),
    (translatable("UNETR, as in the DeepEdit tutorial"), "unetr"),
)
_FROM_FILE = translatable("Described in a file…")
_SIDE_VOXELS = 128
"""As the tutorial has it."""


class CheckpointDialog(QDialog):
    """A form of three lines; ``wish`` is what it says once it is accepted."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import a checkpoint"))
        self.setMinimumWidth(480)
        self._path = path
        heading = QLabel(
            tr(
                "{name} holds weights alone. Say which network they belong to; a file that does "
                "not fit is refused, and none of its code is run.",
                name=path.name,
            )
        )
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        self.network = QComboBox()
        for title, name in _NETWORKS:
            self.network.addItem(tr(title), name)
        self.network.addItem(tr(_FROM_FILE), "")
        self.network.setToolTip(tr("A file is JSON or YAML with a network_def, as a bundle has it"))
        self.network.activated.connect(self._on_network_chosen)
        self.structures = QLineEdit("spleen")
        self.structures.setToolTip(
            tr("The classes after background, in their order, with commas between")
        )
        self.side = QSpinBox()
        indent(self.side)
        self.side.setRange(32, 512)
        self.side.setSingleStep(32)
        self.side.setValue(_SIDE_VOXELS)
        self.side.setSuffix(" " + tr("voxels"))
        self.side.setToolTip(tr("Side of the box that the CT is resized to"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._accept = self.buttons.addButton(tr("Import"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.structures.textChanged.connect(self._update)
        form = QFormLayout()
        add_row(form, tr("Network"), self.network)
        add_row(form, tr("Structures"), self.structures)
        add_row(form, tr("Side of its box"), self.side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addLayout(form)
        layout.addWidget(self.buttons)
        self._update()

    @property
    def wish(self) -> CheckpointWish:
        """What the user said."""
        return CheckpointWish(
            self._path, self.network.currentData(), self._structures(), self.side.value()
        )

    def _structures(self) -> tuple[str, ...]:
        parts = (part.strip() for part in self.structures.text().split(","))
        return tuple(part for part in parts if part)

    def _on_network_chosen(self, row: int) -> None:
        if self.network.itemText(row) == tr(_FROM_FILE):
            file = file_dialogs.ask_network_file(self, str(self._path.parent))
            if file is None:
                self.network.setCurrentIndex(0)
            else:
                self.network.insertItem(row, file.name, str(file))
                self.network.setCurrentIndex(row)
        self._update()

    def _update(self) -> None:
        self._accept.setEnabled(bool(self._structures() and self.network.currentData()))
