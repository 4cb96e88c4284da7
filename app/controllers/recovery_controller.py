"""Finds unsaved work in journals, restores or discards it.

A journal is left behind by a crash, or by a case that was left with changes that nothing else has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.case_controller import CaseController, CaseFiles
from app.controllers.case_opener import CaseOpener
from app.controllers.case_session import CaseSession
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.clicks import Click
from imaging.errors import CancelledError, GeometryMismatchError
from imaging.history import Change
from imaging.structures import all_structures
from imaging.volume import Volume
from inference.messages import IsCancelled
from training.cases.provenance import clicks_after

if TYPE_CHECKING:
    from training.cases.journal import JournalHeader
    from training.cases.journal_recovery import JournalInfo, RecoveredWork
    from training.cases.project import Project
    from training.cases.records import LabelVersion


class RestoreOn(Enum):
    """What unsaved work is put on where its case has a newer version than it began from."""

    BASE = auto()
    """The version that it began from: all is as it was left."""
    NEWEST = auto()


@dataclass(frozen=True, slots=True)
class NewerVersion:
    """A case has a newer version than its unsaved work began from.

    ``base_number`` is None where the work began before the first version.
    """

    name: str
    base_number: int | None
    newest_number: int


@dataclass(frozen=True, slots=True, eq=False)
class _Restored:
    """A journal's work, the CT that it is about, and what it is put on."""

    info: JournalInfo
    work: RecoveredWork
    base: _Base
    changes: tuple[Change, ...]
    volume: Volume
    path: Path | None
    series_uid: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    """Labels and clicks that changes are done on; ``number`` is the version's where it is newer."""

    labels: NDArray[np.uint8]
    clicks: tuple[Click, ...]
    version_id: int | None
    number: int | None = None


class RecoveryController:
    """Owns what can be restored; all methods are called on the GUI thread."""

    found = Signal()
    """``journals`` is new."""
    restored = Signal(str)
    """A sentence: unsaved work is back."""
    choice_wanted = Signal(object, NewerVersion)
    """The ``JournalInfo`` to restore again, with a ``RestoreOn``: there is a newer version."""
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
        self._of_open_case: tuple[JournalInfo, ...] = ()
        self._of_all: tuple[JournalInfo, ...] = ()
        self._is_restoring = False
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
        self._finding_own: NewestWinsRunner[tuple[JournalInfo, ...]] = NewestWinsRunner(
            executor, call_in_gui_thread
        )
        self._restoring = NewestWinsRunner[_Restored | NewerVersion](executor, call_in_gui_thread)
        self._discarding = NewestWinsRunner[None](executor, call_in_gui_thread)
        projects.project_opened.connect(self.find)
        projects.project_closed.connect(self.find)
        cases.case_opened.connect(self._on_case_opened)

    @property
    def journals(self) -> tuple[JournalInfo, ...]:
        """What can be restored now: of the open case, then what lay there at the start."""
        own = {info.path for info in self._of_open_case}
        return (*self._of_open_case, *(info for info in self._of_all if info.path not in own))

    def find(self) -> None:
        """Look for journals of the open project, or of single CTs where none is open."""
        project = self._projects.project
        folder = self._folder if project is None else project.journals_folder
        if project is not None and not self._projects.may_write:
            self._set((), ())  # they belong to the window that may write
            return
        # What was offered for a case of another project cannot be restored any more.
        own = tuple(info for info in self._of_open_case if info.header.case_id is None)
        self._set(own, ())
        self._look_into(folder, self._finding, lambda found: self._set(self._of_open_case, found))

    def _on_case_opened(self, session: CaseSession) -> None:
        """Look for unsaved work on this case, once the journal of the case before is written."""
        if not self._is_restoring:
            self._flush(lambda: self._find_own(session))

    def _find_own(self, session: CaseSession) -> None:
        if session is not self._cases.session:
            return
        project = self._projects.project
        is_in_project = project is not None and self._projects.may_write
        if session.case_id is not None and is_in_project:
            assert project is not None
            folder = project.journals_folder
        else:
            folder = self._folder

        def show(found: tuple[JournalInfo, ...]) -> None:
            if session is self._cases.session:
                self._set(tuple(info for info in found if _is_about(info, session)), self._of_all)

        self._look_into(folder, self._finding_own, show)

    def _look_into(
        self,
        folder: Path,
        runner: NewestWinsRunner[tuple[JournalInfo, ...]],
        deliver: Callable[[tuple[JournalInfo, ...]], None],
    ) -> None:
        def work(_is_cancelled: IsCancelled) -> tuple[JournalInfo, ...]:
            from training.cases.journal_recovery import find_journals

            return find_journals(folder)

        def on_found(future: Future[tuple[JournalInfo, ...]]) -> None:
            try:
                found = result_of(future, "Looking for unsaved work")
            except (CancelledError, WorkFailedError) as error:
                self.failed.emit(str(error))
            else:
                deliver(found)

        runner.submit(work, on_found)

    def restore(self, info: JournalInfo, on: RestoreOn | None = None) -> None:
        """Open the case as it was after the last step that the journal has.

        Where the case has a newer version and ``on`` is None, nothing is opened: which of both
        the work is put on is asked for by ``choice_wanted``.
        """
        session = self._cases.session
        volume = session.volume if session is not None and _is_about(info, session) else None
        self._activities.show("restore", Activity(f"Restoring {info.header.name}"))
        self._restoring.submit(
            lambda is_cancelled: self._load(info, on, volume, is_cancelled),
            lambda future: self._on_loaded(info, future),
        )

    def discard(self, info: JournalInfo) -> None:
        """Delete a journal; its work is gone."""

        def work(_is_cancelled: IsCancelled) -> None:
            from training.cases.journal_recovery import discard_journal

            discard_journal(info.path)

        self._forget(info)
        self._discarding.submit(work, self._on_discarded)

    def _load(
        self,
        info: JournalInfo,
        on: RestoreOn | None,
        volume: Volume | None,
        is_cancelled: IsCancelled,
    ) -> _Restored | NewerVersion:
        """Read a journal, and its CT unless that is open already; or say what must be chosen."""
        from training.cases.journal_recovery import recover

        header, project = info.header, self._projects.project
        began, newest = (None, None) if project is None else _base_and_newest(project, header)
        masks = {version.content_sha256 if version else "" for version in (began, newest)}
        is_behind = newest is not None and len(masks) > 1  # an approval repeats the same mask
        if newest is not None and is_behind and on is None:
            return NewerVersion(header.name, began.number if began else None, newest.number)
        work = recover(info.path)
        path: Path | None = Path(header.source_path) if header.source_path else None
        series_uid, name = header.series_uid, header.name
        if header.case_id is not None and project is not None:
            record = project.cases.get(header.case_id)
            path = project.cases.source_path(record.id)
            series_uid, name = record.source.series_uid, record.name
        if volume is None:
            volume = replace(self._read(path, series_uid, is_cancelled), name=name)
        if work.base_labels.shape != volume.geometry.shape:
            raise GeometryMismatchError(
                f"The unsaved work on {name} does not fit its CT, which has changed since. "
                "Put the CT back as it was, then restore."
            )
        base = _Base(work.base_labels, work.base_clicks, header.version_id)
        changes = work.changes
        if project is not None and newest is not None and is_behind and on is RestoreOn.NEWEST:
            labels = project.versions.read(newest.id).labels
            clicks = clicks_after((), project.versions.steps_since_start(newest.id))
            base = _Base(labels, clicks, newest.id, newest.number)
            changes = work.changes_on(labels, clicks)
        elif newest is not None and not is_behind:
            base = replace(base, version_id=newest.id)
        return _Restored(info, work, base, changes, volume, path, series_uid)

    def _read(self, path: Path | None, series_uid: str | None, is_cancelled: IsCancelled) -> Volume:
        if path is None:
            return self._files.make_sample()
        return self._files.open_volume(
            path,
            series_uid=series_uid,
            is_cancelled=is_cancelled,
            report_progress=lambda _share, _text: None,
        )

    def _on_loaded(self, info: JournalInfo, future: Future[_Restored | NewerVersion]) -> None:
        self._activities.finish("restore")
        try:
            restored = result_of(future, "Restoring the unsaved work")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
            return
        if isinstance(restored, NewerVersion):
            self.choice_wanted.emit(info, restored)
        else:
            self._cases.make_safe(lambda: self._adopt(restored))

    def _adopt(self, restored: _Restored) -> None:
        work, base, header = restored.work, restored.base, restored.work.header
        clicked = tuple(click.structure for click in work.clicks)
        session = CaseSession(
            restored.volume,
            _known(work.structures or clicked),
            path=restored.path,
            series_uid=restored.series_uid,
            labels=base.labels,
            clicks=base.clicks,
            case_id=header.case_id,
        )
        self._is_restoring = True
        try:
            if header.case_id is not None:
                self._opener.show(session, base.version_id)
            else:
                self._cases.adopt(session)
        finally:
            self._is_restoring = False
        for change in restored.changes:  # into a journal of its own, before the old one goes
            session.do(change)
        self._set((), self._of_all)
        self._forget(restored.info)
        self._flush(lambda: self.discard(restored.info))
        self.restored.emit(_sentence(header.name, base.number, len(restored.changes)))

    def _on_discarded(self, future: Future[None]) -> None:
        try:
            result_of(future, "Deleting the journal")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))

    def _forget(self, gone: JournalInfo) -> None:
        own, others = (
            tuple(info for info in infos if info.path != gone.path)
            for infos in (self._of_open_case, self._of_all)
        )
        self._set(own, others)

    def _set(self, of_open_case: tuple[JournalInfo, ...], of_all: tuple[JournalInfo, ...]) -> None:
        before = self.journals
        self._of_open_case, self._of_all = of_open_case, of_all
        if self.journals != before:
            self.found.emit()


def _base_and_newest(
    project: Project, header: JournalHeader
) -> tuple[LabelVersion | None, LabelVersion | None]:
    """The version that a journal's work began from and the newest of its case, where they are."""
    if header.case_id is None:
        return None, None
    base = None if header.version_id is None else project.versions.get(header.version_id)
    return base, project.versions.newest(header.case_id)


def _known(names: Iterable[str]) -> tuple[str, ...]:
    """The names that the organ table has, each once; a structure of one's own may be gone."""
    table = {structure.name for structure in all_structures()}
    return tuple(name for name in dict.fromkeys(names) if name in table)


def _sentence(name: str, number: int | None, count: int) -> str:
    """What became of unsaved work; ``number`` is of the newer version that it was put on."""
    if number is None:
        steps = "1 step" if count == 1 else f"{count} steps"
        return f"{name} is as it was left: {steps} restored."
    if not count:
        return f"Version {number} of {name} has all of the changes already."
    return f"The changes to {name} are on version {number} now: undo takes them back in one step."


def _is_about(info: JournalInfo, session: CaseSession) -> bool:
    """Whether a journal of the right folder is about an open case."""
    header = info.header
    if session.case_id is not None and header.case_id is not None:
        return header.case_id == session.case_id
    path = str(session.path) if session.path else None
    if header.case_id is not None or header.source_path != path:
        return False
    return header.series_uid == session.series_uid if path else header.name == session.volume.name
