"""One job in detail: its curves, the comparison, and the cases that were held back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui.plain_table import fill_row, plain_table
from app.gui.training_texts import comparison_rows, epochs_text
from training.jobs.job import EpochFigures, Job
from viewer.widgets.translation import tr, tr_sentence, translatable

if TYPE_CHECKING:
    from app.gui.training_curves import TrainingCurves
    from training.fine_tuning.plan import HeldBack

_COMPARISON_COLUMNS = (
    translatable("Structure"),
    translatable("Measure"),
    translatable("Patients"),
    translatable("Before"),
    translatable("Now"),
    translatable("Difference (95 %)"),
)
_HELD_BACK_COLUMNS = (translatable("Case"), translatable("Why it is not used"))
_CURVES, _COMPARISON, _HELD_BACK = range(3)

CASE_WIDTH_PX = 180


class JobDetail(QTabWidget):
    """Follows a job; a tab without contents is not shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self._shown: tuple[int, bool] | None = None
        self._figures: tuple[EpochFigures, ...] = ()
        self._held_back: tuple[HeldBack, ...] = ()
        self.curves: TrainingCurves | None = None
        """Made for the first epoch: what draws them takes half a second to load."""
        self._epochs = _wrapped()
        self.comparison = plain_table(
            _COMPARISON_COLUMNS, tr("Comparison of both models"), stretched=1
        )
        self.held_back = plain_table(_HELD_BACK_COLUMNS, tr("Cases held back"), stretched=1)
        self.held_back.setWordWrap(True)
        header = self.held_back.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, CASE_WIDTH_PX)
        self._training = QWidget()
        layout = QVBoxLayout(self._training)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self._epochs)
        hint = _wrapped()
        hint.setText(
            tr(
                "Mend the labels and approve them again. Or tick what is right: the next training "
                "uses it."
            )
        )
        decisions = QWidget()
        layout = QVBoxLayout(decisions)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(hint)
        layout.addWidget(self.held_back)
        self.addTab(self._training, tr("Training"))
        self.addTab(self.comparison, tr("Comparison"))
        self.addTab(decisions, "")  # its text counts

    @property
    def epochs_text(self) -> str:
        """What is said about the epochs."""
        return self._epochs.text()

    @property
    def included_cases(self) -> tuple[int, ...]:
        """The held-back cases that the user ticked."""
        rows = zip(range(self.held_back.rowCount()), self._held_back, strict=True)
        checked = Qt.CheckState.Checked
        return tuple(
            case.case_id
            for row, case in rows
            if (item := self.held_back.item(row, 0)) is not None and item.checkState() == checked
        )

    def show_job(self, job: Job | None, held_back: Sequence[HeldBack]) -> None:
        """Show a job; of another one, or once it is decided, the tab that matters comes first."""
        figures = job.progress.figures if job is not None else ()
        decision = job.decision if job is not None else None
        self._show_figures(job, figures)
        rows = comparison_rows(decision) if decision is not None else ()
        self.comparison.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            fill_row(self.comparison, row, texts)
        self._show_held_back(tuple(held_back))
        for tab, has_contents in ((_CURVES, figures), (_COMPARISON, rows), (_HELD_BACK, held_back)):
            self.setTabVisible(tab, bool(has_contents))
        self.setTabText(_HELD_BACK, tr("Held back ({count})", count=len(held_back)))
        self.setVisible(bool(figures or rows or held_back))
        shown = (job.id, bool(rows)) if job is not None else None
        if shown != self._shown:
            self._shown = shown
            self.setCurrentIndex(_COMPARISON if rows else _CURVES if figures else _HELD_BACK)

    def _show_figures(self, job: Job | None, figures: tuple[EpochFigures, ...]) -> None:
        self._epochs.setText(epochs_text(job) if job is not None else "")
        if self.curves is None and figures:
            from app.gui.training_curves import TrainingCurves

            self.curves = TrainingCurves()
            layout = self._training.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(0, self.curves, 1)
        if self.curves is not None and job is not None and figures != self._figures:
            self.curves.show_figures(figures, job.progress.epochs)
        self._figures = figures

    def _show_held_back(self, held_back: tuple[HeldBack, ...]) -> None:
        if held_back == self._held_back:
            return  # what the user ticked stays
        self._held_back = held_back
        self.held_back.setRowCount(len(held_back))
        for row, one in enumerate(held_back):
            fill_row(self.held_back, row, (one.case, tr_sentence(one.sentence)))
            item = self.held_back.item(row, 0)
            assert isinstance(item, QTableWidgetItem)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.held_back.resizeRowsToContents()


def _wrapped() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
