"""Plays the clicks of a stored version again, beside the open case, which it never touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.case_opener import CaseOpener, OpenCase
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.replay_film import PlayedStep, ReplayFilm, ReplaySource
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.controllers.versions_controller import VersionsController
from app.controllers.work_log import REPLAY
from imaging.errors import CancelledError, CaseError
from imaging.history import Change
from imaging.measures import inner_point_lps
from inference.messages import ClickRequest, IsCancelled, MaskProposal
from inference.predictor import Predictor
from training.cases.compare import StructureDifference, compare_labels
from training.cases.provenance import ModelUsed, MovedClickStep, clicks_after
from training.cases.records import LabelVersion
from training.cases.replay import ReplayedStep, replay, replay_plan

if TYPE_CHECKING:
    from training.cases.project import Project


@dataclass(frozen=True, slots=True, eq=False)
class ReplayEnd:
    """How the end of a replay compares with what the version keeps.

    ``before`` are the labels of the version and ``after`` those of the replay, uint8 on the grid.
    """

    structures: tuple[StructureDifference, ...]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    point_lps: tuple[float, float, float] | None
    reason: str
    """What may be behind a difference, in sentences; empty where nothing is known of it."""

    @property
    def is_same(self) -> bool:
        """Whether no voxel differs."""
        return not any(structure.voxels_different for structure in self.structures)


class ReplayController:
    """Owns the film of the replay; all methods are called on the GUI thread.

    The model answers one step after the other on the inference thread, so that a click of the
    user waits for one step at most.
    """

    started = Signal(ReplayFilm)
    stepped = Signal()
    """The film has one more step."""
    ended = Signal(ReplayEnd)
    """All steps were played, and compared with the version."""
    closed = Signal()
    """There is no film any more."""
    noticed = Signal(str)
    """A sentence worth reading."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        projects: ProjectController,
        opener: CaseOpener,
        versions: VersionsController,
        pool: Executor,
        inference: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        *,
        predictor: Callable[[], Predictor | None],
        model_used: Callable[[], ModelUsed | None],
        engine: Callable[[], str],
    ) -> None:
        """``predictor`` is the model that is ready for the open case; None while there is none."""
        self.film: ReplayFilm | None = None
        self._projects = projects
        self._opener = opener
        self._versions = versions
        self._activities = activities
        self._predictor = predictor
        self._model_used = model_used
        self._engine = engine
        self._reading = NewestWinsRunner[ReplaySource](pool, call_in_gui_thread)
        self._playing = NewestWinsRunner[PlayedStep | None](inference, call_in_gui_thread)
        self._comparing = NewestWinsRunner[ReplayEnd](pool, call_in_gui_thread)
        opener.case_opened.connect(self._on_case_opened)
        projects.project_closed.connect(self.close)

    @property
    def is_playing(self) -> bool:
        """Whether the model has steps to answer."""
        return self._reading.is_busy or self._playing.is_busy

    def start(self, version: LabelVersion) -> None:
        """Play the clicks and automatic steps of a version of the open case."""
        self.close()
        project, opened, predictor = self._projects.project, self._opener.opened, self._predictor()
        if project is None or opened is None:
            return
        if predictor is None:
            self.noticed.emit("The model is not ready yet. Replay the clicks when it is.")
            return
        self._show_progress(f"Reading version {version.number}", None)
        self._reading.submit(
            lambda _is_cancelled: _read(project, version),
            lambda future: self._on_read(future, opened, predictor),
        )

    def stop(self) -> None:
        """Play no more; what was played can still be looked at."""
        is_reading = self._reading.is_busy
        for runner in (self._reading, self._playing):
            runner.cancel()
        self._activities.finish("replay")
        if is_reading:
            self.close()
        else:
            self.stepped.emit()

    def close(self) -> None:
        """Forget the film."""
        for runner in (self._reading, self._playing, self._comparing):
            runner.cancel()
        self._activities.finish("replay")
        if self.film is not None:
            self.film = None
            self.closed.emit()

    def take_over(self) -> None:
        """Make the end of the replay the open case's labels, and keep them as a new version."""
        film, opened = self.film, self._opener.opened
        if film is None or opened is None or not film.is_complete:
            return
        if (why_not := self._versions.why_not_save) is not None:
            self.noticed.emit(why_not)
            return
        film.go_to(film.step_count)
        session, number = opened.session, film.source.version.number
        edit = session.labels.edit_to_labels(film.labels.array)
        before, after = session.clicks.clicks, film.clicks
        self.close()
        if edit is None:
            self.noticed.emit("The mask in the views is that of the replay already.")
            return
        session.do(Change(f"{REPLAY}{number}", edit, before, after))
        self._versions.save()

    # What came of it

    def _on_read(
        self, future: Future[ReplaySource], opened: OpenCase, predictor: Predictor
    ) -> None:
        self._activities.finish("replay")
        try:
            source = result_of(future, "Reading the version")
        except CancelledError:
            return
        except WorkFailedError as error:
            self.failed.emit(str(error))
            return
        if self._opener.opened is not opened or self._predictor() is not predictor:
            return
        self.film = film = ReplayFilm(source)
        model = _CancellableModel(predictor)
        steps = replay(source.plan, source.start, source.stored, model, source.clicks_before)
        self.started.emit(film)
        self._play_next(film, steps, model)

    def _play_next(
        self, film: ReplayFilm, steps: Iterator[ReplayedStep], model: _CancellableModel
    ) -> None:
        done = len(film.steps)
        self._show_progress(
            f"Replaying step {done + 1} of {film.step_count}", done / film.step_count
        )

        def play(is_cancelled: IsCancelled) -> PlayedStep | None:
            model.is_cancelled = is_cancelled
            played = next(steps, None)
            return None if played is None else PlayedStep.of(played)

        self._playing.submit(play, lambda future: self._on_played(future, film, steps, model))

    def _on_played(
        self,
        future: Future[PlayedStep | None],
        film: ReplayFilm,
        steps: Iterator[ReplayedStep],
        model: _CancellableModel,
    ) -> None:
        try:
            played = result_of(future, "Replaying the clicks")
        except CancelledError:
            return
        except WorkFailedError as error:
            self._activities.finish("replay")
            self.failed.emit(str(error))
            self.stepped.emit()
            return
        if played is not None:
            film.append(played)
        if not film.is_complete:
            self._play_next(film, steps, model)
        else:
            self._activities.finish("replay")
            self._compare(film)
        self.stepped.emit()

    def _compare(self, film: ReplayFilm) -> None:
        opened = self._opener.opened
        if opened is None:
            return
        geometry = opened.session.volume.geometry
        source, steps = film.source, film.steps
        reason = why_it_may_differ(source, self._model_used(), self._engine())

        def work(_is_cancelled: IsCancelled) -> ReplayEnd:
            end = source.start.copy()
            for step in steps:
                if step.edit is not None:
                    end[step.edit.box] = step.edit.after
            differences = compare_labels(source.stored, end, geometry)
            point_lps = inner_point_lps(source.stored != end, geometry)
            return ReplayEnd(differences, source.stored, end, point_lps, reason)

        self._comparing.submit(work, self._on_compared)

    def _on_compared(self, future: Future[ReplayEnd]) -> None:
        try:
            end = result_of(future, "Comparing the replay")
        except CancelledError:
            return
        except WorkFailedError as error:
            self.failed.emit(str(error))
            return
        self.ended.emit(end)

    def _on_case_opened(self, _opened: OpenCase) -> None:
        self.close()

    def _show_progress(self, text: str, share: float | None) -> None:
        self._activities.show("replay", Activity(text, share, self.stop))


class _CancellableModel:
    """A predictor as the replay asks it; ``is_cancelled`` is that of the step that runs."""

    def __init__(self, predictor: Predictor) -> None:
        self.is_cancelled: IsCancelled = lambda: False
        self._predictor = predictor

    def segment(self, structure: str) -> MaskProposal:
        return self._predictor.segment(structure, _nobody_watches, self.is_cancelled)

    def respond(self, request: ClickRequest) -> MaskProposal:
        if self.is_cancelled():
            raise CancelledError("cancelled")
        return self._predictor.respond(request, self.is_cancelled)


def why_it_may_differ(source: ReplaySource, model: ModelUsed | None, engine: str) -> str:
    """What was otherwise when a version was made, in sentences; empty where nobody knows."""
    number, then = source.version.number, source.version.provenance
    left_out = source.plan.left_out
    sentences = []
    if then.model is not None and model is not None and then.model != model:
        now = model.title if model.title != then.model.title else "another build of it"
        sentences.append(f"Version {number} was made with {then.model.title}, replayed with {now}.")
    if then.engine and engine and then.engine != engine:
        sentences.append(f"It ran on {then.engine} then, on {engine} now.")
    if left_out:
        steps = "1 step" if left_out == 1 else f"{left_out} steps"
        was = "was" if left_out == 1 else "were"
        sentences.append(f"{steps} by hand or from files {was} not played.")
    if _moves_older_click(source):
        sentences.append(
            "A click of an earlier version was moved; what it had done at its old place was not "
            "taken back."
        )
    if not sentences and then.model is not None and then.engine:
        return "Model and engine are the same as then."
    return " ".join(sentences)


def _moves_older_click(source: ReplaySource) -> bool:
    """Whether a step moves a click whose own answer is in an earlier version."""
    older = {click.point_lps for click in source.clicks_before}
    return any(
        step.from_point_lps in older
        for step in source.plan.steps
        if isinstance(step, MovedClickStep)
    )


def _read(project: Project, version: LabelVersion) -> ReplaySource:
    """Labels and steps of a version, or of the one that it is an unchanged copy of.

    Raises:
        CaseError: nothing in it can be played.
    """
    asked = version.number
    while not version.provenance.steps and version.parent_id is not None:
        parent = project.versions.get(version.parent_id)
        if parent.content_sha256 != version.content_sha256:
            break
        version = parent
    plan = replay_plan(version.provenance.steps)
    if not plan.steps:
        raise CaseError(
            f"Version {asked} holds no click and no automatic step that could be played again. "
            "Choose another version."
        )
    stored = project.versions.read(version.id).labels
    if version.parent_id is None:
        return ReplaySource(version, plan, np.zeros_like(stored), stored, ())
    start = project.versions.read(version.parent_id).labels
    clicks_before = clicks_after((), project.versions.steps_since_start(version.parent_id))
    return ReplaySource(version, plan, start, stored, clicks_before)


def _nobody_watches(_share: float, _text: str) -> None:
    """The progress of a replay is counted in steps."""
