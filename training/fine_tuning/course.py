"""What a job teaches: a model and a project's cases, put together for either kind of network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from imaging.volume import Volume
from inference.model_package import ModelPackage
from training.cases.case_volume import open_case_volume
from training.cases.find_cases import IsCancelled, stop_if
from training.cases.project import Project
from training.cases.records import Split
from training.click_samples import ClickSampler
from training.fine_tuning.base_model import BaseModel, base_model
from training.fine_tuning.candidate import write_candidate
from training.fine_tuning.case_arrays import (
    GUARD_SEEDS,
    REPLAY_SEEDS,
    REPLAY_SHAPE,
    project_case,
    replay_cases,
)
from training.fine_tuning.checkpoint import Tensors
from training.fine_tuning.found_masks import finder
from training.fine_tuning.network_base import NetworkBase, network_base, with_structures
from training.fine_tuning.network_candidate import write_network_candidate
from training.fine_tuning.network_cases import (
    NetworkCase,
    NetworkSampler,
    load_network_case,
    network_case,
    save_network_case,
)
from training.fine_tuning.network_recipe import network_recipe
from training.fine_tuning.network_tuner import NetworkTuner
from training.fine_tuning.network_validation import NetworkAnswer, NetworkValidation
from training.fine_tuning.plan import PlannedCase, TrainingPlan
from training.fine_tuning.recipe import SITE_VARIETY, FineTuneRecipe, recipe_for
from training.fine_tuning.team import Team
from training.fine_tuning.trainer import FineTuner
from training.fine_tuning.tuner import AnswerT, CasesT, Tuner, Validation
from training.fine_tuning.validation import Answer, ValidationSet
from training.jobs.job import FineTuneSettings
from training.patches import TrainingCase, only_structures


@dataclass(frozen=True, slots=True)
class CourseWork:
    """Where a course finds its cases: a project's, by a job's plan, prepared in its folder.

    ``cache`` holds the synthetic patients of this computer.
    """

    project: Project
    plan: TrainingPlan
    folder: Path
    cache: Path
    is_cancelled: IsCancelled


@dataclass(frozen=True, slots=True, eq=False)
class Course(Generic[CasesT, AnswerT]):
    """Samples to learn from, cases to choose by, and who learns.

    Attributes:
        synthetic: patients that no step showed; made when they are asked for.
        tuner: who learns, by a recipe, on a device, with a team.
    """

    cases: CasesT
    replay: CasesT
    validation: Validation[AnswerT]
    synthetic: Callable[[], Validation[AnswerT]]
    tuner: Callable[[FineTuneRecipe, str, Team], Tuner[CasesT, AnswerT]]


@dataclass(frozen=True, slots=True, eq=False)
class Teachable:
    """A model that can learn: its recipe, its course, and the package of what it has learned."""

    package: ModelPackage
    recipe: Callable[[FineTuneSettings, str], FineTuneRecipe]
    course: Callable[[CourseWork], Course[Any, Any]]
    write: Callable[[Tensors, str, str, Path], ModelPackage]
    """Weights, version, a sentence about the data, and the place."""


def teachable(package: ModelPackage, structures: Sequence[str]) -> Teachable:
    """What can be taught of a package; ``structures`` are those that the cases show.

    Raises:
        ModelError: it cannot be fine-tuned, or cannot learn one of them; says what to do.
    """
    if package.clicks is not None or package.automatic is not None:
        return _of_clicks(base_model(package))
    return _of_network(with_structures(network_base(package), tuple(structures)))


def _of_clicks(base: BaseModel) -> Teachable:
    def recipe(settings: FineTuneSettings, _device: str) -> FineTuneRecipe:
        return recipe_for(settings, base.recipe())

    def course(work: CourseWork) -> Course[ClickSampler, Answer]:
        spacing_mm = base.recipe().spacing_mm
        find = finder(base.package, work.is_cancelled)

        def cases_of(split: Split) -> list[TrainingCase]:
            place = work.folder / "cases"
            return [
                project_case(work.project, planned, place, work.is_cancelled)
                for planned in work.plan.of(split)
            ]

        def synthetic() -> ValidationSet:
            patients = replay_cases(work.cache / "replay", work.is_cancelled, GUARD_SEEDS)
            known = work.plan.trained_structures
            own = [only_structures(patient, known) for patient in patients]
            return ValidationSet.of(own, spacing_mm, find)

        def tuner(recipe: FineTuneRecipe, device: str, team: Team) -> FineTuner:
            return FineTuner(recipe, base.shape, base.weights, base.key, work.folder, device, team)

        own = cases_of(Split.TRAIN)
        replay = replay_cases(work.cache / "replay", work.is_cancelled)
        return Course(
            ClickSampler(own, [1.0] * len(own), spacing_mm, SITE_VARIETY),
            ClickSampler(replay, [1.0] * len(replay), spacing_mm),
            ValidationSet.of(cases_of(Split.VALIDATION), spacing_mm, find),
            synthetic,
            tuner,
        )

    def write(weights: Tensors, version: str, learned_from: str, place: Path) -> ModelPackage:
        return write_candidate(base, weights, version, learned_from, place)

    return Teachable(base.package, recipe, course, write)


def _of_network(base: NetworkBase) -> Teachable:
    def recipe(settings: FineTuneSettings, device: str) -> FineTuneRecipe:
        return network_recipe(settings, base, device)

    def course(work: CourseWork) -> Course[NetworkSampler, NetworkAnswer]:
        def validation(cases: list[NetworkCase]) -> NetworkValidation:
            return NetworkValidation(cases, base.sides, base.spec, takes_clicks=base.takes_clicks)

        def cases_of(split: Split) -> list[NetworkCase]:
            return [_project_case(base, planned, work) for planned in work.plan.of(split)]

        def synthetic() -> NetworkValidation:
            return validation([_phantom_case(base, seed, work) for seed in GUARD_SEEDS])

        def tuner(recipe: FineTuneRecipe, device: str, team: Team) -> NetworkTuner:
            return NetworkTuner(recipe, base, work.folder, device, team)

        return Course(
            NetworkSampler(cases_of(Split.TRAIN)),
            NetworkSampler([_phantom_case(base, seed, work) for seed in REPLAY_SEEDS]),
            validation(cases_of(Split.VALIDATION)),
            synthetic,
            tuner,
        )

    def write(weights: Tensors, version: str, learned_from: str, place: Path) -> ModelPackage:
        return write_network_candidate(base, weights, version, learned_from, place)

    return Teachable(base.package, recipe, course, write)


def _project_case(base: NetworkBase, planned: PlannedCase, work: CourseWork) -> NetworkCase:
    """A case on the network's grid, from the job's folder where it was prepared before."""
    place = work.folder / "cases" / f"{planned.case_id}-{planned.version_id}"
    if not place.exists():
        case = work.project.cases.get(planned.case_id)
        volume = open_case_volume(work.project, case, is_cancelled=work.is_cancelled)
        labels = work.project.versions.read(planned.version_id).labels
        known = tuple(name for name in planned.structures if name in base.spec.outputs)
        save_network_case(network_case(volume, labels, _values(known), base.spec), place)
    return load_network_case(place)


def _phantom_case(base: NetworkBase, seed: int, work: CourseWork) -> NetworkCase:
    """A synthetic patient on the network's grid, with what the network knew."""
    stop_if(work.is_cancelled)
    place = work.folder / "cases" / f"phantom-{seed}"
    if not place.exists():
        phantom = make_phantom(seed, shape=REPLAY_SHAPE)
        volume: Volume = phantom.volume
        known = tuple(name for name in base.spec.structures if name not in base.added)
        save_network_case(network_case(volume, phantom.labels, _values(known), base.spec), place)
    return load_network_case(place)


def _values(structures: Sequence[str]) -> dict[int, str]:
    return {structure_by_name(name).label_value: name for name in structures}
