"""One job from the queue to the gate: cases, training, candidate, comparison, decision."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from imaging.errors import CancelledError, EngineError, JobError, MaskwrightError
from inference.model_package import ModelPackage, load_package
from inference.model_versions import ModelVersions
from training.cases.find_cases import IsCancelled, stop_if
from training.cases.model_used import model_used
from training.cases.project import Project
from training.cases.records import Split
from training.fine_tuning.agreement import without_disagreeing
from training.fine_tuning.candidate import SpoiltWeightsError
from training.fine_tuning.case_arrays import remove_cases
from training.fine_tuning.checkpoint import Tensors
from training.fine_tuning.course import Course, CourseWork, Teachable, teachable
from training.fine_tuning.event_files import write_events
from training.fine_tuning.measuring import (
    REFERENCE_SEEDS,
    CasePair,
    GateCase,
    by_patient,
    case_key,
    held_out_case,
    measure_case,
    reference_case,
)
from training.fine_tuning.memory import chosen_device, fitted, free_bytes
from training.fine_tuning.plan import PlannedCase, TrainingPlan, load_plan, make_plan, save_plan
from training.fine_tuning.recipe import FineTuneRecipe
from training.fine_tuning.recorded_clicks import recorded_work
from training.fine_tuning.report import read_decision, write_report
from training.fine_tuning.report_pictures import ShownPatient, slice_file
from training.fine_tuning.team import Team
from training.fine_tuning.tuner import Tuner, is_out_of_memory
from training.jobs.candidates import candidate_folder, job_folder
from training.jobs.clicks_first import wait_for_quiet
from training.jobs.heartbeat import Heartbeat
from training.jobs.job import Job, JobProgress, JobState, JobWish, Stage
from training.jobs.job_queue import JobQueue
from training.jobs.messages import EpochFinished, Message, Remarked, StageReached
from training.jobs.places import JobPlaces
from training.promotion import (
    PromotionDecision,
    Verdict,
    decide,
    refused_unmeasured,
    rehearsal_objections,
)

logger = logging.getLogger(__name__)

MEASURING_GUESS_SECONDS = 30.0
"""For a case with both models, before the first is measured."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job."""

    state: JobState
    sentence: str
    decision: PromotionDecision | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TeamOrder:
    """What the other processes of a team need to take part in a training."""

    job: Job
    package: Path
    recipe: FineTuneRecipe


@dataclass(slots=True)
class FineTuneRun:
    """Carries out one job; ``run`` is called once.

    Attributes:
        should_stop: asked between steps, beside the job's own wishes: the worker shall end.
        team: the processes that train with this one, if any.
    """

    job: Job
    queue: JobQueue
    heartbeat: Heartbeat
    project: Project
    places: JobPlaces
    emit: Callable[[Message], None]
    should_stop: Callable[[], bool] = lambda: False
    team: Team = field(default_factory=Team)
    _progress: JobProgress = field(default_factory=JobProgress)
    _held_out: int = 0

    @property
    def folder(self) -> Path:
        """The job's own folder."""
        return job_folder(self.project.folder, self.job.id)

    def run(self) -> Outcome:
        """Do what is left to do of the job.

        Raises:
            CancelledError: it was paused or cancelled, or the worker shall end.
            MaskwrightError: it cannot be done.
        """
        settings = self.job.settings
        store = self.places.store()
        active = store.find(settings.model_id)
        if self.job.version and active.version == self.job.version:
            return self._promoted_before()
        teachable(active, ())  # what cannot learn at all says so before the cases are looked at
        device = self.team.device(chosen_device(settings.device))
        self._reach(Stage.PREPARING)
        plan = self._plan(active)
        model = teachable(active, plan.trained_structures)
        recipe = fitted(model.recipe(settings, device), free_bytes(device))
        tuner = self._train(model, plan, recipe, device)
        version = ModelVersions(self.places.versions).next_version(
            store.installed(settings.model_id)
        )
        self.queue.set_version(self.job.id, version)
        place = candidate_folder(self.project.folder, self.job.id)
        self._reach(Stage.MEASURING)
        try:
            candidate = self._rehearsed(
                active,
                tuner,
                lambda weights: model.write(weights, version, _learned_from(plan), place),
                plan,
            )
            pairs = self._measured(active, candidate, plan.of(Split.HOLD_OUT), REFERENCE_SEEDS)
        except SpoiltWeightsError as error:
            decision = refused_unmeasured(str(error))
            return Outcome(JobState.REFUSED, decision.sentence, decision)
        patients = by_patient(pairs)
        decision = decide(patients, plan.trained_structures, settings.seed, recorded_work(pairs))
        shown = self._shown(active, candidate, plan)
        write_report(place, candidate, active, decision, tuner.figures, patients, shown)
        remove_cases(self.folder / "cases")
        return self._outcome(active, candidate, decision)

    def _promoted_before(self) -> Outcome:
        """The outcome of a job whose worker died after it promoted the candidate."""
        decision = read_decision(candidate_folder(self.project.folder, self.job.id))
        sentence = decision.sentence if decision else "The new model is in use."
        return Outcome(JobState.FINISHED, sentence, decision)

    def _plan(self, active: ModelPackage) -> TrainingPlan:
        file = self.folder / "plan.json"
        plan = load_plan(file)
        if plan is None:
            plan = make_plan(
                self.project,
                self.job.settings.included_cases,
                lambda share, _text: self._report(share=share * 0.2),
                self._is_stopped,
            )
            plan = without_disagreeing(
                plan,
                self.project,
                active,
                self.job.settings.included_cases,
                lambda share: self._report(share=0.2 + 0.5 * share),
                self._is_stopped,
            )
            stop_if(self._is_stopped)  # a plan without the rest of the cases must not be kept
            file.parent.mkdir(parents=True, exist_ok=True)
            save_plan(plan, file)
        for one in plan.held_back:
            self.emit(Remarked(self.job.id, f"{one.case} is held back. {one.sentence}"))
        self._held_out = len(plan.of(Split.HOLD_OUT)) + len(REFERENCE_SEEDS)
        return plan

    def _train(
        self, model: Teachable, plan: TrainingPlan, recipe: FineTuneRecipe, device: str
    ) -> Tuner[Any, Any]:
        work = CourseWork(self.project, plan, self.folder, self.places.cache, self._is_stopped)
        course = model.course(work)
        tuner = self._tuner(model, course, recipe, device)
        self._reach(Stage.TRAINING)
        self._report(epoch=tuner.epoch, epochs=recipe.epochs, figures=tuner.figures)
        try:
            while not tuner.is_done:
                started = time.monotonic()
                before = self._before_batch(recipe)
                try:
                    tuner.run_epoch(course.cases, course.replay, course.validation, before)
                except (RuntimeError, MemoryError) as error:
                    if not is_out_of_memory(error):
                        raise
                    self.team.dismiss()
                    tuner = self._tuner(model, course, self._smaller(tuner.recipe), device)
                    continue
                self._epoch_done(tuner, time.monotonic() - started)
        finally:
            self.team.dismiss()
        tuner.mix_with_base(course.validation, course.synthetic(), self._before_batch(recipe))
        return tuner

    def _tuner(
        self, model: Teachable, course: Course[Any, Any], recipe: FineTuneRecipe, device: str
    ) -> Tuner[Any, Any]:
        """Who learns; the rest of the team is told to do the same."""
        self.team.hand_out(TeamOrder(self.job, model.package.folder, recipe))
        return course.tuner(recipe, device, self.team)

    def _smaller(self, recipe: FineTuneRecipe) -> FineTuneRecipe:
        smaller = recipe.smaller()
        if smaller is None:
            raise JobError(
                "Memory ran out, even with the smallest setting. Close other programs, or train "
                "on another computer, then resume the job."
            )
        sentence = "Memory ran out, so the training goes on with smaller pieces. It takes longer."
        self.emit(Remarked(self.job.id, sentence))
        return smaller

    def _before_batch(self, recipe: FineTuneRecipe) -> Callable[[int], None]:
        def before(step: int) -> None:
            wait_for_quiet(self.places.clicks, self._is_stopped)
            stop_if(self._is_stopped)
            if step % 5 == 0:
                done = self._progress.epoch + step / recipe.steps_per_epoch
                self._report(share=done / recipe.epochs)

        return before

    def _epoch_done(self, tuner: Tuner[Any, Any], seconds: float) -> None:
        epochs = tuner.recipe.epochs
        left_s = seconds * (epochs - tuner.epoch) + MEASURING_GUESS_SECONDS * self._held_out
        self._progress = replace(
            self._progress,
            share=tuner.epoch / epochs,
            epoch=tuner.epoch,
            figures=tuner.figures,
            seconds_left=left_s,
        )
        self.queue.report(self.job.id, self._progress, got_on=True)
        write_events(self.folder, tuner.figures)
        self.emit(EpochFinished(self.job.id, tuner.figures[-1], epochs, left_s))

    def _rehearsed(
        self,
        active: ModelPackage,
        tuner: Tuner[Any, Any],
        write: Callable[[Tensors], ModelPackage],
        plan: TrainingPlan,
    ) -> ModelPackage:
        """The candidate, as far back as the validation patients ask for, measured as at the gate.

        The dialogues by which the mixture was chosen are cheaper than a session of the program,
        and a little kinder.
        """
        while True:
            candidate = write(tuner.best_weights())
            pairs = self._measured(active, candidate, plan.of(Split.VALIDATION))
            against = rehearsal_objections(by_patient(pairs), self.job.settings.seed)
            logger.info("share of the new weights: %s; objections: %s", tuner.share, against)
            if not against or not tuner.go_back():
                return candidate

    def _measured(
        self,
        active: ModelPackage,
        candidate: ModelPackage,
        cases: Sequence[PlannedCase],
        reference_seeds: Sequence[int] = (),
    ) -> list[CasePair]:
        """Both models on a project's cases and on reference patients."""
        folder = self._measures(active, candidate)
        makers: list[tuple[str, Callable[[], GateCase]]] = [
            (case_key(one), partial(held_out_case, self.project, one, self._is_stopped))
            for one in cases
        ]
        structures = active.structures
        makers += [
            (f"phantom-{seed}", partial(reference_case, seed, structures))
            for seed in reference_seeds
        ]
        pairs: list[CasePair] = []
        started = time.monotonic()
        for number, (key, make) in enumerate(makers):
            try:
                pairs += measure_case(
                    make, key, active, candidate, self.job.settings.seed, folder, self._rests
                )
            except EngineError as error:
                raise SpoiltWeightsError(f"it cannot be run ({error})") from error
            except CancelledError:
                raise
            except MaskwrightError as error:
                self.emit(Remarked(self.job.id, f"A case was left out of the comparison. {error}"))
            each_s = (time.monotonic() - started) / (number + 1)
            self._report(
                share=(number + 1) / len(makers), seconds_left=each_s * (len(makers) - number - 1)
            )
        return pairs

    def _measures(self, active: ModelPackage, candidate: ModelPackage) -> Path:
        """Where it is kept what these two models reached."""
        hashes = (model_used(package).sha256[:12] for package in (active, candidate))
        return self.folder / f"measured-{'-'.join(hashes)}"

    def _shown(
        self, active: ModelPackage, candidate: ModelPackage, plan: TrainingPlan
    ) -> list[ShownPatient]:
        folder = self._measures(active, candidate)
        return [
            ShownPatient(one.patient, structure, slice_file(folder, case_key(one), structure))
            for one in plan.of(Split.HOLD_OUT)
            for structure in one.structures
        ]

    def _outcome(
        self, active: ModelPackage, candidate: ModelPackage, decision: PromotionDecision
    ) -> Outcome:
        if decision.verdict is not Verdict.PROMOTE:
            return Outcome(JobState.REFUSED, decision.sentence, decision)
        if not self.job.settings.promotes:
            sentence = f"{decision.sentence} It waits for you to promote it."
            return Outcome(JobState.FINISHED, sentence, decision)
        if self.places.store().find(active.id).folder != active.folder:
            raise JobError(
                f"Another version of {active.id} came into use while this one was compared. Resume "
                "the job: it learns and compares again, beginning with that one."
            )
        versions = ModelVersions(self.places.versions)
        versions.add(candidate)
        versions.promote(candidate.id, candidate.version)
        sentence = f"{decision.sentence} It is in use from now on; you can roll back at any time."
        return Outcome(JobState.FINISHED, sentence, decision)

    def _is_stopped(self) -> bool:
        return self.heartbeat.wish is not JobWish.NONE or self.should_stop()

    def _rests(self) -> bool:
        """Whether to stop, asked again and again while models are compared: clicks go first."""
        wait_for_quiet(self.places.clicks, self._is_stopped)
        return self._is_stopped()

    def _reach(self, stage: Stage) -> None:
        self._progress = replace(self._progress, stage=stage, share=0.0)
        self.queue.report(self.job.id, self._progress)
        self.emit(StageReached(self.job.id, stage))

    def _report(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        self.queue.report(self.job.id, self._progress)


def follow(
    order: TeamOrder, project: Project, places: JobPlaces, team: Team, is_stopped: IsCancelled
) -> None:
    """Take part in a job's training until its leader needs no more help, in another process.

    The leader has prepared the plan and the cases; they are read where it put them.
    """
    folder = job_folder(project.folder, order.job.id)
    plan = load_plan(folder / "plan.json")
    if plan is None:
        raise JobError(f"The plan of job {order.job.id} cannot be read. Resume the job.")
    model = teachable(load_package(order.package), plan.trained_structures)
    course = model.course(CourseWork(project, plan, folder, places.cache, is_stopped))
    device = team.device(chosen_device(order.job.settings.device))
    try:
        course.tuner(order.recipe, device, team).follow(course.cases, course.replay)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise  # the leader hands out another order, of smaller pieces


def _learned_from(plan: TrainingPlan) -> str:
    cases: Sequence[object] = plan.of(Split.TRAIN)
    plural = "s" if len(cases) != 1 else ""
    return f"{len(cases)} approved case{plural} of a project: {', '.join(plan.trained_structures)}"
