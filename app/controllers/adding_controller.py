"""Adds folders of CTs to the project, with progress, and keeps what could not be added."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.errors import CancelledError
from inference.messages import IsCancelled
from training.cases.records import CaseRecord

if TYPE_CHECKING:
    from training.cases.add_cases import AddReport

LISTING_PAUSE_S = 0.5
"""New cases show up in the list at most so often while a large folder is added."""


class AddingController:
    """Owns the adding of cases; all methods are called on the GUI thread."""

    finished = Signal(str)
    """A sentence about what was added; ``report`` has the rest."""
    failed = Signal(str)
    """A sentence about what did not work."""
    ended = Signal()
    """It does not run any more, however it went."""

    def __init__(
        self,
        projects: ProjectController,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        uid_map_file: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.report: AddReport | None = None
        """Of the last adding, until another project is opened."""
        self._projects = projects
        self._call_in_gui_thread = call_in_gui_thread
        self._activities = activities
        self._uid_map_file = uid_map_file
        self._clock = clock
        self._listed_at = 0.0
        self._cancel: Callable[[], None] = lambda: None
        self._adding: NewestWinsRunner[AddReport] = NewestWinsRunner(executor, call_in_gui_thread)
        projects.project_closed.connect(self._on_project_closed)

    @property
    def is_busy(self) -> bool:
        """Whether cases are being added."""
        return self._adding.is_busy

    def add(self, paths: Sequence[Path], *, copies: bool, deidentifies: bool) -> None:
        """Add every CT below folders and files; one adding at a time.

        ``deidentifies`` adds copies without what names the patient.
        """
        project = self._projects.project
        if project is None or self.is_busy:
            return
        is_stopped = False
        uid_map_file = self._uid_map_file if deidentifies else None

        def stop() -> None:
            nonlocal is_stopped
            is_stopped = True
            self._activities.show("add", Activity("Stopping; what was added stays"))

        def work(is_cancelled: IsCancelled) -> AddReport:
            # Decoding and DICOM take a third of a second to load, which the window's start saves.
            from training.cases.add_cases import AddOptions, add_cases

            return add_cases(
                project,
                paths,
                AddOptions(copies, uid_map_file),
                report_progress=report,
                is_cancelled=lambda: is_stopped or is_cancelled(),
                on_added=on_added,
            )

        def report(share: float, text: str) -> None:
            self._call_in_gui_thread(lambda: self._show(share, text, is_stopped=is_stopped))

        def on_added(_case: CaseRecord) -> None:
            self._call_in_gui_thread(self._on_added)

        self._cancel = stop
        self._activities.show("add", Activity("Looking for CTs", None, stop))
        self._adding.submit(work, self._on_finished)

    def stop(self) -> None:
        """Add no more; what was added stays."""
        if self.is_busy:
            self._cancel()

    def _show(self, share: float, text: str, *, is_stopped: bool) -> None:
        if not is_stopped:
            self._activities.update("add", share, f"Adding {text}")

    def _on_added(self) -> None:
        if self._clock() - self._listed_at >= LISTING_PAUSE_S:
            self._listed_at = self._clock()
            self._projects.refresh()

    def _on_finished(self, future: Future[AddReport]) -> None:
        self._activities.finish("add")
        try:
            self.report = result_of(future, "Adding cases")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
        else:
            self._projects.refresh()
            self.finished.emit(report_text(self.report))
        self.ended.emit()

    def _on_project_closed(self) -> None:
        self.report = None


def report_text(report: AddReport) -> str:
    """What was added, in a sentence."""
    from training.cases.find_cases import skipped_text

    parts = [f"{_cases(len(report.added))} added"]
    if report.already_there:
        parts.append(f"{len(report.already_there)} already there")
    if report.problems:
        parts.append(f"{len(report.problems)} could not be added")
    skipped = f" Left out: {skipped_text(report.skipped)}." if report.skipped else ""
    stopped = " Stopped; adding the same folder again goes on." if report.was_cancelled else ""
    return f"{', '.join(parts)}.{skipped}{stopped}"


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count or 'No'} cases"
