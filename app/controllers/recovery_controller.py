"""Finds the work that a crash left in journals, and restores or discards it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.case_controller import CaseController, CaseFiles
from app.controllers.case_opener import CaseOpener
from app.controllers.case_session import CaseSession
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.errors import CancelledError, GeometryMismatchError
from imaging.volume import Volume
from inference.messages import IsCancelled

if TYPE_CHECKING:
    from training.cases.journal_recovery import JournalInfo, RecoveredWork


@dataclass(frozen=True, slots=True, eq=False)
class _Restored:
    """A journal's work, and the CT that it is about."""

    info: JournalInfo
    work: RecoveredWork
    volume: Volume
    path: Path | None
    series_uid: str | None


class RecoveryController:
    """Owns what can be restored; all methods are called on the GUI thread."""

    found = Signal()
    """``journals`` is new."""
    restored = Signal(str)
    """A sentence: unsaved work is back."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        folder: Path,
        files: CaseFiles,
        cases: CaseController,
        projects: ProjectController,
        opener: CaseOpener,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        flush: Callable[[Callable[[], None]], None],
    ) -> None:
        """``folder`` keeps the journals of CTs that belong to no project.

        ``flush`` calls a function once the open case's journal is on the disk, and never where
        the disk refuses.
        """
        self.journals: tuple[JournalInfo, ...] = ()
        """What can be restored now, newest first: of the open project, else of single CTs."""
        self._folder = folder
        self._files = files
        self._cases = cases
        self._projects = projects
        self._opener = opener
        self._flush = flush
        self._activities = activities
        self._finding: NewestWinsRunner[tuple[JournalInfo, ...]] = NewestWinsRunner(
            executor, call_in_gui_thread
        )
        self._restoring = NewestWinsRunner[_Restored](executor, call_in_gui_thread)
        self._discarding = NewestWinsRunner[None](executor, call_in_gui_thread)
        projects.project_opened.connect(self.find)
        projects.project_closed.connect(self.find)

    def find(self) -> None:
        """Look for journals of the open project, or of single CTs where none is open."""
        project = self._projects.project
        folder = self._folder if project is None else project.journals_folder
        if project is not None and not self._projects.may_write:
            self._set(())  # they belong to the window that may write
            return

        def work(_is_cancelled: IsCancelled) -> tuple[JournalInfo, ...]:
            from training.cases.journal_recovery import find_journals

            found = find_journals(folder)
            return tuple(sorted(found, key=lambda info: info.changed_at, reverse=True))

        self._finding.submit(work, self._on_found)

    def restore(self, info: JournalInfo) -> None:
        """Open the case as it was after the last step that the journal has."""
        self._activities.show("restore", Activity(f"Restoring {info.header.name}"))
        self._restoring.submit(lambda is_cancelled: self._load(info, is_cancelled), self._on_loaded)

    def discard(self, info: JournalInfo) -> None:
        """Delete a journal; its work is gone."""

        def work(_is_cancelled: IsCancelled) -> None:
            from training.cases.journal_recovery import discard_journal

            discard_journal(info.path)

        self._set(tuple(other for other in self.journals if other is not info))
        self._discarding.submit(work, self._on_discarded)

    def _load(self, info: JournalInfo, is_cancelled: IsCancelled) -> _Restored:
        from training.cases.journal_recovery import recover

        work = recover(info.path)
        header, project = work.header, self._projects.project
        path: Path | None = Path(header.source_path) if header.source_path else None
        series_uid, name = header.series_uid, header.name
        if header.case_id is not None and project is not None:
            record = project.cases.get(header.case_id)
            path = project.cases.source_path(record.id)
            series_uid, name = record.source.series_uid, record.name
        if path is None:
            volume = self._files.make_sample()
        else:
            volume = self._files.open_volume(
                path,
                series_uid=series_uid,
                is_cancelled=is_cancelled,
                report_progress=lambda _share, _text: None,
            )
        if work.base_labels.shape != volume.geometry.shape:
            raise GeometryMismatchError(
                f"The unsaved work on {name} does not fit its CT, which has changed since. "
                "Put the CT back as it was, then restore."
            )
        return _Restored(info, work, replace(volume, name=name), path, series_uid)

    def _on_found(self, future: Future[tuple[JournalInfo, ...]]) -> None:
        try:
            self._set(result_of(future, "Looking for unsaved work"))
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))

    def _on_loaded(self, future: Future[_Restored]) -> None:
        self._activities.finish("restore")
        try:
            restored = result_of(future, "Restoring the unsaved work")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
            return
        self._cases.make_safe(lambda: self._adopt(restored))

    def _adopt(self, restored: _Restored) -> None:
        work, header = restored.work, restored.work.header
        names = tuple(dict.fromkeys(click.structure for click in work.clicks))
        session = CaseSession(
            restored.volume,
            names,
            path=restored.path,
            series_uid=restored.series_uid,
            labels=work.base_labels,
            clicks=work.base_clicks,
            case_id=header.case_id,
        )
        if header.case_id is not None:
            self._opener.adopt(session, header.version_id)
        else:
            self._cases.adopt(session)
        for change in work.changes:  # into a journal of its own, before the old one goes
            session.do(change)
        self._set(tuple(other for other in self.journals if other is not restored.info))
        self._flush(lambda: self.discard(restored.info))
        count = len(work.changes)
        steps = "1 step" if count == 1 else f"{count} steps"
        self.restored.emit(f"{header.name} is as it was before the crash: {steps} restored.")

    def _on_discarded(self, future: Future[None]) -> None:
        try:
            result_of(future, "Deleting the journal")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))

    def _set(self, journals: tuple[JournalInfo, ...]) -> None:
        if journals != self.journals:
            self.journals = journals
            self.found.emit()
