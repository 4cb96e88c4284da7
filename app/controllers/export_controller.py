"""Exports cases of the project to files, with progress; each file is read back and compared."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.errors import CancelledError, CaseError
from inference.messages import IsCancelled
from training.cases.records import CaseQuery, CaseRecord, CaseStatus

if TYPE_CHECKING:
    from training.cases.export_records import ExportReport
    from training.cases.project import Project


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to write where.

    Attributes:
        format_name: the value of an ``ExportFormat`` or ``DataSetFormat``.
        case_id: None for all approved cases.
        structures: names of the organ table; empty for all that a case has.
    """

    format_name: str
    folder: Path
    case_id: int | None = None
    structures: tuple[str, ...] = ()
    deidentifies: bool = False
    overwrites: bool = False


class ExportController:
    """Owns the running export; all methods are called on the GUI thread."""

    finished = Signal(str, tuple)
    """A sentence about what was written, and the lines about what was not."""
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
    ) -> None:
        self._projects = projects
        self._call_in_gui_thread = call_in_gui_thread
        self._activities = activities
        self._uid_map_file = uid_map_file
        self._stop: Callable[[], None] = lambda: None
        self._exporting: NewestWinsRunner[ExportReport] = NewestWinsRunner(
            executor, call_in_gui_thread
        )

    @property
    def is_busy(self) -> bool:
        """Whether an export runs."""
        return self._exporting.is_busy

    def export(self, request: ExportRequest) -> None:
        """Write files; one export at a time."""
        project = self._projects.project
        if project is None or self.is_busy:
            return
        is_stopped = False

        def stop() -> None:
            nonlocal is_stopped
            is_stopped = True
            self._activities.show("export", Activity("Stopping; files that are whole stay"))

        def report(share: float, text: str) -> None:
            self._call_in_gui_thread(
                lambda: self._activities.update("export", share, f"Exporting {text}")
            )

        def work(is_cancelled: IsCancelled) -> ExportReport:
            return _export(
                project, request, self._uid_map_file, report, lambda: is_stopped or is_cancelled()
            )

        self._stop = stop
        self._activities.show("export", Activity("Exporting", None, stop))
        self._exporting.submit(work, lambda future: self._on_finished(future, request))

    def stop(self) -> None:
        """Export no more; files that are whole stay."""
        if self.is_busy:
            self._stop()

    def _on_finished(self, future: Future[ExportReport], request: ExportRequest) -> None:
        self._activities.finish("export")
        try:
            report = result_of(future, "The export")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
        else:
            lines = tuple(p.line for p in (*report.problems, *report.warnings))
            self.finished.emit(report_text(report, request), lines)
        self.ended.emit()


def report_text(report: ExportReport, request: ExportRequest) -> str:
    """What was written, in a sentence or two."""
    what = _what_was_written(report, request.format_name)
    sentence = f"{what} saved to {request.folder} and verified by reading back."
    if report.problems:
        missing = len(report.problems)
        sentence += f" {'1 case was' if missing == 1 else f'{missing} cases were'} not written."
    return f"Stopped. {sentence}" if report.was_cancelled else sentence


_NAMES = {
    "nifti": "label map",
    "nrrd": "label map",
    "mha": "label map",
    "dicom-seg": "DICOM SEG",
    "rtstruct": "DICOM RTSTRUCT",
    "stl": "surface",
    "obj": "surface",
    "ply": "surface",
}
"""What each file of a format is; the others write a table, or a data set."""


def _what_was_written(report: ExportReport, format_name: str) -> str:
    """The subject of the sentence and its verb: "2 DICOM SEGs were"."""
    count = len(report.files) - len(report.companions)
    if not count:
        return "Nothing was"
    cases = _counted(report.case_count, "case")
    if format_name == "csv":
        return f"The measures of {cases} were"
    if format_name not in _NAMES:
        return f"A data set of {cases} was"
    files = _counted(count, _NAMES[format_name])
    of_cases = f" of {cases}" if _NAMES[format_name] == "surface" else ""
    verb = "was" if count == 1 else "were"
    if report.companions:  # the CT had no DICOM series, or one that names the patient
        series = "the DICOM series that it refers to"
        if count > 1:
            series = "the DICOM series that they refer to"
        return f"{files}, with {series}, {verb}"
    return f"{files}{of_cases} {verb}"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _export(
    project: Project,
    request: ExportRequest,
    uid_map_file: Path,
    report: Callable[[float, str], None],
    is_cancelled: IsCancelled,
) -> ExportReport:
    # DICOM, surfaces and data sets take half a second to load, which only an export needs.
    from training.cases.export_data_set import export_data_set
    from training.cases.export_files import export_cases
    from training.cases.export_records import DataSetFormat, ExportFormat, ExportOptions

    options = ExportOptions(
        request.structures, uid_map_file if request.deidentifies else None, request.overwrites
    )
    cases = _cases(project, request.case_id)
    if request.format_name in list(DataSetFormat):
        set_format = DataSetFormat(request.format_name)
        return export_data_set(
            project,
            cases,
            request.folder,
            set_format,
            options,
            report_progress=report,
            is_cancelled=is_cancelled,
        )
    file_format = ExportFormat(request.format_name)
    return export_cases(
        project,
        cases,
        request.folder,
        file_format,
        options,
        report_progress=report,
        is_cancelled=is_cancelled,
    )


def _cases(project: Project, case_id: int | None) -> tuple[CaseRecord, ...]:
    if case_id is not None:
        return (project.cases.get(case_id),)
    approved = project.cases.listed(CaseQuery(statuses=frozenset({CaseStatus.APPROVED})))
    if not approved:
        raise CaseError("No case is approved yet. Approve cases, or export the open one.")
    return approved
