"""Runs the tools that take a while off the GUI thread, as a preview first or at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController
from app.controllers.hand_edits import do_edit, rules_of, why_nothing_changed
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.refinement_work import RefiningInput
from app.controllers.refinements import Refinement
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.editing.label_patch import LabelPatch
from imaging.editing.rules import EditRules, edit_by
from imaging.errors import CancelledError
from imaging.labels import LabelEdit, LabelMap
from imaging.packed_edit import packed
from imaging.structures import Structure
from inference.messages import IsCancelled

_KEY = "refine"


@dataclass(frozen=True, slots=True)
class RefiningRequest:
    """What the user asked for.

    Attributes:
        refinement: the tool.
        numbers: one for each of its parameters.
        other: the second structure; None where the tool asks for none.
        cursor_lps: the crosshair.
        slice_axis: the array axis across the plane that was looked at last.
        is_slice_forward: whether the next slice of that plane has the higher index.
    """

    refinement: Refinement
    numbers: tuple[float, ...]
    other: Structure | None
    cursor_lps: tuple[float, float, float]
    slice_axis: int
    is_slice_forward: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    """An edit that was computed but not done, and what it was computed for."""

    request: RefiningRequest
    rules: EditRules
    revision: int
    edit: LabelEdit | None


class RefiningController:
    """Owns the tool that runs; all methods are called on the GUI thread.

    The work sees the labels as they were when it was asked for. Where they changed meanwhile it
    is done again, so that nothing drawn in between is lost.
    """

    preview_changed = Signal(object, object)
    """A ``LabelPatch`` or None, and the ``Box`` that looks different from before."""
    failed = Signal(str)
    """A sentence about what did not work."""
    noticed = Signal(str)
    """A sentence worth reading that is no failure."""
    state_changed = Signal()
    """A tool started or ended, or a preview came or went."""

    def __init__(
        self,
        session: Callable[[], CaseSession | None],
        drawing: DrawingController,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
    ) -> None:
        """``drawing`` knows the editable area, which holds here as well."""
        self._session = session
        self._drawing = drawing
        self._activities = activities
        self._runner = NewestWinsRunner[LabelEdit | None](executor, call_in_gui_thread)
        self._previewed: _Outcome | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a tool runs."""
        return self._runner.is_busy

    @property
    def has_preview(self) -> bool:
        """Whether a result is shown that is not applied."""
        return self._previewed is not None

    def preview(self, request: RefiningRequest) -> None:
        """Show what a tool would do."""
        self._start(request, is_preview=True)

    def apply(self, request: RefiningRequest) -> None:
        """Do it; a preview of the very same is used."""
        session, shown = self._session(), self._previewed
        if session is not None and shown is not None:
            rules = rules_of(session, self._drawing.options)
            if (shown.request, shown.rules, shown.revision) == (request, rules, session.revision):
                self.drop_preview()
                self._finish(session, shown)
                return
        self._start(request, is_preview=False)

    def cancel(self) -> None:
        """Stop the tool that runs; nothing is changed."""
        self._runner.cancel()
        self._activities.finish(_KEY)
        self.state_changed.emit()

    def drop_preview(self) -> None:
        """Show the labels as they are."""
        shown, self._previewed = self._previewed, None
        if shown is not None and shown.edit is not None:
            self.preview_changed.emit(None, shown.edit.box)
        if shown is not None:
            self.state_changed.emit()

    def close_case(self) -> None:
        """Another case opens: forget everything about the old one."""
        self._previewed = None
        self.cancel()

    def _start(self, request: RefiningRequest, *, is_preview: bool) -> None:
        self.drop_preview()
        session = self._session()
        if session is None:
            return
        self._drawing.cancel()
        geometry = session.volume.geometry
        cursor_kji = geometry.nearest_index(request.cursor_lps) or (0, 0, 0)
        given = RefiningInput(
            session.labels.array,
            session.volume,
            session.active,
            request.numbers,
            request.other,
            cursor_kji,
            request.slice_axis,
            request.is_slice_forward,
            session.clicks.clicks,
        )
        rules = rules_of(session, self._drawing.options)
        revision = session.revision
        text = f"{request.refinement.text}: {session.active.name}"
        self._activities.show(_KEY, Activity(text, None, self.cancel))

        def work(_is_cancelled: IsCancelled) -> LabelEdit | None:
            return _edit_by(request.refinement, given, session.labels, rules)

        def deliver(future: Future[LabelEdit | None]) -> None:
            self._activities.finish(_KEY)
            if self._session() is session:
                self._on_done(session, request, rules, revision, future, is_preview=is_preview)
            self.state_changed.emit()

        self._runner.submit(work, deliver)
        self.state_changed.emit()

    def _on_done(
        self,
        session: CaseSession,
        request: RefiningRequest,
        rules: EditRules,
        revision: int,
        future: Future[LabelEdit | None],
        *,
        is_preview: bool,
    ) -> None:
        if session.revision != revision:
            self._start(request, is_preview=is_preview)
            return
        try:
            edit = result_of(future, request.refinement.text)
        except CancelledError:
            return
        except WorkFailedError as error:
            self.failed.emit(str(error))
            return
        outcome = _Outcome(request, rules, revision, edit)
        if not is_preview:
            self._finish(session, outcome)
        elif edit is None:
            self._explain(session, outcome)
        else:
            self._previewed = outcome
            self.preview_changed.emit(LabelPatch(edit.box, edit.after), edit.box)

    def _finish(self, session: CaseSession, outcome: _Outcome) -> None:
        if outcome.edit is None:
            self._explain(session, outcome)
            return
        name = f"{outcome.request.refinement.step_name} {session.active.name}"
        do_edit(session, name, outcome.edit)

    def _explain(self, session: CaseSession, outcome: _Outcome) -> None:
        other = outcome.request.other
        reason = why_nothing_changed(session, self._drawing.options)
        if reason is None and other is not None and session.is_locked(other.name):
            reason = f"Nothing changed: the {other.name} is locked. Open its lock to take from it."
        self.noticed.emit(reason or f"Nothing to change: the {session.active.name} stays as it is.")


def _edit_by(
    refinement: Refinement, given: RefiningInput, labels: LabelMap, rules: EditRules
) -> LabelEdit | None:
    mask, effect = refinement.work(given)
    edit = edit_by(labels, given.volume.array, mask, effect, rules)
    return None if edit is None else packed(edit)
