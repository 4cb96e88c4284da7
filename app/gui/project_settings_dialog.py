"""What the users of a project agree on: who may approve, where CTs lie, how patients are split."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.gui.case_line import SPLIT_WORDS
from app.gui.form_label import add_row
from app.gui.theme import indent
from training.cases.records import HOURS_OF_A_DAY, ProjectSettings, SplitShares
from viewer.widgets.translation import tr, translatable

if TYPE_CHECKING:
    from training.cases.splits import SplitReport

_WIDTH_PX = 520
_FIELD_WIDTH_PX = 110

MOST_CASES = 1000
"""Newly approved ones to wait for."""

_SHARES = (translatable("Training"), translatable("Validation"), translatable("Hold-out"))


class ProjectSettingsDialog(QDialog):
    """``settings`` is what the user agreed to; the split is drawn at once and stays."""

    draw_requested = Signal(object)
    """The ``SplitShares`` to draw the split by."""
    extend_requested = Signal()

    def __init__(self, settings: ProjectSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Project settings"))
        self.setMinimumWidth(_WIDTH_PX)
        self._settings = settings
        self._can_draw = False
        self._name = QLineEdit(settings.name)
        self._differs = QCheckBox(tr("Somebody else than the author approves"))
        self._differs.setChecked(settings.reviewer_must_differ)
        self._copies = QCheckBox(tr("Copy CTs into the project when they are added"))
        self._copies.setChecked(settings.copies_cts)
        self._copies.setToolTip(tr("Only the proposal: each time you add cases you can choose"))
        self._after_cases = QSpinBox()
        indent(self._after_cases)
        self._after_cases.setRange(0, MOST_CASES)
        self._after_cases.setSpecialValueText(tr("never"))
        self._after_cases.setValue(settings.trains_after_cases)
        self._after_cases.setAccessibleName(tr("Newly approved cases that start a training"))
        self._at_hour = QComboBox()
        self._at_hour.setAccessibleName(tr("Hour at which a training starts"))
        self._at_hour.addItem(tr("never"), None)
        for hour in range(HOURS_OF_A_DAY):
            self._at_hour.addItem(f"{hour:02d}:00", hour)
        self._at_hour.setCurrentIndex(self._at_hour.findData(settings.trains_at_hour))
        self._state = QLabel(tr("Reading …"))
        self._state.setObjectName("muted")
        self._state.setWordWrap(True)
        self._state.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Room for what is read later, so that nothing jumps.
        self._state.setMinimumHeight(3 * self._state.fontMetrics().lineSpacing() + 8)
        self._shares = [QSpinBox() for _ in _SHARES]
        shares = settings.shares
        values = (shares.train, shares.validation, shares.hold_out)
        for box, value in zip(self._shares, values, strict=True):
            indent(box)
            box.setRange(0, 100)
            box.setSuffix(" %")
            box.setValue(round(value))
            box.valueChanged.connect(lambda _value: self._on_shares())
        self._draw = QPushButton(tr("Draw the split"))
        self._draw.setToolTip(tr("By patient, once: a patient is never moved afterwards"))
        self._draw.clicked.connect(lambda: self.draw_requested.emit(self.shares))
        self._extend = QPushButton(tr("Assign new patients"))
        self._extend.setToolTip(tr("By the same shares; nobody who has a split is moved"))
        self._extend.clicked.connect(self.extend_requested)
        for button in (self._draw, self._extend):
            button.setAutoDefault(False)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setDefault(True)
        self._name.textChanged.connect(lambda text: self._ok.setEnabled(bool(text.strip())))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._lay_out(buttons)
        self.show_split(None, is_drawn=False)

    @property
    def settings(self) -> ProjectSettings:
        """What the user agreed to."""
        return replace(
            self._settings,
            name=self._name.text().strip(),
            reviewer_must_differ=self._differs.isChecked(),
            copies_cts=self._copies.isChecked(),
            shares=self.shares,
            trains_after_cases=self._after_cases.value(),
            trains_at_hour=self._at_hour.currentData(),
        )

    @property
    def shares(self) -> SplitShares:
        """The shares as set; the old ones where they sum to nothing."""
        train, validation, hold_out = (float(box.value()) for box in self._shares)
        if train + validation + hold_out <= 0:
            return self._settings.shares
        return SplitShares(train, validation, hold_out)

    def show_split(self, report: SplitReport | None, *, is_drawn: bool) -> None:
        """Say how the patients are shared out; None while that is read."""
        for box in self._shares:
            box.setEnabled(report is not None and not is_drawn)
        self._draw.setVisible(not is_drawn)
        self._extend.setVisible(is_drawn)
        if report is None:
            self._can_draw = False
            self._on_shares()
            self._state.setText(tr("Reading …"))
            return
        waiting = report.undrawn_patients
        self._can_draw = not is_drawn and waiting > 0
        self._on_shares()
        self._extend.setEnabled(waiting > 0)
        self._state.setText(split_text(report, is_drawn=is_drawn))

    def _on_shares(self) -> None:
        total = sum(box.value() for box in self._shares)
        self._draw.setEnabled(self._can_draw and total > 0)

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        shares = QHBoxLayout()
        shares.setSpacing(8)
        for text, box in zip(_SHARES, self._shares, strict=True):
            label = QLabel(tr(text))
            label.setObjectName("muted")
            shares.addWidget(label)
            shares.addWidget(box)
        shares.addStretch(1)
        split = QVBoxLayout()
        split.setSpacing(8)
        split.addLayout(shares)
        split.addWidget(self._state)
        row = QHBoxLayout()
        row.addWidget(self._draw)
        row.addWidget(self._extend)
        row.addStretch(1)
        split.addLayout(row)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        add_row(form, tr("Name"), self._name)
        add_row(form, tr("Review"), self._differs)
        add_row(form, tr("CTs"), self._copies)
        add_row(form, tr("Split"), split, self._shares[0])
        add_row(form, tr("Training"), self._training(), self._after_cases)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def _training(self) -> QGridLayout:
        """When the model is improved by itself, while a window with the project is open."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        texts = (tr("By itself after newly approved cases"), tr("By itself every day at"))
        for row, (text, field) in enumerate(
            zip(texts, (self._after_cases, self._at_hour), strict=True)
        ):
            label = QLabel(text)
            label.setObjectName("muted")
            field.setMinimumWidth(_FIELD_WIDTH_PX)
            field.setToolTip(tr("While a window with this project is open and nobody clicks"))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(2, 1)
        return grid


def split_text(report: SplitReport, *, is_drawn: bool) -> str:
    """How the patients are shared out, in a sentence or two."""
    waiting = report.undrawn_patients
    has_some = any(count.patients for count in report.counts)
    shared = ", ".join(
        f"{tr(SPLIT_WORDS[count.split])} {_patients(count.patients)} ({_cases(count.cases)})"
        for count in report.counts
    )
    if is_drawn:
        since = " " + tr("{patients} came since.", patients=_patients(waiting)) if waiting else ""
        return tr("Drawn and frozen: {shared}.", shared=shared) + since
    if not has_some:
        return (
            tr("Not drawn yet; {patients} would be shared out.", patients=_patients(waiting))
            if waiting
            else tr("Not drawn yet; there is no patient to share out.")
        )
    stated = tr("Taken over from data sets, and frozen: {shared}.", shared=shared)
    if waiting:
        return tr(
            "{stated} {patients} without a split would be shared out.",
            stated=stated,
            patients=_patients(waiting),
        )
    return tr("{stated} Everybody has a split; who comes later can be drawn.", stated=stated)


def _patients(count: int) -> str:
    return tr("1 patient") if count == 1 else tr("{count} patients", count=count)


def _cases(count: int) -> str:
    return tr("1 case") if count == 1 else tr("{count} cases", count=count)
