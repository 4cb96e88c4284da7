"""Improve the model: start a training, see how it does, and decide about what came of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from app.controllers.training_controller import TrainingState
from app.gui.case_line import when_text
from app.gui.job_detail import JobDetail
from app.gui.plain_table import fill_row, plain_table
from app.gui.training_texts import PRESET_TEXTS, progress_text, sentence_of
from training.jobs.job import Job, JobState, Preset
from training.promotion import Verdict
from viewer.widgets.translation import tr, tr_sentence, translatable

_JOB_COLUMNS = (
    translatable("Job"),
    translatable("State"),
    translatable("Begun"),
    translatable("By"),
)
_PROGRESS_STEPS = 1000

JOBS_HEIGHT_PX = 124
"""The head and three jobs."""


class TrainingDialog(QDialog):
    """The model in use, a button to improve it, the jobs, and the selected one in detail."""

    improve_requested = Signal(Preset, bool, tuple)
    """With a preset, whether a better model shall wait for the user, and cases to use anyway."""
    pause_requested = Signal(int)
    cancel_requested = Signal(int)
    resume_requested = Signal(int)
    promote_requested = Signal(int)
    report_requested = Signal(int)
    roll_back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Improve the model"))
        self.setMinimumHeight(620)  # as wide as the longest row of buttons, in any language
        self.resize(900, 720)
        self._state = TrainingState()
        self._version = QLabel()
        self._roll_back = _button(tr("Roll back"), tr("Use the version before again"))
        self._preset = QComboBox()
        self._preset.setAccessibleName(tr("How much the training may ask of this computer"))
        for preset, text in PRESET_TEXTS.items():
            self._preset.addItem(tr(text), preset)
        self._asks = QCheckBox(tr("Ask me before a better model is used"))
        self._improve = _button(
            tr("Improve the model"), tr("Learn from the approved cases; held-out patients decide")
        )
        self._improve.setObjectName("primary")
        self._jobs = plain_table(_JOB_COLUMNS, tr("Jobs"), stretched=1)
        self._jobs.setMinimumHeight(JOBS_HEIGHT_PX)
        self.detail = JobDetail()
        self._filler = QWidget()
        """Takes the place of the detail where there is none, so that all else stays above."""
        self._sentence = _wrapped()
        self._progress = QProgressBar()
        self._progress.setAccessibleName(tr("How far the job is"))
        self._progress.setRange(0, _PROGRESS_STEPS)
        self._message = _wrapped()
        self._message.hide()
        self._pause = _button(tr("Pause"), tr("Rest after the last whole epoch"))
        self._cancel = _button(tr("Cancel job"), tr("Stop; the last checkpoint is kept"))
        self._resume = _button(tr("Resume"), tr("Go on after the last whole epoch"))
        self._promote = _button(
            tr("Use this model…"), tr("Let it take the place of the one in use")
        )
        self._report = _button(tr("Open report"), tr("Show the comparison as a page"))
        self._connect()
        self._lay_out()
        self.show_state(self._state)

    @property
    def selected(self) -> Job | None:
        """The job whose row is selected; None while there is none."""
        rows = self._jobs.selectionModel().selectedRows()
        return self._state.jobs[rows[0].row()] if rows and self._state.jobs else None

    @property
    def sentence(self) -> str:
        """What is said about the selected job."""
        return self._sentence.text()

    def show_state(self, state: TrainingState) -> None:
        """Show jobs and version; the selected job stays selected, a new one becomes so."""
        selected = self.selected
        if _states_of(state) != _states_of(self._state):
            self._message.hide()  # "Job 1 is in the queue" is no longer so
        has_new = len(state.jobs) > len(self._state.jobs)
        self._state = state
        self._version.setText(
            tr("In use: version {version}", version=state.version) if state.version else ""
        )
        self._roll_back.setEnabled(state.can_roll_back)
        self._jobs.setVisible(bool(state.jobs))
        self._jobs.setRowCount(len(state.jobs))
        self._jobs.setMaximumHeight(max(JOBS_HEIGHT_PX, _height_of(self._jobs)))
        for row, job in enumerate(state.jobs):
            begun = when_text(job.created_at)
            fill_row(self._jobs, row, (str(job.id), tr_sentence(str(job.state)), begun, job.author))
        ids = [job.id for job in state.jobs]
        if ids:
            keeps = selected is not None and selected.id in ids and not has_new
            self._jobs.selectRow(ids.index(selected.id) if keeps and selected else 0)
        self._show_job()

    def show_message(self, sentence: str, *, is_warning: bool) -> None:
        """Say what came of something."""
        self._message.setObjectName("warning" if is_warning else "")
        self._message.style().polish(self._message)
        self._message.setText(tr_sentence(sentence))
        self._message.show()

    def _show_job(self) -> None:
        job = self.selected
        is_running = job is not None and job.state is JobState.RUNNING
        is_orphan = is_running and not self._state.has_worker
        state = job.state if job is not None else None
        self._pause.setEnabled(state in (JobState.RUNNING, JobState.QUEUED))
        self._cancel.setEnabled(state in (JobState.RUNNING, JobState.QUEUED, JobState.PAUSED))
        self._resume.setEnabled(is_orphan or (job is not None and job.state.can_be_resumed))
        verdict = job.decision.verdict if job is not None and job.decision else None
        waits = verdict is Verdict.UNDECIDED or verdict is Verdict.PROMOTE
        self._promote.setEnabled(waits and job is not None and job.version != self._state.version)
        self._report.setEnabled(verdict is not None)
        self._progress.setVisible(is_running)
        self._sentence.setText(sentence_of(job, is_orphan=is_orphan))
        if job is not None and is_running:
            self._progress.setValue(round(job.progress.share * _PROGRESS_STEPS))
            self._progress.setFormat(progress_text(job.progress))
        held_back = self._state.held_back.get(job.id, ()) if job is not None else ()
        self.detail.show_job(job, held_back)
        self._filler.setVisible(self.detail.isHidden())

    def _connect(self) -> None:
        self._improve.clicked.connect(self._on_improve)
        self._roll_back.clicked.connect(lambda: self.roll_back_requested.emit())
        self._jobs.itemSelectionChanged.connect(self._show_job)
        for button, signal in (
            (self._pause, self.pause_requested),
            (self._cancel, self.cancel_requested),
            (self._resume, self.resume_requested),
            (self._promote, self.promote_requested),
            (self._report, self.report_requested),
        ):
            button.clicked.connect(lambda _checked=False, signal=signal: self._emit(signal))

    def _on_improve(self) -> None:
        preset = Preset(self._preset.currentData())  # Qt keeps the text of it
        included = self.detail.included_cases
        self.improve_requested.emit(preset, self._asks.isChecked(), included)

    def _emit(self, signal: SignalInstance) -> None:
        if self.selected is not None:
            signal.emit(self.selected.id)

    def _lay_out(self) -> None:
        close = _button(tr("Close"), tr("The training goes on"))
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(_row(self._version, None, self._roll_back))
        layout.addLayout(_row(self._preset, self._asks, None, self._improve))
        layout.addWidget(self._jobs, 1)
        layout.addWidget(self._sentence)
        layout.addWidget(self._progress)
        layout.addWidget(self.detail, 2)
        layout.addWidget(self._filler, 1)
        layout.addWidget(self._message)
        buttons = (self._pause, self._resume, self._cancel, None, self._report, self._promote)
        layout.addLayout(_row(*buttons, close))


def _height_of(table: QTableWidget) -> int:
    """With all of its rows."""
    rows_px = table.verticalHeader().length()
    return rows_px + table.horizontalHeader().sizeHint().height() + 2 * table.frameWidth() + 2


def _states_of(state: TrainingState) -> dict[int, JobState]:
    return {job.id: job.state for job in state.jobs}


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None is a gap that grows."""
    row = QHBoxLayout()
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def _wrapped() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
