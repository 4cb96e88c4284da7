"""What this computer can do, and what to do about what it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.findings import Finding, Level
from app.gui.level_signs import LEVEL_SIGNS
from app.gui.theme import icon
from viewer.widgets.translation import tr, tr_sentence, translatable

_SIZE_PX = (720, 560)
_TOPIC_WIDTH_PX = 82
_LOOKING = translatable("Looking at this computer; trying the engines takes some seconds.")


class ComputerDialog(QDialog):
    """Findings under each other; it never blocks the window behind."""

    look_again_requested = Signal()
    save_logs_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("This computer"))
        self.resize(*_SIZE_PX)
        self._summary = QLabel()
        self._summary.setObjectName("strong")
        self._summary.setWordWrap(True)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._message = QLabel()
        self._message.setObjectName("muted")
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._again = _button(
            buttons, tr("Look again"), tr("Try everything anew"), self.look_again_requested.emit
        )
        self._copy = _button(
            buttons, tr("Copy"), tr("Copy these lines, for a mail"), self.copy_findings
        )
        self._logs = _button(
            buttons,
            tr("Save logs…"),
            tr(
                "Pack logs and these findings into a file for a support mail. "
                "Sentences that might name a file or a patient are left out."
            ),
            self.save_logs_requested.emit,
        )
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self._summary)
        layout.addWidget(self._progress)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._message)
        layout.addWidget(buttons)
        self._findings: tuple[Finding, ...] = ()
        self.show_looking()

    @property
    def texts(self) -> tuple[str, ...]:
        """The findings as shown, without their remedies."""
        return tuple(finding.text for finding in self._findings)

    @property
    def summary(self) -> str:
        """The line above the findings."""
        return self._summary.text()

    @property
    def message(self) -> str:
        """What is said about saving the logs."""
        return self._message.text()

    def show_looking(self) -> None:
        """Say that it is being looked."""
        self._summary.setText(tr(_LOOKING))
        self._say("")
        self._progress.show()
        for button in (self._again, self._copy, self._logs):
            button.setEnabled(False)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show what was found: what is missing first said in one line, then all."""
        self._findings = tuple(findings)
        faults = sum(finding.level is Level.FAULT for finding in findings)
        notes = sum(finding.level is Level.NOTE for finding in findings)
        if faults:
            self._summary.setText(tr("Something that the program needs is missing: see below."))
        elif notes:
            self._summary.setText(
                tr("This computer can run Maskwright. Something could be better.")
            )
        else:
            self._summary.setText(tr("This computer can run Maskwright."))
        self._scroll.setWidget(_grid(self._findings))
        self._stop_looking()

    def show_failure(self, sentence: str) -> None:
        """Say what did not work."""
        self._say(tr_sentence(sentence))
        if self._progress.isVisible():
            self._summary.setText(tr("This computer could not be looked at."))
            self._stop_looking()

    def show_saved(self, where: str) -> None:
        """Say where the logs are."""
        self._say(
            tr(
                "Saved to {where}. Nothing was sent: read it, then attach it to a mail yourself.",
                where=where,
            )
        )

    def copy_findings(self) -> None:
        """Put the findings on the clipboard."""
        lines = (f"{one.topic}: {one.sentence}" for one in self._findings)
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _say(self, text: str) -> None:
        self._message.setText(text)
        self._message.setVisible(bool(text))

    def _stop_looking(self) -> None:
        self._progress.hide()
        self._again.setEnabled(True)
        for button in (self._copy, self._logs):
            button.setEnabled(bool(self._findings))


def _grid(findings: Sequence[Finding]) -> QWidget:
    contents = QWidget()
    contents.setObjectName("panelContents")
    grid = QGridLayout(contents)
    grid.setContentsMargins(12, 10, 12, 10)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(9)
    grid.setColumnMinimumWidth(1, _TOPIC_WIDTH_PX)
    grid.setColumnStretch(2, 1)
    before = ""
    for row, finding in enumerate(findings):
        name, color, meaning = LEVEL_SIGNS[finding.level]
        meaning, about = tr(meaning), tr_sentence(finding.topic)
        sign = QLabel()
        sign.setPixmap(icon(name, color).pixmap(16, 16))
        sign.setToolTip(f"{about}: {meaning}")
        sign.setAccessibleName(meaning)
        topic = QLabel(about if finding.topic != before else "")
        topic.setObjectName("muted")
        before = finding.topic
        lines = (tr_sentence(line) for line in (finding.text, finding.remedy) if line)
        text = QLabel("\n".join(lines))
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(sign, row, 0, top)
        grid.addWidget(topic, row, 1, top)
        grid.addWidget(text, row, 2, top)
    grid.setRowStretch(len(findings), 1)
    return contents


def _button(buttons: QDialogButtonBox, text: str, tip: str, act: Callable[[], None]) -> QPushButton:
    button = buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: act())
    return button
