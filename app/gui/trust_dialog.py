"""Asks whether a bundle's own code may run: shows the code and its hash, and wants a tick."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.controllers.models_controller import UntrustedModel
from viewer.widgets.translation import tr


class TrustDialog(QDialog):
    """What a bundle would run; accepted only after the user said that they trust it."""

    def __init__(self, model: UntrustedModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Code of its own"))
        self.resize(820, 600)
        heading = QLabel(
            tr(
                "{name} brings code of its own ({what}). It would build the network "
                "once, without network access, and could change none of your files. That stops "
                "mistakes, not an attacker: go on only if you would let its author run a program "
                "here.",
                name=model.path.name,
                what=model.what,
            )
        )
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        code = QPlainTextEdit(model.code)  # plain: a stranger's words are never read as HTML
        code.setReadOnly(True)
        code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        code.setAccessibleName(tr("The bundle's code"))
        sha256 = QLabel(tr("SHA-256 of all its files: {sha256}", sha256=model.sha256))
        sha256.setObjectName("muted")
        sha256.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trusts = QCheckBox(tr("I have read this code, and I trust exactly these files"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.run_button = buttons.addButton(
            tr("Run and import"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.run_button.setEnabled(False)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        self.trusts.toggled.connect(self.run_button.setEnabled)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        for widget in (heading, code, sha256, self.trusts, buttons):
            layout.addWidget(widget)
