"""The label versions of the open case: keep one, list them, compare two, go back to one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.controllers.case_opener import CaseOpener, OpenCase
from app.controllers.case_session import CaseSession
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.controllers.work_log import GO_BACK
from imaging.clicks import Click
from imaging.errors import CancelledError
from imaging.history import Change
from imaging.measures import inner_point_lps
from inference.messages import IsCancelled
from training.cases.compare import StructureDifference, compare_labels
from training.cases.provenance import ModelUsed
from training.cases.records import (
    CaseStatus,
    LabelDraft,
    LabelVersion,
    ReviewEvent,
    VersionKind,
)

if TYPE_CHECKING:
    from training.cases.project import Project

Then = Callable[[], object]

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """What is known of a case: its versions and events, oldest first."""

    case_id: int
    versions: tuple[LabelVersion, ...] = ()
    events: tuple[ReviewEvent, ...] = ()
    why_not_approve: str | None = None

    def number_of(self, version_id: int | None) -> int | None:
        """What a version is called; None where it is unknown."""
        return next((v.number for v in self.versions if v.id == version_id), None)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What differs between an older version and a newer one.

    ``newer`` is None for the labels as they are in the views. ``before`` and ``after`` are the
    labels of both, uint8 on the CT's grid. ``point_lps`` is in the middle of the thickest
    difference.
    """

    older: LabelVersion
    newer: LabelVersion | None
    structures: tuple[StructureDifference, ...]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    point_lps: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The open case as it was when it was asked to be kept."""

    opened: OpenCase
    draft: LabelDraft
    clicks: tuple[Click, ...]
    state: int
    step_count: int

    def mark_kept(self, version: LabelVersion) -> None:
        """Tell the case that this moment is safe in a version."""
        self.opened.version_id = version.id
        self.opened.work_log.forget(self.step_count, self.draft.provenance.seconds_spent)
        self.opened.session.mark_saved(self.state)


class VersionsController:
    """Keeps and reads versions; all methods are called on the GUI thread."""

    kept = Signal(Moment, LabelVersion)
    """The case as it was at a moment is safe in a version, interim or approved."""
    saved = Signal(LabelVersion)
    """An interim version was kept."""
    history_changed = Signal()
    """``history`` is new."""
    compared = Signal(Comparison)
    noticed = Signal(str)
    """A sentence worth reading."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        projects: ProjectController,
        opener: CaseOpener,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        model_used: Callable[[], ModelUsed | None],
        engine: Callable[[], str],
    ) -> None:
        self.history: CaseHistory | None = None
        self._is_keeping = False
        self._waiting: list[Callable[[], None]] = []
        self._projects = projects
        self._opener = opener
        self.model_used = model_used
        """The model in use, as a version remembers it; None where there is none."""
        self._engine = engine
        self._reading = NewestWinsRunner[CaseHistory](executor, call_in_gui_thread)
        self._comparing = NewestWinsRunner[Comparison](executor, call_in_gui_thread)
        self._going_back = NewestWinsRunner[NDArray[np.uint8]](executor, call_in_gui_thread)
        projects.listed.connect(self.refresh)
        projects.project_closed.connect(self._on_project_closed)

    @property
    def why_not_save(self) -> str | None:
        """Why the open case cannot be kept as a version; None if it can."""
        record = self._opener.record
        if self._opener.opened is None:
            return "The open CT is not a case of a project."
        if not self._projects.may_write:
            return "The project is read-only in this window."
        if record is not None and record.status in (CaseStatus.APPROVED, CaseStatus.EXCLUDED):
            return f"The case is {record.status.value}. Reopen it to change it."
        return None

    @property
    def is_behind(self) -> bool:
        """Whether the case has a newer version than the one that its open mask began from."""
        record, opened = self._opener.record, self._opener.opened
        if record is None or opened is None:
            return False
        return (record.version_id or 0) > (opened.version_id or 0)

    @property
    def newest_id(self) -> int | None:
        """The newest version of the open case that this window knows of."""
        record, opened = self._opener.record, self._opener.opened
        base_id = opened.version_id if opened else None
        return record.version_id if record is not None and self.is_behind else base_id

    @property
    def base_number(self) -> int | None:
        """The number of the version that the open mask began from; None where it is unknown."""
        opened = self._opener.opened
        if self.history is None or opened is None or opened.case_id != self.history.case_id:
            return None
        return self.history.number_of(opened.version_id)

    # Keeping

    def save(self, then: Then | None = None) -> None:
        """Keep the labels as an interim version; ``then`` is called once they are safe.

        What is shown becomes the newest version, also where it began from an older one.
        """
        opened = self._opener.opened
        if opened is None:
            return
        if self.is_keeping:
            self._waiting.append(lambda: self._save_again(opened, then))
        elif opened.session.is_modified or self.is_behind:
            self.keep(
                "Saving the mask", opened, _save, lambda version: self._on_saved(version, then)
            )
        elif then is not None:
            then()
        else:
            self.noticed.emit("Nothing was changed since the last version.")

    def make_safe(self, then: Callable[[], None]) -> None:
        """Call ``then`` once nothing of the open case is unsaved that can be kept."""
        opened = self._opener.opened
        if opened is not None and opened.session.is_modified and self.why_not_save is None:
            self.save(lambda: self.make_safe(then))  # it may be drawn in while it is saved
        else:
            then()

    @property
    def is_keeping(self) -> bool:
        """Whether a version is being written; the next one waits, for its parent is this one."""
        return self._is_keeping

    def keep(
        self,
        what: str,
        opened: OpenCase,
        work: Callable[[Project, int, LabelDraft | None], LabelVersion],
        deliver: Callable[[LabelVersion], None],
    ) -> None:
        """Make the open case as it is now a version.

        The draft is None where that is the newest version already.
        """
        is_new = opened.session.is_modified or self.is_behind
        moment = self.moment(opened) if is_new else None
        draft = moment.draft if moment else None
        self._is_keeping = True

        def on_kept(version: LabelVersion) -> None:
            self._is_keeping = False
            if moment is not None:
                moment.mark_kept(version)
                self.kept.emit(moment, version)
            else:
                opened.version_id = version.id
            deliver(version)
            waiting, self._waiting = self._waiting, []
            for act in waiting:
                act()

        def on_failed() -> None:
            self._is_keeping = False
            self._waiting.clear()

        self._projects.write(
            what, lambda project: work(project, opened.case_id, draft), on_kept, on_failed
        )

    def _save_again(self, opened: OpenCase, then: Then | None) -> None:
        """What was asked for while a version was written; the case may be another one by now."""
        if self._opener.opened is opened and opened.session.is_modified:
            self.save(then)
        elif then is not None:
            then()

    def _on_saved(self, version: LabelVersion, then: Then | None) -> None:
        self.saved.emit(version)
        if then is not None:
            then()

    def moment(self, opened: OpenCase) -> Moment:
        """The open case as it is now; later edits do not reach it."""
        session = opened.session
        draft = LabelDraft(
            session.labels.array.copy(),
            session.volume.geometry,
            opened.work_log.provenance(self.model_used(), self._engine()),
            parent_id=opened.version_id,
        )
        return Moment(
            opened, draft, session.clicks.clicks, session.state, opened.work_log.step_count
        )

    # Reading

    def refresh(self) -> None:
        """Read versions and events of the open case anew."""
        project, opened = self._projects.project, self._opener.opened
        if project is None or opened is None:
            self._forget()
            return
        case_id = opened.case_id

        def read(_is_cancelled: IsCancelled) -> CaseHistory:
            return CaseHistory(
                case_id,
                project.versions.of_case(case_id),
                project.review.events(case_id),
                project.review.reason_not_to_approve(case_id),
            )

        self._reading.submit(read, self._on_read)

    def compare(self, older: LabelVersion, newer: LabelVersion | None) -> None:
        """Find what differs between two versions, or a version and the labels as they are."""
        project, opened = self._projects.project, self._opener.opened
        if project is None or opened is None:
            return
        session = opened.session
        now = session.labels.array.copy() if newer is None else None

        def work(_is_cancelled: IsCancelled) -> Comparison:
            before = project.versions.read(older.id).labels
            after = now if newer is None else project.versions.read(newer.id).labels
            assert after is not None
            geometry = session.volume.geometry
            differences = compare_labels(before, after, geometry)
            point_lps = inner_point_lps(before != after, geometry)
            return Comparison(older, newer, differences, before, after, point_lps)

        def deliver(future: Future[Comparison]) -> None:
            comparison = self._result(future, "Comparing the versions")
            if comparison is not None and self._is_open(session):
                self.compared.emit(comparison)

        self._comparing.submit(work, deliver)

    def go_back(self, version: LabelVersion) -> None:
        """Make the open case's labels those of a version: a step of undo."""
        project, opened = self._projects.project, self._opener.opened
        if project is None or opened is None:
            return
        session = opened.session

        def deliver(future: Future[NDArray[np.uint8]]) -> None:
            labels = self._result(future, "Reading the version")
            if labels is None or not self._is_open(session):
                return
            edit = session.labels.edit_to_labels(labels)
            if edit is None:
                self.noticed.emit(f"The mask is that of version {version.number} already.")
                return
            clicks = session.clicks.clicks
            session.do(Change(f"{GO_BACK}{version.number}", edit, clicks, ()))
            self.noticed.emit(
                f"The mask is that of version {version.number} again. "
                "Undo takes that back; saving makes it a new version."
            )

        self._going_back.submit(
            lambda _is_cancelled: project.versions.read(version.id).labels, deliver
        )

    def _on_read(self, future: Future[CaseHistory]) -> None:
        history = self._result(future, "Reading the case's history")
        opened = self._opener.opened
        if history is not None and opened is not None and history.case_id == opened.case_id:
            self.history = history
            self.history_changed.emit()

    def _is_open(self, session: CaseSession) -> bool:
        opened = self._opener.opened
        return opened is not None and opened.session is session

    def _result(self, future: Future[_Read], what: str) -> _Read | None:
        try:
            return result_of(future, what)
        except CancelledError:
            return None
        except WorkFailedError as error:
            self.failed.emit(str(error))
            return None

    def _on_project_closed(self) -> None:
        self._is_keeping = False
        self._waiting.clear()
        self._forget()

    def _forget(self) -> None:
        for runner in (self._reading, self._comparing, self._going_back):
            runner.cancel()
        if self.history is not None:
            self.history = None
            self.history_changed.emit()


def _save(project: Project, case_id: int, draft: LabelDraft | None) -> LabelVersion:
    assert draft is not None
    return project.versions.save(case_id, VersionKind.INTERIM, draft)
