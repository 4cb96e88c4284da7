"""The review of the project's cases: submit, approve, return, comment, flag, exclude, reopen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.case_opener import CaseOpener, OpenCase
from app.controllers.case_session import CaseSession, StepKind
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.controllers.versions_controller import Then, VersionsController
from imaging.errors import CancelledError
from imaging.history import Change
from inference.messages import IsCancelled
from training.cases.records import LabelDraft, LabelVersion

if TYPE_CHECKING:
    from training.cases.project import Project
    from training.cases.quality_checks import Finding

Point = tuple[float, float, float]
"""A place in the patient, LPS mm."""


class ReviewController:
    """Moves cases from status to status; all methods are called on the GUI thread."""

    approved = Signal(LabelVersion)
    done = Signal(str)
    """A sentence: what was asked for is done."""
    noticed = Signal(str)
    """A sentence worth reading."""
    failed = Signal(str)
    """A sentence about what did not work."""
    findings_changed = Signal()
    """``findings`` is new."""
    reason_wanted = Signal(tuple)
    """The ``Finding`` that stand against an approval: a word of reason is needed."""

    def __init__(
        self,
        projects: ProjectController,
        opener: CaseOpener,
        versions: VersionsController,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
    ) -> None:
        self.findings: tuple[Finding, ...] | None = None
        """What the last check found; None where the labels were not checked since they changed."""
        self._projects = projects
        self._opener = opener
        self._versions = versions
        self._activities = activities
        self._checking: NewestWinsRunner[tuple[Finding, ...]] = NewestWinsRunner(
            executor, call_in_gui_thread
        )
        self._followed: CaseSession | None = None
        self._was_told = False
        opener.case_opened.connect(self._on_case_opened)
        projects.project_closed.connect(self._follow_none)

    # Checks

    def check(self, then: Then | None = None) -> None:
        """Look for what is doubtful about the open case's labels."""
        opened = self._opener.opened
        if opened is None:
            return
        labels, volume = opened.session.labels.array.copy(), opened.session.volume
        state = opened.session.state

        def work(_is_cancelled: IsCancelled) -> tuple[Finding, ...]:
            from training.cases.quality_checks import check_labels  # scipy takes its time

            return check_labels(labels, volume)

        def deliver(future: Future[tuple[Finding, ...]]) -> None:
            self._activities.finish("check")
            try:
                findings = result_of(future, "Checking the mask")
            except (CancelledError, WorkFailedError) as error:
                self.failed.emit(str(error))
                return
            if self._opener.opened is opened and opened.session.state == state:
                self._set_findings(findings)
                if then is not None:
                    then()

        self._activities.show("check", Activity("Checking the mask", None, self.cancel_check))
        self._checking.submit(work, deliver)

    def cancel_check(self) -> None:
        """Give the check up; an approval that waited for it does not happen."""
        self._checking.cancel()
        self._activities.finish("check")

    # The open case

    def submit(self) -> None:
        """Keep what is unsaved and ask for a review."""
        self._after_saving(
            lambda case_id, version_id: self._act(
                "Submitting the case",
                lambda project: project.review.submit(case_id, seen_id=version_id),
                "Submitted for review.",
            ),
            as_shown=True,
        )

    def approve(self, reason: str = "", then: Then | None = None) -> None:
        """Check the labels, then approve them: a version, whole or not at all.

        Where findings stand against it and there is no ``reason``, one is asked for.
        """
        if self._opener.opened is None or self._versions.is_keeping:
            return  # pressed twice: the next case was not meant
        if self.findings is None:
            self.check(lambda: self.approve(reason, then))
            return
        against = tuple(finding for finding in self.findings if finding.needs_reason)
        against = self._newer_version() + against
        if against and not reason:
            self.reason_wanted.emit(against)
            return
        self._approve(self._opener.opened, reason, then)

    def send_back(self, comment: str, point_lps: Point, structure: str) -> None:
        """Return the case to who drew it, with a comment anchored at a point."""
        self._after_saving(
            lambda case_id, _version_id: self._act(
                "Returning the case",
                lambda project: project.review.send_back(
                    case_id, comment, point_lps=point_lps, structure=structure
                ),
                "Returned with your comment.",
            ),
            as_shown=False,
        )

    def comment(self, comment: str, point_lps: Point, structure: str) -> None:
        """Write a comment anchored at a point."""
        opened = self._opener.opened
        if opened is None:
            return
        case_id = opened.case_id
        self._act(
            "Writing the comment",
            lambda project: project.review.comment(
                case_id, comment, point_lps=point_lps, structure=structure
            ),
            "Comment written.",
        )

    # Any case

    def set_flagged(self, case_id: int, flagged: bool) -> None:
        """Mark a case to come back to it, or take the mark away."""

        def work(project: Project) -> object:
            review = project.review
            return review.flag(case_id) if flagged else review.unflag(case_id)

        self._projects.write("Flagging the case", work)

    def exclude(self, case_id: int, reason: str) -> None:
        """Take a case out of the work; its versions stay."""
        self._projects.write(
            "Excluding the case", lambda project: project.review.exclude(case_id, reason)
        )

    def reopen(self, case_id: int) -> None:
        """Put an approved, submitted or excluded case back to work."""
        self._projects.write("Reopening the case", lambda project: project.review.reopen(case_id))

    # How it is done

    def _approve(self, opened: OpenCase, reason: str, then: Then | None) -> None:
        seen_id = self._versions.newest_id

        def work(project: Project, case_id: int, draft: LabelDraft | None) -> LabelVersion:
            return project.review.approve(case_id, draft, comment=reason, seen_id=seen_id)

        def deliver(version: LabelVersion) -> None:
            self.approved.emit(version)
            if then is not None:
                then()

        self._versions.keep("Approving the case", opened, work, deliver)

    def _newer_version(self) -> tuple[Finding, ...]:
        """What stands against approving a mask that began from an older version."""
        record = self._opener.record
        if record is None or not self._versions.is_behind:
            return ()
        from training.cases.quality_checks import Check, Finding, Severity

        number = self._versions.base_number
        sentence = (
            "The mask that is shown does not contain the newest version of the case, version "
            f"{record.version_count}."
            if number is None
            else f"The mask that is shown began from version {number}, and version "
            f"{record.version_count} is newer."
        )
        return (Finding(Check.NEWER_VERSION, Severity.WARNING, sentence),)

    def _after_saving(self, act: Callable[[int, int | None], None], *, as_shown: bool) -> None:
        """Act on the case that is open now, whichever is when it is saved, and on its version.

        With ``as_shown`` the newest version is then what is shown, also where nothing was drawn.
        """
        opened = self._opener.opened
        if opened is None:
            return
        versions = self._versions
        is_other = as_shown and versions.is_behind
        if opened.session.is_modified or is_other or versions.is_keeping:
            versions.save(lambda: act(opened.case_id, opened.version_id))
        else:
            act(opened.case_id, opened.version_id)

    def _act(self, what: str, work: Callable[[Project], object], sentence: str) -> None:
        self._projects.write(what, work, lambda _result: self.done.emit(sentence))

    # Following the open case

    def _on_case_opened(self, opened: OpenCase) -> None:
        self._follow_none()
        self._followed = opened.session
        self._was_told = False
        opened.session.step_taken.connect(self._on_step_taken)

    def _follow_none(self) -> None:
        if self._followed is not None:
            self._followed.step_taken.disconnect(self._on_step_taken)
            self._followed = None
        self.cancel_check()
        self._set_findings(None)

    def _on_step_taken(self, _change: Change, _kind: StepKind) -> None:
        """Whoever draws in a case that is closed, or read-only, is told."""
        self._set_findings(None)
        if self._opener.record is None or self._was_told:
            return
        self._was_told = True
        if not self._projects.may_write:
            self.noticed.emit("The project is read-only in this window: save the mask to a file.")
        elif why_not := self._versions.why_not_save:
            self.noticed.emit(why_not)

    def _set_findings(self, findings: tuple[Finding, ...] | None) -> None:
        if findings != self.findings:
            self.findings = findings
            self.findings_changed.emit()
