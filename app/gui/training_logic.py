"""Connects the training dialog with its controller; looks at the jobs while it is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QInputDialog

from app.controllers.training_controller import TrainingController
from app.controllers.version_takeover import VersionTakeover
from app.gui.main_window import MainWindow
from app.gui.training_dialog import TrainingDialog
from training.promotion import Verdict
from viewer.widgets.translation import tr

LOOK_AGAIN_MS = 1000
LOOK_FOR_VERSIONS_MS = 2000
START_BY_ITSELF_MS = 60_000


class TrainingLogic(QObject):
    """Opens the dialog, asks for reasons, tells what came of a job, and looks for new versions."""

    def __init__(
        self, window: MainWindow, training: TrainingController, takeover: VersionTakeover
    ) -> None:
        super().__init__(window)
        self._window = window
        self._training = training
        self.dialog: TrainingDialog | None = None
        """While it is open."""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AGAIN_MS)
        self._timer.timeout.connect(training.refresh)
        self._versions_timer = QTimer(self)
        self._versions_timer.setInterval(LOOK_FOR_VERSIONS_MS)
        self._versions_timer.timeout.connect(takeover.look)
        self._versions_timer.start()
        self._start_timer = QTimer(self)
        self._start_timer.setInterval(START_BY_ITSELF_MS)
        self._start_timer.timeout.connect(training.start_if_due)
        self._start_timer.start()
        takeover.failed.connect(window.banner.show_error)
        window.actions_by_key["improve_model"].triggered.connect(lambda: self.open_dialog())
        training.changed.connect(self._show_state)
        training.told.connect(lambda sentence: self._tell(sentence, is_warning=False))
        training.failed.connect(lambda sentence: self._tell(sentence, is_warning=True))

    def open_dialog(self) -> None:
        """Show the jobs; the window stays usable behind."""
        if self.dialog is None:
            dialog = self.dialog = TrainingDialog(self._window)
            dialog.improve_requested.connect(
                lambda preset, asks, included: self._training.improve(
                    preset, asks=asks, included_cases=included
                )
            )
            dialog.pause_requested.connect(self._training.pause)
            dialog.cancel_requested.connect(self._training.cancel)
            dialog.resume_requested.connect(self._training.resume)
            dialog.roll_back_requested.connect(self._training.roll_back)
            dialog.promote_requested.connect(self._promote)
            dialog.report_requested.connect(self._open_report)
            dialog.finished.connect(self._on_closed)
            self._show_state()
            self._timer.start()
        self._training.refresh()
        self.dialog.show()
        self.dialog.raise_()

    def _promote(self, job_id: int) -> None:
        job = next(job for job in self._training.state.jobs if job.id == job_id)
        reason = ""
        if job.decision is not None and job.decision.verdict is Verdict.UNDECIDED:
            question = tr("Too few patients were held out to judge this model. Why is it used?")
            reason, is_given = QInputDialog.getText(
                self.dialog or self._window, tr("Use this model"), question
            )
            if not is_given:
                return
        self._training.promote(job_id, reason)

    def _open_report(self, job_id: int) -> None:
        from training.jobs.candidates import candidate_folder  # checks packages: loads jsonschema

        folder = self._training.project_folder
        if folder is not None:
            report = candidate_folder(folder, job_id) / "report.html"
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(report)))

    def _show_state(self) -> None:
        if self.dialog is not None:
            self.dialog.show_state(self._training.state)

    def _tell(self, sentence: str, *, is_warning: bool) -> None:
        if self.dialog is not None:
            self.dialog.show_message(sentence, is_warning=is_warning)
        elif is_warning:
            self._window.banner.show_error(sentence)
        else:
            self._window.banner.show_done(sentence)

    def _on_closed(self) -> None:
        self._timer.stop()
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
