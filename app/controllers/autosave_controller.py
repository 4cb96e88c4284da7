"""Writes every step of the open case to a journal, so that nothing that was not saved is lost.

A crash leaves the journal behind. So does going on to another case where the changes cannot be kept
as a version: then the journal is kept on purpose, and offered when that CT is opened again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from app.controllers.case_controller import CaseController
from app.controllers.case_opener import CaseOpener
from app.controllers.case_session import CaseSession, StepKind
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread
from app.controllers.serial_queue import SerialQueue
from app.controllers.versions_controller import Moment, VersionsController
from imaging.errors import CancelledError
from imaging.history import Change
from training.cases.records import LabelVersion

if TYPE_CHECKING:
    from training.cases.journal import Journal, JournalHeader

CLOSING_LIMIT_S = 10.0
"""How long the window may wait for the journal when it closes."""


class _Follower:
    """The journal of one session; its journal is touched by the queue's thread alone."""

    def __init__(
        self, session: CaseSession, queue: SerialQueue, failed: Callable[[str], None]
    ) -> None:
        self.session = session
        self.count = 0
        self.count_at: dict[int, int] = {session.state: 0}
        self.is_dirty = False
        self._queue = queue
        self._failed = failed
        self._journal: Journal | None = None
        self._has_failed = False
        session.step_taken.connect(self._on_step_taken)

    def flush(
        self, then: Callable[[], object], otherwise: Callable[[], object] = lambda: None
    ) -> None:
        """Call ``then`` once all that was asked for before is on the disk, or ``otherwise``."""

        def run() -> None:
            if self._journal is not None:
                self._journal.sync()

        def deliver(future: Future[None]) -> None:
            self._on_written(future)
            is_safe = future.exception() is None and self._journal is not None
            (then if is_safe else otherwise)()

        self._queue.submit(run, deliver)

    def flush_now(self, limit_s: float) -> bool:
        """Wait until all that was asked for before is on the disk; false if it refuses."""
        written: list[bool] = []

        def work(journal: Journal) -> None:
            journal.sync()
            written.append(True)

        self.submit(work)
        self._queue.wait(limit_s)
        return bool(written)

    def start(self, make: Callable[[], Journal]) -> None:
        """Begin a journal."""

        def work() -> None:
            self._journal = make()

        self._queue.submit(work, self._on_written)

    def submit(self, work: Callable[[Journal], object]) -> None:
        """Do something to the journal after all that was asked for before."""

        def run() -> None:
            if self._journal is not None:
                work(self._journal)

        self._queue.submit(run, self._on_written)

    def stop(self, *, discard: bool, then: Callable[[], object] = lambda: None) -> None:
        """Follow no more; with ``discard`` nothing is left to be restored.

        ``then`` is called once the journal is whole on the disk, or gone.
        """
        self.session.step_taken.disconnect(self._on_step_taken)

        def close() -> None:
            if self._journal is not None:
                if not discard:
                    self._journal.sync()
                self._journal.close(discard=discard)

        def deliver(future: Future[None]) -> None:
            self._on_written(future)
            if future.exception() is None:
                then()

        self._queue.submit(close, deliver)

    def _on_step_taken(self, change: Change, kind: StepKind) -> None:
        self.count += 1
        self.count_at[self.session.state] = self.count
        self.is_dirty = True
        listed = tuple(structure.name for structure in self.session.structures)
        if kind is StepKind.UNDONE:
            self.submit(lambda journal: journal.append_undo(change, listed))
        else:
            self.submit(lambda journal: journal.append(change, listed))

    def _on_written(self, future: Future[None]) -> None:
        try:
            result_of(future, "Autosave")
        except (CancelledError, WorkFailedError) as error:
            if not self._has_failed:  # once is enough: every stroke would say it again
                self._failed(
                    f"{error} Until then a crash would lose your latest steps: save often."
                )
            self._has_failed = True
        else:
            self._has_failed = False


class AutosaveController:
    """Keeps the journal of the open case; all methods are called on the GUI thread."""

    kept = Signal(str)
    """The name of a case that was left with unsaved changes; its journal has them."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        folder: Path,
        cases: CaseController,
        projects: ProjectController,
        opener: CaseOpener,
        versions: VersionsController,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
    ) -> None:
        """``folder`` keeps the journals of CTs that belong to no project."""
        self._folder = folder
        self._projects = projects
        self._opener = opener
        self._versions = versions
        self._queue = SerialQueue(executor, call_in_gui_thread)
        self._follower: _Follower | None = None
        cases.case_opened.connect(self._on_case_opened)
        cases.labels_saved.connect(self._on_labels_saved)
        versions.kept.connect(self._on_kept)
        projects.project_closing.connect(self._on_project_closing)

    def sync(self) -> None:
        """Flush to the disk what was only given to the system; for a timer."""
        if self._follower is not None and self._follower.is_dirty:
            self._follower.is_dirty = False
            self._follower.submit(lambda journal: journal.sync())

    def flush(self, then: Callable[[], None]) -> None:
        """Call ``then`` once the journal of the open case is on the disk; not if it cannot be."""
        if self._follower is not None:
            self._follower.flush(then)

    def make_safe(self, then: Callable[[], object]) -> None:
        """Call ``then`` once the open case's changes are kept: as a version, else in its journal.

        Where neither can be, ``then`` is not called and the case stays.
        """
        self._versions.make_safe(lambda: self._make_journal_safe(then))

    def is_safe(self) -> bool:
        """Wait until every step of the open case is on the disk; false where it refuses."""
        return self._follower is None or self._follower.flush_now(CLOSING_LIMIT_S)

    def discard(self) -> None:
        """The open case's unsaved changes are not wanted any more."""
        follower, self._follower = self._follower, None
        if follower is not None:
            follower.stop(discard=True)

    def close(self) -> None:
        """The window closes; unsaved changes wait in the journal for the next start."""
        self._stop()
        self._queue.wait(CLOSING_LIMIT_S)

    def _make_journal_safe(self, then: Callable[[], object]) -> None:
        follower = self._follower
        if follower is None or not follower.session.is_modified:
            then()
            return
        name = follower.session.volume.name
        follower.flush(
            then,
            lambda: self.failed.emit(
                f"{name} stays open: its unsaved changes cannot be written to the disk. Save the "
                "mask somewhere else, or free some space, and try again."
            ),
        )

    def _on_project_closing(self) -> None:
        """The journal of one of its cases lies in the project's folder: let it go in time."""
        if self._opener.opened is not None:
            self._stop()
            self._queue.wait(CLOSING_LIMIT_S)

    def _on_case_opened(self, session: CaseSession) -> None:
        self._stop()
        from training.cases.journal import Journal

        folder, header = self._place_of(session)
        clicks = session.clicks.clicks
        if session.is_empty:  # nothing to copy, and nothing that takes memory
            labels = np.zeros(session.volume.geometry.shape, np.uint8)
        else:
            labels = session.labels.array.copy()
        self._follower = _Follower(session, self._queue, self.failed.emit)
        self._follower.start(lambda: Journal(folder, header, labels, clicks))

    def _place_of(self, session: CaseSession) -> tuple[Path, JournalHeader]:
        """Where the journal of a session is, and how it begins."""
        from training.cases.journal import JournalHeader

        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        name = session.volume.name
        project, opened = self._projects.project, self._opener.opened
        if project is not None and self._projects.may_write and opened is not None:
            header = JournalHeader(
                name, started_at, case_id=opened.case_id, version_id=opened.version_id
            )
            return project.journals_folder, header
        path = str(session.path) if session.path else None
        header = JournalHeader(name, started_at, source_path=path, series_uid=session.series_uid)
        return self._folder, header

    def _stop(self) -> None:
        """Let go of the journal; it stays where it has what nothing else has."""
        follower, self._follower = self._follower, None
        if follower is not None and follower.session.is_modified:
            name = follower.session.volume.name
            follower.stop(discard=False, then=lambda: self.kept.emit(name))
        elif follower is not None:
            follower.stop(discard=True)

    def _on_kept(self, moment: Moment, version: LabelVersion) -> None:
        follower = self._follower
        if follower is None or follower.session is not moment.opened.session:
            return
        mark = follower.count_at.get(moment.state, 0)
        labels, clicks = moment.draft.labels, moment.clicks
        follower.submit(lambda journal: journal.saved_at(mark, labels, clicks, version.id))

    def _on_labels_saved(self, _path: Path) -> None:
        """A file has the mask; where it was drawn in meanwhile, the journal stays as it is."""
        follower = self._follower
        if follower is None or self._opener.opened is not None or follower.session.is_modified:
            return
        mark, labels = follower.count, follower.session.labels.array.copy()
        clicks = follower.session.clicks.clicks
        follower.submit(lambda journal: journal.saved_at(mark, labels, clicks))
