"""Turns "segment" and clicks into requests to the model, and its answers into undo steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.answers import Replacement, Stamp
from app.controllers.case_session import CaseSession
from app.controllers.click_queue import ClickQueue, PlacedClick
from app.controllers.latency import LatencyLog
from app.controllers.on_the_way import FoundSoFar, progress_reporter
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.predictor import MakePredictor, ModelAbilities
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.clicks import Click
from imaging.errors import CancelledError
from imaging.history import Change
from imaging.labels import LabelEdit
from imaging.structures import Structure, structure_by_value
from inference.messages import IsCancelled
from inference.predictor import Predictor

AfterPicture = Callable[[Callable[[], None]], None]
"""Calls a function once the views show what changed just now."""


class SegmentationController:
    """Owns the model's answers to the open case; all methods are called on the GUI thread."""

    failed = Signal(str)
    """A sentence about what did not work."""
    noticed = Signal(str)
    """A sentence worth reading that is no failure."""
    segmented = Signal(str)
    """The automatic segmentation of a structure, by name, changed the mask."""
    state_changed = Signal()
    """What can be done, by what, or how fast it was."""

    def __init__(
        self,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        *,
        after_picture: AfterPicture = lambda function: function(),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """``executor`` has one thread: the inference thread."""
        self.latency = LatencyLog()
        self.found_so_far = FoundSoFar(call_in_gui_thread)
        self.after_picture = after_picture
        self._call_in_gui_thread = call_in_gui_thread
        self._activities = activities
        self._clock = clock
        self._preparation = NewestWinsRunner[Predictor](executor, call_in_gui_thread)
        self._automatic = NewestWinsRunner[Replacement](executor, call_in_gui_thread)
        self._answers = NewestWinsRunner[LabelEdit | None](executor, call_in_gui_thread)
        self._session: CaseSession | None = None
        self._model: ModelAbilities | None = None
        self._predictor: Predictor | None = None
        self._wanted: Structure | None = None
        self._queue: ClickQueue | None = None
        self._asked_about: str | None = None
        self._warned: set[str] = set()
        self._clicks_flow_since = 0.0  # a click placed earlier waited for other work

    # The case

    def open_case(
        self, session: CaseSession, model: ModelAbilities, make_predictor: MakePredictor
    ) -> None:
        """Work on a case; the model gets ready for it on the inference thread.

        Where only the labels are other ones, the model is ready already.
        """
        is_ready = (
            self._session is not None
            and self._session.volume is session.volume
            and self._model is model
        )
        predictor = self._predictor if is_ready else None
        self.close_case()
        self._session, self._model, self._queue = session, model, ClickQueue(session)
        if predictor is not None:
            self._predictor = predictor
            self.state_changed.emit()
            return
        self.latency.begin_case()

        def prepare(is_cancelled: IsCancelled) -> Predictor:
            predictor = make_predictor(session.volume)
            reporter = progress_reporter(
                self._activities, "prepare", self._call_in_gui_thread, is_cancelled
            )
            predictor.prepare(reporter, is_cancelled)
            return predictor

        self._activities.show("prepare", Activity("Preparing the model"))
        self._preparation.submit(prepare, self._on_prepared)
        self.state_changed.emit()

    def take_over(self, model: ModelAbilities, predictor: Predictor) -> bool:
        """Let another model answer from now on, which is ready for the open case.

        False, and nothing is changed, while a click or a structure waits for its answer.
        """
        is_asked = self._queue or self._wanted is not None
        is_busy = self._automatic.is_busy or self._answers.is_busy
        if self._session is None or is_asked or is_busy:
            return False
        self._preparation.cancel()
        self._activities.finish("prepare")
        self._model, self._predictor = model, predictor
        self.state_changed.emit()
        return True

    def close_case(self) -> None:
        """Give up everything about the open case."""
        for runner in (self._preparation, self._automatic, self._answers):
            runner.cancel()
        self.found_so_far.clear()
        for key in ("prepare", "segment"):
            self._activities.finish(key)
        self._session = self._model = self._queue = self._predictor = None
        self._wanted = self._asked_about = None
        self.state_changed.emit()

    @property
    def engine(self) -> str:
        """Engine and device in use, in plain words; empty until the model is ready."""
        predictor = self._predictor
        if predictor is None or not predictor.engine_name:
            return ""
        return f"{predictor.engine_name} on {predictor.device_name}"

    @property
    def is_ready(self) -> bool:
        """Whether the model can answer about the open case."""
        return self._predictor is not None

    @property
    def predictor(self) -> Predictor | None:
        """What answers about the open case, on the inference thread alone; None until ready."""
        return self._predictor

    @property
    def is_answering(self) -> bool:
        """Whether a click waits for its answer."""
        return bool(self._queue)

    # Automatic

    def why_not_automatic(self) -> str | None:
        """Why the active structure cannot be segmented without clicks; None if it can."""
        if self._session is None or self._model is None:
            return "Open a CT first."
        if self._predictor is None and not self._preparation.is_busy:
            return "The model could not be made ready."
        name = self._session.active.name
        if name not in self._model.automatic_structures:
            known = ", ".join(self._model.automatic_structures) or "nothing"
            return f"The model cannot find the {name} on its own, only: {known}. Use clicks."
        if self._wanted is not None or self._automatic.is_busy:
            return "A structure is being segmented already."
        return None

    def segment_active(self) -> None:
        """Segment the active structure without clicks; its old mask can be had back by undo."""
        reason = self.why_not_automatic()
        if reason is not None:
            self.noticed.emit(reason)
            return
        assert self._session is not None
        self._wanted = self._session.active
        text = f"Segmenting the {self._wanted.name}"
        self._activities.show("segment", Activity(text, 0.0, self.cancel_automatic))
        self._advance()
        self.state_changed.emit()

    def cancel_automatic(self) -> None:
        """Give up the automatic segmentation; nothing changes."""
        self._wanted = None
        self._automatic.cancel()
        self.found_so_far.clear()
        self._activities.finish("segment")
        self._advance()
        self.state_changed.emit()

    # Clicks

    def why_no_clicks(self) -> str | None:
        """Why the active structure takes no clicks; None if it does."""
        if self._session is None or self._model is None:
            return "Open a CT first."
        if self._predictor is None and not self._preparation.is_busy:
            return "The model could not be made ready."
        if not self._model.takes_clicks:
            return f"The model {self._model.title!r} takes no clicks. Choose another one."
        if not self._model.answers_any_structure:
            name, known = self._session.active.name, self._model.structures
            if name not in known:
                return (
                    f"The model {self._model.title!r} takes clicks on {', '.join(known)} only, not "
                    f"on the {name}. Choose another model or structure."
                )
        return None

    def add_click(self, point_lps: tuple[float, float, float], *, is_foreground: bool) -> None:
        """Place a click about the active structure and ask for its answer."""
        session, queue = self._session, self._queue
        reason = self.why_no_clicks()
        if session is None or queue is None or reason is not None:
            self.noticed.emit(reason or "Open a CT first.")
            return
        index_kji = session.volume.geometry.nearest_index(point_lps)
        if index_kji is None:
            return
        there = structure_by_value(int(session.labels.array[index_kji]))
        if is_foreground and there not in (None, session.active) and session.is_locked(there.name):
            self.noticed.emit(
                f"This spot belongs to the {there.name}, which is locked and will stay as it is."
            )
        self._warn_if_unmeasured(session.active.name)
        queue.add(Click(point_lps, session.active.name, is_foreground), self._clock())
        self._ask_anew(session.active.name)

    def move_click(self, click: Click, point_lps: tuple[float, float, float]) -> None:
        """Put a click at another place and ask for its answer; one step of undo."""
        session, queue = self._session, self._queue
        reason = self.why_no_clicks()
        if session is None or queue is None or reason is not None:
            self.noticed.emit(reason or "Open a CT first.")
            return
        if session.volume.geometry.nearest_index(point_lps) is None or point_lps == click.point_lps:
            return
        is_old = click in session.settled_clicks and not session.placings_of(click)
        if queue.move(click, replace(click, point_lps=point_lps), self._clock()):
            if is_old:
                self.noticed.emit(
                    "What the click did at its old place stays: it is from before the case was "
                    "opened. A background click takes it away."
                )
            self._ask_anew(click.structure)

    def _warn_if_unmeasured(self, name: str) -> None:
        if self._model is None or name in self._model.structures or name in self._warned:
            return
        self._warned.add(name)
        self.noticed.emit(
            f"This model was not made for the {name}. It answers all the same; look closely."
        )

    def withdraw_last_click(self) -> None:
        """Take back the newest click that is not answered yet."""
        if self._queue:
            self._ask_anew(self._queue.withdraw_last().structure)

    def _ask_anew(self, structure: str) -> None:
        """The clicks about a structure changed: newest wins, the next request holds them all."""
        if structure == self._asked_about:
            self._answers.cancel()
            self._asked_about = None
        self._advance()
        self.state_changed.emit()

    # What to do next

    def _advance(self) -> None:
        """Start the next piece of work, if the inference thread has none of ours."""
        session, predictor = self._session, self._predictor
        if session is None or predictor is None:
            return
        if self._automatic.is_busy or self._answers.is_busy:
            return
        if self._wanted is not None:
            self._start_automatic(session, predictor, self._wanted)
        elif self._queue:
            self._ask(session, predictor, self._queue)

    def _start_automatic(
        self, session: CaseSession, predictor: Predictor, structure: Structure
    ) -> None:
        stamp = Stamp.of(session)

        def segment(is_cancelled: IsCancelled) -> Replacement:
            reporter = progress_reporter(
                self._activities, "segment", self._call_in_gui_thread, is_cancelled
            )
            show = self.found_so_far.shown_for(session, stamp, is_cancelled)
            proposal = predictor.segment(structure.name, reporter, is_cancelled, show)
            return Replacement.of(session.labels, proposal, stamp)

        self._automatic.submit(
            segment, lambda future: self._on_segmented(future, session, structure)
        )

    def _ask(self, session: CaseSession, predictor: Predictor, queue: ClickQueue) -> None:
        asked = queue.next_batch()
        question = queue.question_for(asked)
        self._asked_about = question.structure

        def answer(is_cancelled: IsCancelled) -> LabelEdit | None:
            return question.edit(predictor.respond(question.request(), is_cancelled))

        def deliver(future: Future[LabelEdit | None]) -> None:
            self._asked_about = None
            if question.stamp == Stamp.of(session):
                self._on_answered(future, queue, asked)
            self._advance()  # where the mask it started from is gone, it is asked again
            self.state_changed.emit()

        self._answers.submit(answer, deliver)

    # What came of it

    def _on_prepared(self, future: Future[Predictor]) -> None:
        self._activities.finish("prepare")
        try:
            self._predictor = result_of(future, "Preparing the model")
        except CancelledError:
            return
        except WorkFailedError as error:
            self._give_up_waiting(str(error))
        self._clicks_flow_since = self._clock()
        self._advance()
        self.state_changed.emit()

    def _on_segmented(
        self, future: Future[Replacement], session: CaseSession, structure: Structure
    ) -> None:
        self.found_so_far.clear()
        try:
            found = result_of(future, f"Segmenting the {structure.name}")
        except CancelledError:
            found = None
        except WorkFailedError as error:
            self.failed.emit(str(error))
            found = None
        stamp = Stamp.of(session)
        if found is not None and found.stamp != stamp:  # something was drawn meanwhile
            proposal = found.proposal
            self._automatic.submit(
                lambda _cancelled: Replacement.of(session.labels, proposal, stamp),
                lambda again: self._on_segmented(again, session, structure),
            )
            return
        self._wanted = None
        self._activities.finish("segment")
        if found is not None:
            edit = found.edit
            clicks = session.clicks.clicks
            if edit is not None and session.volume_ml(structure.name):
                self.noticed.emit(
                    f"The automatic {structure.name} took the place of the mask that was there. "
                    "Undo brings that back."
                )
            if edit is not None:
                session.do(Change(f"automatic {structure.name}", edit, clicks, clicks))
                self.segmented.emit(structure.name)
            if not session.volume_ml(structure.name):
                self.noticed.emit(f"No {structure.name} was found. Click into it to begin.")
        self._clicks_flow_since = self._clock()
        self._advance()
        self.state_changed.emit()

    def _on_answered(
        self,
        future: Future[LabelEdit | None],
        queue: ClickQueue,
        asked: tuple[PlacedClick, ...],
    ) -> None:
        try:
            edit = result_of(future, "Answering the click")
        except (CancelledError, WorkFailedError) as error:
            queue.drop(asked)
            self.failed.emit(str(error))
            return
        queue.record(asked, edit)
        placed_at = asked[-1].placed_at
        if placed_at >= self._clicks_flow_since:
            self.after_picture(lambda: self._on_picture(placed_at))

    def _on_picture(self, placed_at: float) -> None:
        self.latency.add(self._clock() - placed_at)
        self.state_changed.emit()

    def _give_up_waiting(self, sentence: str) -> None:
        self._wanted = None
        self._activities.finish("segment")
        if self._queue is not None:
            self._queue.drop_all()
        self.failed.emit(sentence)
