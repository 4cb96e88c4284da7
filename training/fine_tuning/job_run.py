"""One job from the queue to the gate: cases, training, candidate, comparison, decision."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from imaging.errors import CancelledError, EngineError, JobError, MaskwrightError
from inference.model_package import ModelPackage
from inference.model_versions import ModelVersions
from training.cases.find_cases import stop_if
from training.cases.model_used import model_used
from training.cases.project import Project
from training.cases.records import Split
from training.click_samples import ClickSampler
from training.fine_tuning.agreement import without_disagreeing
from training.fine_tuning.base_model import BaseModel, base_model
from training.fine_tuning.candidate import SpoiltWeightsError, write_candidate
from training.fine_tuning.case_arrays import (
    GUARD_SEEDS,
    project_case,
    remove_cases,
    replay_cases,
)
from training.fine_tuning.event_files import write_events
from training.fine_tuning.measuring import (
    REFERENCE_SEEDS,
    CasePair,
    GateCase,
    by_patient,
    held_out_case,
    measure_case,
    reference_case,
)
from training.fine_tuning.memory import chosen_device, fitted, free_bytes
from training.fine_tuning.plan import TrainingPlan, load_plan, make_plan, save_plan
from training.fine_tuning.recipe import SITE_VARIETY, FineTuneRecipe, recipe_for
from training.fine_tuning.recorded_clicks import recorded_work
from training.fine_tuning.report import read_decision, write_report
from training.fine_tuning.trainer import FineTuner, is_out_of_memory
from training.fine_tuning.validation import ValidationSet
from training.jobs.candidates import candidate_folder, job_folder
from training.jobs.clicks_first import wait_for_quiet
from training.jobs.heartbeat import Heartbeat
from training.jobs.job import Job, JobProgress, JobState, JobWish, Stage
from training.jobs.job_queue import JobQueue
from training.jobs.messages import EpochFinished, Message, Remarked, StageReached
from training.jobs.places import JobPlaces
from training.patches import TrainingCase, only_structures
from training.promotion import PromotionDecision, Verdict, decide, refused_unmeasured

MEASURING_GUESS_SECONDS = 30.0
"""For a case with both models, before the first is measured."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job."""

    state: JobState
    sentence: str
    decision: PromotionDecision | None = None


@dataclass(slots=True)
class FineTuneRun:
    """Carries out one job; ``run`` is called once.

    Attributes:
        should_stop: asked between steps, beside the job's own wishes: the worker shall end.
    """

    job: Job
    queue: JobQueue
    heartbeat: Heartbeat
    project: Project
    places: JobPlaces
    emit: Callable[[Message], None]
    should_stop: Callable[[], bool] = lambda: False
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
        base = base_model(active)
        device = chosen_device(settings.device)
        self._reach(Stage.PREPARING)
        plan = self._plan(active)
        recipe = fitted(recipe_for(settings, base.recipe()), free_bytes(device))
        tuner = self._train(base, plan, recipe, device)
        version = ModelVersions(self.places.versions).next_version(
            store.installed(settings.model_id)
        )
        self.queue.set_version(self.job.id, version)
        place = candidate_folder(self.project.folder, self.job.id)
        try:
            candidate = write_candidate(
                base, tuner.best_weights(), version, _learned_from(plan), place
            )
            decision = self._compare(active, candidate, plan)
        except SpoiltWeightsError as error:
            decision = refused_unmeasured(str(error))
            return Outcome(JobState.REFUSED, decision.sentence, decision)
        write_report(place, candidate, base.package, decision, tuner.figures)
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
        self, base: BaseModel, plan: TrainingPlan, recipe: FineTuneRecipe, device: str
    ) -> FineTuner:
        spacing_mm = recipe.click.spacing_mm
        own = self._cases(plan, Split.TRAIN)
        replay = replay_cases(self.places.cache / "replay", self._is_stopped)
        cases = ClickSampler(own, [1.0] * len(own), spacing_mm, SITE_VARIETY)
        replayed = ClickSampler(replay, [1.0] * len(replay), spacing_mm)
        validation = ValidationSet.of(
            self._cases(plan, Split.VALIDATION), spacing_mm, base.package.automatic_structures
        )
        tuner = self._tuner(base, recipe, device)
        self._reach(Stage.TRAINING)
        self._report(epoch=tuner.epoch, epochs=recipe.epochs, figures=tuner.figures)
        while not tuner.is_done:
            started = time.monotonic()
            try:
                tuner.run_epoch(cases, replayed, validation, self._before_batch(recipe))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                tuner = self._tuner(base, self._smaller(tuner.recipe), device)
                continue
            self._epoch_done(tuner, time.monotonic() - started)
        tuner.mix_with_base(validation, self._synthetic(base, plan), self._before_batch(recipe))
        return tuner

    def _synthetic(self, base: BaseModel, plan: TrainingPlan) -> ValidationSet:
        """Synthetic patients that no step showed, with what the project's cases show."""
        patients = replay_cases(self.places.cache / "replay", self._is_stopped, GUARD_SEEDS)
        own = [only_structures(patient, plan.trained_structures) for patient in patients]
        spacing_mm = base.recipe().spacing_mm
        return ValidationSet.of(own, spacing_mm, base.package.automatic_structures)

    def _tuner(self, base: BaseModel, recipe: FineTuneRecipe, device: str) -> FineTuner:
        return FineTuner(recipe, base.shape, base.weights, base.key, self.folder, device)

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

    def _cases(self, plan: TrainingPlan, split: Split) -> list[TrainingCase]:
        folder = self.folder / "cases"
        return [
            project_case(self.project, planned, folder, self._is_stopped)
            for planned in plan.of(split)
        ]

    def _before_batch(self, recipe: FineTuneRecipe) -> Callable[[int], None]:
        def before(step: int) -> None:
            wait_for_quiet(self.places.clicks, self._is_stopped)
            stop_if(self._is_stopped)
            if step % 5 == 0:
                done = self._progress.epoch + step / recipe.steps_per_epoch
                self._report(share=done / recipe.epochs)

        return before

    def _epoch_done(self, tuner: FineTuner, seconds: float) -> None:
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

    def _compare(
        self, active: ModelPackage, candidate: ModelPackage, plan: TrainingPlan
    ) -> PromotionDecision:
        """Measure both models on the held-out cases and the reference patients."""
        self._reach(Stage.MEASURING)
        hashes = (model_used(package).sha256[:12] for package in (active, candidate))
        folder = self.folder / f"measured-{'-'.join(hashes)}"
        makers: list[tuple[str, Callable[[], GateCase]]] = [
            (
                f"case-{one.case_id}-{one.version_id}",
                partial(held_out_case, self.project, one, self._is_stopped),
            )
            for one in plan.of(Split.HOLD_OUT)
        ]
        structures = active.structures
        makers += [
            (f"phantom-{seed}", partial(reference_case, seed, structures))
            for seed in REFERENCE_SEEDS
        ]
        pairs: list[CasePair] = []
        started = time.monotonic()
        for number, (key, make) in enumerate(makers):
            try:
                pairs += measure_case(
                    make, key, active, candidate, self.job.settings.seed, folder, self._is_stopped
                )
            except EngineError as error:
                raise SpoiltWeightsError(f"it cannot be run ({error})") from error
            except CancelledError:
                raise
            except MaskwrightError as error:
                self.emit(Remarked(self.job.id, f"A held-out case was left out. {error}"))
            each_s = (time.monotonic() - started) / (number + 1)
            self._report(
                share=(number + 1) / len(makers), seconds_left=each_s * (len(makers) - number - 1)
            )
        return decide(
            by_patient(pairs),
            plan.trained_structures,
            self.job.settings.seed,
            recorded_work(pairs),
        )

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

    def _reach(self, stage: Stage) -> None:
        self._progress = replace(self._progress, stage=stage, share=0.0)
        self.queue.report(self.job.id, self._progress)
        self.emit(StageReached(self.job.id, stage))

    def _report(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        self.queue.report(self.job.id, self._progress)


def _learned_from(plan: TrainingPlan) -> str:
    cases: Sequence[object] = plan.of(Split.TRAIN)
    plural = "s" if len(cases) != 1 else ""
    return f"{len(cases)} approved case{plural} of a project: {', '.join(plan.trained_structures)}"
