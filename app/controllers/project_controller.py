"""The open project: its list of cases as searched, filtered and sorted, and its thumbnails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.outcome import Result, WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.controllers.serial_queue import SerialQueue
from imaging.errors import CancelledError
from training.cases.records import (
    CaseQuery,
    CaseRecord,
    CaseStatus,
    ProjectSettings,
    SplitShares,
    StatusCount,
)

if TYPE_CHECKING:
    from training.cases.project import Project
    from training.cases.splits import SplitReport, Splits

CLOSING_LIMIT_S = 20.0
"""How long the window may wait for the last writes when it closes."""

StopJobs = Callable[[Callable[[], object]], None]
"""Stops what runs, and calls a function once nothing does."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CaseListing:
    """What the list shows: the cases of a query, and how many there are of each status at all.

    ``open_record`` is the case in the views, which the query may hide; None where there is none.
    """

    records: tuple[CaseRecord, ...] = ()
    counts: tuple[StatusCount, ...] = ()
    open_record: CaseRecord | None = None

    @property
    def case_count(self) -> int:
        """How many cases the project has."""
        return sum(count.count for count in self.counts)

    @property
    def undone_count(self) -> int:
        """How many cases somebody should still draw in."""
        return sum(count.count for count in self.counts if count.status.is_undone)

    def count_of(self, status: CaseStatus) -> int:
        """How many cases have a status."""
        return sum(count.count for count in self.counts if count.status is status)


class ProjectController:
    """Owns the open project; all methods are called on the GUI thread."""

    project_opened = Signal()
    project_closing = Signal()
    """The project is still open, but not for long."""
    project_closed = Signal()
    listed = Signal()
    """``listing`` is new."""
    settings_changed = Signal()
    """``settings`` is new."""
    split_read = Signal(object, bool)
    """The ``SplitReport``: how patients are shared out; and whether that is drawn for good."""
    thumbnail_read = Signal(int, bytes)
    """A case's id and its picture as PNG; empty where it has none."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self, executor: Executor, call_in_gui_thread: CallInGuiThread, activities: Activities
    ) -> None:
        self.project: Project | None = None
        self.settings: ProjectSettings | None = None
        self.listing = CaseListing()
        self.query = CaseQuery()
        self.open_case_id: int | None = None
        self.stop_jobs: StopJobs = _at_once
        """Stops what runs in the project before it is closed; the bench sets it."""
        self._activities = activities
        self._opening: NewestWinsRunner[tuple[Project, ProjectSettings]] = NewestWinsRunner(
            executor, call_in_gui_thread
        )
        self._listing = NewestWinsRunner[CaseListing](executor, call_in_gui_thread)
        self._thumbnails = SerialQueue(executor, call_in_gui_thread)
        self._writes = SerialQueue(executor, call_in_gui_thread)

    @property
    def may_write(self) -> bool:
        """Whether a project is open and this window may change it."""
        return self.project is not None and not self.project.is_read_only

    @property
    def is_writing(self) -> bool:
        """Whether a change of the project waits or runs."""
        return self._writes.is_busy

    # Opening and closing

    def open_project(self, folder: Path) -> None:
        """Open a project in place of the open one."""
        if self.project is not None and self.project.folder == folder.resolve():
            return  # a second opening of it would find it locked by the first

        def open_it() -> Project:
            from training.cases.project import Project  # SimpleITK and SQLite take their time

            return Project.open(folder)

        self._open(open_it, f"Opening {folder.name}")

    def create_project(self, folder: Path) -> None:
        """Make a new or empty folder a project, and open it."""

        def create() -> Project:
            from training.cases.project import Project

            return Project.create(folder)

        self._open(create, f"Making {folder.name}")

    def close_project(self, then: Callable[[], object] = lambda: None) -> None:
        """Close the project once its jobs have stopped and its last writes are done."""
        if self.project is None:
            then()
        else:
            self.stop_jobs(lambda: self._close(then))

    def _close(self, then: Callable[[], object]) -> None:
        project = self.project
        if project is None:  # somebody else waited for the same jobs
            then()
            return
        self.project_closing.emit()
        self.project = self.settings = None
        self._listing.cancel()
        if not self._writes.wait(CLOSING_LIMIT_S):
            logger.warning("writes to the project were still running when it was closed")
        self._thumbnails.wait(CLOSING_LIMIT_S)
        project.close()
        self.listing = CaseListing()
        self.query = CaseQuery()
        self.open_case_id = None
        self.project_closed.emit()
        then()

    def _open(self, open_it: Callable[[], Project], text: str) -> None:
        def work(_is_cancelled: Callable[[], bool]) -> tuple[Project, ProjectSettings]:
            project = open_it()
            return project, project.settings

        self._activities.show("project", Activity(text))
        self._opening.submit(work, self._on_opened)

    def _on_opened(self, future: Future[tuple[Project, ProjectSettings]]) -> None:
        self._activities.finish("project")
        try:
            project, settings = result_of(future, "Opening the project")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
            return
        self.close_project(lambda: self._begin(project, settings))

    def _begin(self, project: Project, settings: ProjectSettings) -> None:
        self.project, self.settings = project, settings
        logger.info("project opened%s", ", read-only" if project.is_read_only else "")
        self.project_opened.emit()
        self.refresh()

    # The list

    def search(self, query: CaseQuery) -> None:
        """List other cases, or in another order."""
        if query != self.query:
            self.query = query
            self.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        project, query, open_id = self.project, self.query, self.open_case_id
        if project is None:
            return

        def read(_is_cancelled: Callable[[], bool]) -> CaseListing:
            cases = project.cases
            open_record = None if open_id is None else cases.get(open_id)
            return CaseListing(cases.listed(query), cases.status_counts(), open_record)

        self._listing.submit(read, self._on_listed)

    def read_thumbnails(self, case_ids: Sequence[int]) -> None:
        """Read the pictures of cases; each arrives by ``thumbnail_read``."""
        project = self.project
        if project is None:
            return

        def read() -> list[tuple[int, bytes]]:
            return [(case_id, project.cases.thumbnail(case_id) or b"") for case_id in case_ids]

        def deliver(future: Future[list[tuple[int, bytes]]]) -> None:
            if project is not self.project or future.exception() is not None:
                return  # a missing picture is no reason to disturb anybody
            for case_id, png in future.result():
                self.thumbnail_read.emit(case_id, png)

        self._thumbnails.submit(read, deliver)

    def neighbour(
        self, case_id: int | None, step: int, *, is_undone: bool = True
    ) -> CaseRecord | None:
        """The next case to do in the list, going by ``step``, 1 or -1, and around its end.

        Starts at the beginning where ``case_id`` is None or not listed; None where all is done.
        """
        records = self.listing.records
        start = next((n for n, record in enumerate(records) if record.id == case_id), None)
        if start is None:
            start = -1 if step > 0 else len(records)
        for distance in range(1, len(records) + 1):
            record = records[(start + step * distance) % len(records)]
            if record.id != case_id and (record.status.is_undone or not is_undone):
                return record
        return None

    def record_of(self, case_id: int) -> CaseRecord | None:
        """A listed case; None where the query hides it."""
        return next((record for record in self.listing.records if record.id == case_id), None)

    def _on_listed(self, future: Future[CaseListing]) -> None:
        try:
            self.listing = result_of(future, "Listing the cases")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
            return
        self.listed.emit()

    # Changes

    def write(
        self,
        what: str,
        work: Callable[[Project], Result],
        deliver: Callable[[Result], None] | None = None,
        on_failed: Callable[[], None] | None = None,
    ) -> None:
        """Change the project after all changes asked for before, then list the cases anew.

        ``what`` names the work in the sentence of a fault; ``deliver`` gets the result, and
        ``on_failed`` is called where there is none, after the sentence was told.
        """
        project = self.project
        if project is None:
            return

        def on_done(future: Future[Result]) -> None:
            try:
                result = result_of(future, what)
            except (CancelledError, WorkFailedError) as error:
                self.failed.emit(str(error))
                if on_failed is not None:
                    on_failed()
            else:
                if deliver is not None:
                    deliver(result)
            self.refresh()

        self._writes.submit(lambda: work(project), on_done)

    def change_settings(self, settings: ProjectSettings) -> None:
        """Keep what the users of the project agreed on."""

        def work(project: Project) -> ProjectSettings:
            project.change_settings(settings)
            return settings

        self.write("Changing the project's settings", work, self._on_settings)

    def _on_settings(self, settings: ProjectSettings) -> None:
        self.settings = settings
        self.settings_changed.emit()

    def read_split(self) -> None:
        """Ask how the patients are shared out; the answer is ``split_read``."""
        self._split("Reading the split", lambda _splits: None)

    def draw_split(self, shares: SplitShares) -> None:
        """Share the patients out, once and for all."""
        self._split("Drawing the split", lambda splits: splits.draw(shares))

    def extend_split(self) -> None:
        """Share out the patients that came since."""
        self._split("Extending the split", lambda splits: splits.extend())

    def _split(self, what: str, act: Callable[[Splits], object]) -> None:
        def work(project: Project) -> tuple[SplitReport, bool]:
            act(project.splits)
            return project.splits.report(), project.splits.is_drawn

        self.write(what, work, lambda outcome: self.split_read.emit(*outcome))


def _at_once(then: Callable[[], object]) -> None:
    then()
