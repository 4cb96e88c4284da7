"""Versions, devices, licence, and what the program may be used for."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.doctor import installed_versions
from viewer.widgets.translation import tr, tr_sentence

_SHOWN = {
    "Python": "Python",
    "PySide6-Essentials": "Qt for Python",
    "vtk": "VTK",
    "SimpleITK": "SimpleITK",
    "pydicom": "pydicom",
    "onnxruntime-gpu": "ONNX Runtime",
    "onnxruntime": "ONNX Runtime",
    "numpy": "NumPy",
}


class AboutDialog(QDialog):
    """What a fault report should quote; one button copies it."""

    def __init__(self, engine: str, model: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Maskwright"))
        self.setMinimumWidth(460)
        versions = installed_versions()
        title = QLabel("Maskwright")
        title.setObjectName("startTitle")
        subtitle = QLabel(tr("Version {version}", version=versions.get("maskwright", "unknown")))
        subtitle.setObjectName("startSubtitle")
        self._purpose = QLabel(tr("Research use only. Not a medical device; not for diagnosis."))
        self._purpose.setObjectName("warning")
        self._purpose.setWordWrap(True)

        engine = tr_sentence(engine) or tr("not started")
        self._lines = [(tr("Engine"), engine), (tr("Model"), model)]
        self._lines.append((tr("System"), platform.platform(terse=True)))
        named = {title: versions[name] for name, title in _SHOWN.items() if name in versions}
        self._lines.extend(named.items())
        self._lines.append((tr("Licence"), "Apache-2.0"))
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(5)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, text in self._lines:
            label, value = QLabel(name), QLabel(text)
            label.setObjectName("muted")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(label, value)

        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip(tr("Copy these lines, for a fault report"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy_lines)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(26, 22, 26, 16)
        layout.setSpacing(6)
        layout.addWidget(title)
        layout.addWidget(subtitle)
        layout.addSpacing(8)
        layout.addWidget(self._purpose)
        layout.addSpacing(8)
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addSpacing(12)
        layout.addWidget(buttons)

    @property
    def purpose(self) -> str:
        """What the program may be used for, as shown."""
        return self._purpose.text()

    def copy_lines(self) -> None:
        """Put versions and devices on the clipboard."""
        text = "\n".join(f"{name}: {value}" for name, value in self._lines)
        QGuiApplication.clipboard().setText(text)
