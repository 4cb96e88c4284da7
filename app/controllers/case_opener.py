"""Opens the project's cases: the chosen one, the next to do, and that one read in advance."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.case_controller import CaseController, CaseFiles
from app.controllers.case_session import CaseSession
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.controllers.work_log import WorkLog
from imaging.clicks import Click
from imaging.errors import CancelledError
from imaging.volume import Volume
from inference.messages import IsCancelled, ReportProgress
from training.cases.content_hash import content_sha256
from training.cases.provenance import clicks_after
from training.cases.records import CaseRecord, LabelVersion

if TYPE_CHECKING:
    from training.cases.project import Project


@dataclass(frozen=True, slots=True, eq=False)
class LoadedCase:
    """A case as read from the project: its CT, and labels and clicks of its newest version."""

    record: CaseRecord
    path: Path
    volume: Volume
    version: LabelVersion | None
    """None where the case has no labels yet."""
    labels: NDArray[np.uint8] | None
    clicks: tuple[Click, ...]


@dataclass(slots=True, eq=False)
class OpenCase:
    """The project's case that is open; ``version_id`` is what the work on it began from."""

    case_id: int
    session: CaseSession
    work_log: WorkLog
    version_id: int | None


class CaseOpener:
    """Owns which case of the project is open; all methods are called on the GUI thread."""

    case_opened = Signal(OpenCase)
    all_done = Signal()
    """The next case to do was asked for, and there is none."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        projects: ProjectController,
        cases: CaseController,
        files: CaseFiles,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        structures_of_new_case: Callable[[], tuple[str, ...]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._projects = projects
        self._cases = cases
        self._files = files
        self._call_in_gui_thread = call_in_gui_thread
        self._activities = activities
        self._structures_of_new_case = structures_of_new_case
        self._clock = clock
        self._reading = NewestWinsRunner[LoadedCase](executor, call_in_gui_thread)
        self._reading_ahead = NewestWinsRunner[LoadedCase](executor, call_in_gui_thread)
        self._renewing = NewestWinsRunner[LoadedCase](executor, call_in_gui_thread)
        self._ahead_id: int | None = None
        self._ahead: LoadedCase | None = None
        self._wanted_id: int | None = None
        self._failed_id: int | None = None
        """The case that could not be opened last: going on starts from it."""
        self._unreadable: set[int] = set()
        """Cases that could not be read ahead; they are not tried again and again."""
        self._opened: OpenCase | None = None
        cases.case_opened.connect(self._on_session_opened)
        projects.project_closed.connect(self._forget)
        projects.listed.connect(self.read_ahead)

    @property
    def opened(self) -> OpenCase | None:
        """The open case, if it is one of the project's."""
        return self._opened

    @property
    def record(self) -> CaseRecord | None:
        """The open case's line of the list, as far as it is known."""
        record = self._projects.listing.open_record
        if self._opened is None or record is None or record.id != self._opened.case_id:
            return None
        return record

    def open_case(self, case_id: int) -> None:
        """Read a case and show it; the one that is open stays until then."""
        project = self._projects.project
        if project is None or (self._opened is not None and self._opened.case_id == case_id):
            return
        self._wanted_id = case_id
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.record.id == case_id and self._is_current(ahead):
            self._adopt(ahead)
            return
        record = self._projects.record_of(case_id)
        name = record.name if record else "the case"
        self._activities.show("open", Activity(f"Opening {name}", None, self.cancel))
        if self._reading_ahead.is_busy and self._ahead_id == case_id:
            self._reading.cancel()
            return  # it will be adopted when it is read
        self._reading.submit(
            lambda is_cancelled: self._load(
                project, case_id, is_cancelled, self._reporter(name, is_cancelled)
            ),
            self._on_read,
        )

    def open_neighbour(self, step: int) -> None:
        """Open the next case to do, or the previous one with -1."""
        opened = self._opened
        start_id = self._failed_id or (opened.case_id if opened else None)
        record = self._projects.neighbour(start_id, step)
        if record is None:
            self.all_done.emit()
        else:
            self.open_case(record.id)

    def read_ahead(self) -> None:
        """Read the next case to do, so that it opens at once."""
        project, opened = self._projects.project, self._opened
        if project is None or opened is None or self._reading.is_busy:
            return
        record = self._projects.neighbour(opened.case_id, 1)
        known_id = self._ahead.record.id if self._ahead else None
        if self._reading_ahead.is_busy:
            known_id = self._ahead_id
        if record is None or record.id == known_id or record.id in self._unreadable:
            return
        self._ahead, self._ahead_id = None, record.id
        self._reading_ahead.submit(
            lambda is_cancelled: self._load(project, record.id, is_cancelled, _nobody_watches),
            self._on_read_ahead,
        )

    @property
    def is_next_read(self) -> bool:
        """Whether the next case to do was read in advance."""
        return self._ahead is not None

    @property
    def is_untouched(self) -> bool:
        """Whether the open case is as it was opened: no step was taken and no click waits."""
        session = self._opened.session if self._opened else None
        return session is not None and not (session.revision or session.pending_clicks)

    def renew(self, case_id: int) -> None:
        """A case got a version from elsewhere: show it where the case is open and untouched."""
        project, opened = self._projects.project, self._opened
        if self._ahead is not None and self._ahead.record.id == case_id:
            self._ahead = None  # it was read without that version
        if project is None or opened is None or opened.case_id != case_id:
            return
        volume = opened.session.volume

        def read(_is_cancelled: IsCancelled) -> LoadedCase:
            record = project.cases.get(case_id)
            path = project.cases.source_path(case_id)
            return _with_newest_labels(project, record, path, volume)

        def deliver(future: Future[LoadedCase]) -> None:
            if self._opened is opened and self.is_untouched and future.exception() is None:
                active = opened.session.active.name
                self._adopt(future.result())
                self._opened.session.activate(active)

        self._renewing.submit(read, deliver)

    def relink(self, case_id: int, path: Path) -> None:
        """Use a CT at another place, where it was moved to; it must be the same one."""

        def work(project: Project) -> None:
            old = project.cases.get(case_id).source
            volume = self._files.open_volume(
                path,
                series_uid=old.series_uid,
                is_cancelled=lambda: False,
                report_progress=_nobody_watches,
            )
            sha256 = content_sha256(volume.array, volume.geometry)
            source = replace(old, path=path.resolve(), content_sha256=sha256)
            project.cases.relink(case_id, source)

        self._projects.write("Finding the CT", work, lambda _result: self.open_case(case_id))

    def cancel(self) -> None:
        """Give up opening; the case that is open stays."""
        self._wanted_id = None
        self._reading.cancel()
        self._activities.finish("open")

    def _load(
        self, project: Project, case_id: int, is_cancelled: IsCancelled, report: ReportProgress
    ) -> LoadedCase:
        record = project.cases.get(case_id)
        path = project.cases.source_path(case_id)
        volume = self._files.open_volume(
            path,
            series_uid=record.source.series_uid,
            is_cancelled=is_cancelled,
            report_progress=report,
        )
        project.cases.check_content(case_id, content_sha256(volume.array, volume.geometry))
        return _with_newest_labels(project, record, path, replace(volume, name=record.name))

    def _is_current(self, loaded: LoadedCase) -> bool:
        """Whether nobody has saved a newer version since it was read."""
        record = self._projects.record_of(loaded.record.id)
        return record is not None and record.version_id == loaded.record.version_id

    def _reporter(self, name: str, is_cancelled: IsCancelled) -> ReportProgress:
        def update(share: float) -> None:
            if not is_cancelled():
                self._activities.update("open", share, f"Opening {name}")

        def report(share: float, _text: str) -> None:
            self._call_in_gui_thread(lambda: update(share))

        return report

    def _on_read(self, future: Future[LoadedCase]) -> None:
        self._activities.finish("open")
        try:
            loaded = result_of(future, "Opening the case")
        except CancelledError:
            return
        except WorkFailedError as error:
            self._failed_id, self._wanted_id = self._wanted_id, None
            self.failed.emit(str(error))
            return
        self._adopt(loaded)

    def _on_read_ahead(self, future: Future[LoadedCase]) -> None:
        case_id, self._ahead_id = self._ahead_id, None
        if case_id is not None and case_id == self._wanted_id:
            self._on_read(future)
        elif future.exception() is None:
            self._ahead = future.result()
        elif case_id is not None:  # what is wrong is said when the case is asked for
            self._unreadable.add(case_id)

    def _adopt(self, loaded: LoadedCase) -> None:
        self._wanted_id = self._failed_id = None
        self._reading.cancel()
        session = CaseSession(
            loaded.volume,
            self._structures_of_new_case(),
            path=loaded.path,
            series_uid=loaded.record.source.series_uid,
            labels=loaded.labels,
            clicks=loaded.clicks,
            case_id=loaded.record.id,
        )
        self.adopt(session, loaded.version.id if loaded.version else None)

    def adopt(self, session: CaseSession, version_id: int | None) -> None:
        """Make a session on one of the project's cases the open one, once the old one is safe."""
        self._cases.make_safe(lambda: self.show(session, version_id))

    def show(self, session: CaseSession, version_id: int | None) -> None:
        """Make a session on one of the project's cases the open one, now that the old one is safe.

        ``version_id`` is what the session's labels are from; None where they are from nothing.
        """
        assert session.case_id is not None
        self._close()
        self._opened = OpenCase(session.case_id, session, WorkLog(session, self._clock), version_id)
        self._projects.open_case_id = session.case_id
        self._cases.adopt(session)
        self.case_opened.emit(self._opened)
        self._projects.refresh()

    def _on_session_opened(self, session: CaseSession) -> None:
        """A CT that is none of the project's took the place of the open case."""
        if self._opened is not None and session is not self._opened.session:
            self._close()
            self._projects.refresh()

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.work_log.stop()
        self._opened = None
        self._projects.open_case_id = None

    def _forget(self) -> None:
        self.cancel()
        self._reading_ahead.cancel()
        self._renewing.cancel()
        self._ahead = self._ahead_id = self._failed_id = None
        self._unreadable.clear()
        self._close()


def _with_newest_labels(
    project: Project, record: CaseRecord, path: Path, volume: Volume
) -> LoadedCase:
    version = project.versions.newest(record.id)
    if version is None:
        return LoadedCase(record, path, volume, None, None, ())
    labels = project.versions.read(version.id).labels
    clicks = clicks_after((), project.versions.steps_since_start(version.id))
    return LoadedCase(record, path, volume, version, labels, clicks)


def _nobody_watches(_share: float, _text: str) -> None:
    """Reading ahead shows no progress."""
