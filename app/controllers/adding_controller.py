"""Adds CTs and labelled data sets to the project, and keeps what could not be added."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.errors import CancelledError
from inference.messages import IsCancelled, ReportProgress
from training.cases.records import CaseRecord

if TYPE_CHECKING:
    from training.cases.add_cases import AddOptions, AddReport
    from training.cases.data_set_offer import DataSetOffer
    from training.cases.data_sets import DataSet
    from training.cases.project import Project

LISTING_PAUSE_S = 0.5
"""New cases show up in the list at most so often while a large folder is added."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """What the adding tells and asks on its way, from its own thread."""

    report: ReportProgress
    is_cancelled: IsCancelled
    on_added: Callable[[CaseRecord], None]


class AddingController:
    """Owns the adding of cases; all methods are called on the GUI thread."""

    data_set_found = Signal(object)
    """A ``DataSetOffer``: what was looked at is a labelled data set."""
    no_data_set = Signal(Path, str)
    """A path that was looked at is none; why, where it says that it is one."""
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
        self._looking: NewestWinsRunner[DataSetOffer | None] = NewestWinsRunner(
            executor, call_in_gui_thread
        )
        projects.project_closed.connect(self._on_project_closed)

    @property
    def is_busy(self) -> bool:
        """Whether cases are being added."""
        return self._adding.is_busy

    def look_at(self, path: Path) -> None:
        """Find out whether a folder or file is a labelled data set; the answer is a signal."""
        if self._projects.project is None or self.is_busy:
            return

        def work(is_cancelled: IsCancelled) -> DataSetOffer | None:
            from training.cases.data_set_offer import look_at_data_set, may_be_data_set

            return look_at_data_set(path, is_cancelled) if may_be_data_set(path) else None

        self._activities.show("look", Activity(f"Looking at {path.name}", None, self._stop_looking))
        self._looking.submit(work, lambda future: self._on_looked(future, path))

    def add(self, paths: Sequence[Path], *, copies: bool, deidentifies: bool) -> None:
        """Add every CT below folders and files; one adding at a time.

        ``deidentifies`` adds copies without what names the patient.
        """

        def work(project: Project, options: AddOptions, watch: _Watch) -> AddReport:
            # Decoding and DICOM take a third of a second to load, which the window's start saves.
            from training.cases.add_cases import add_cases

            return add_cases(
                project,
                paths,
                options,
                report_progress=watch.report,
                is_cancelled=watch.is_cancelled,
                on_added=watch.on_added,
            )

        self._start(work, "Looking for CTs", copies=copies, deidentifies=deidentifies)

    def add_data_set(
        self,
        data_set: DataSet,
        meanings: Mapping[int, str],
        *,
        copies: bool,
        deidentifies: bool,
    ) -> None:
        """Add the CTs of a data set with its labels and splits.

        ``meanings`` says for each of its label values which structure it is; empty leaves it out.
        """

        def work(project: Project, options: AddOptions, watch: _Watch) -> AddReport:
            from training.cases.import_labels import add_data_set
            from training.cases.label_names import label_mapping

            return add_data_set(
                project,
                data_set,
                label_mapping(data_set.names, meanings),
                options,
                report_progress=watch.report,
                is_cancelled=watch.is_cancelled,
                on_added=watch.on_added,
            )

        text = f"Adding {data_set.title}"
        self._start(work, text, copies=copies, deidentifies=deidentifies)

    def _start(
        self,
        work: Callable[[Project, AddOptions, _Watch], AddReport],
        text: str,
        *,
        copies: bool,
        deidentifies: bool,
    ) -> None:
        project = self._projects.project
        if project is None or self.is_busy:
            return
        is_stopped = False
        uid_map_file = self._uid_map_file if deidentifies else None

        def stop() -> None:
            nonlocal is_stopped
            is_stopped = True
            self._activities.show("add", Activity("Stopping; what was added stays"))

        def report(share: float, text: str) -> None:
            self._call_in_gui_thread(lambda: self._show(share, text, is_stopped=is_stopped))

        def on_added(_case: CaseRecord) -> None:
            self._call_in_gui_thread(self._on_added)

        def run(is_cancelled: IsCancelled) -> AddReport:
            from training.cases.add_cases import AddOptions

            watch = _Watch(report, lambda: is_stopped or is_cancelled(), on_added)
            return work(project, AddOptions(copies, uid_map_file), watch)

        self._cancel = stop
        self._activities.show("add", Activity(text, None, stop))
        self._adding.submit(run, self._on_finished)

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

    def _stop_looking(self) -> None:
        self._looking.cancel()
        self._activities.finish("look")

    def _on_looked(self, future: Future[DataSetOffer | None], path: Path) -> None:
        self._activities.finish("look")
        try:
            offer = result_of(future, "Looking at the data set")
        except CancelledError:
            return
        except WorkFailedError as error:
            self.no_data_set.emit(path, str(error))
            return
        if offer is None:
            self.no_data_set.emit(path, "")
        else:
            self.data_set_found.emit(offer)

    def _on_project_closed(self) -> None:
        self._stop_looking()
        self.report = None


def report_text(report: AddReport) -> str:
    """What was added, in a sentence."""
    from training.cases.find_cases import skipped_text

    parts = [f"{_cases(len(report.added))} added"]
    labelled = sum(case.version_count > 0 for case in report.added)
    if labelled:
        parts.append(f"{labelled} with labels")
    if report.already_there:
        parts.append(f"{len(report.already_there)} already there")
    if report.problems:
        parts.append(f"{len(report.problems)} could not be added")
    skipped = f" Left out: {skipped_text(report.skipped)}." if report.skipped else ""
    stopped = " Stopped; adding the same folder again goes on." if report.was_cancelled else ""
    return f"{', '.join(parts)}.{skipped}{stopped}"


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count or 'No'} cases"
