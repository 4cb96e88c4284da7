"""Approved labels with which the active model disagrees far more than with the others."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from imaging.errors import CancelledError, MaskwrightError
from imaging.writers.atomic_file import whole_file
from inference.model_package import ModelPackage
from inference.open_session import open_session
from training.cases.find_cases import IsCancelled, stop_if
from training.cases.model_used import model_used
from training.cases.project import Project
from training.cases.records import Split
from training.evaluation.simulated_user import Trial, User, simulate_user
from training.fine_tuning.measuring import GateCase, held_out_case
from training.fine_tuning.plan import (
    HeldBack,
    PlannedCase,
    TrainingPlan,
    was_approved_with_reason,
)
from training.fine_tuning.shared_answers import SharedAnswers

CLICKS = 3
"""So many clicks in the largest errors bring a model to a right label, if it can see the organ."""

LEAST_CASES = 4
"""With fewer cases of a structure nobody can say what is usual."""

LEAST_DROP = 0.15
"""Below the median Dice: less is ordinary variety between patients."""

DEVIATIONS = 3.0
"""Or so many standard deviations below it, where the cases vary more than that."""

DEVIATION_OF_MAD = 1.4826
"""The median distance from the median, times this, estimates the deviation without outliers."""

CHECKED_SPLITS = (Split.TRAIN, Split.VALIDATION)
"""Not the hold-out: without what the active model gets wrong, it would win each comparison."""

_ADAPTER = TypeAdapter(dict[str, float])


def without_disagreeing(
    plan: TrainingPlan,
    project: Project,
    package: ModelPackage,
    included_cases: Collection[int],
    report_share: Callable[[float], None],
    is_cancelled: IsCancelled,
) -> TrainingPlan:
    """The plan without cases whose labels the model contradicts; they are held back and named.

    A case that was approved with a reason, or is one of ``included_cases``, stays, and so do all
    with a model that takes no clicks: what it misses alone says nothing about a label. What was
    measured is kept in the project for the next job.

    Raises:
        CancelledError: ``is_cancelled`` said so.
    """
    cases = [case for case in plan.cases if case.split in CHECKED_SPLITS]

    def stays(case_id: int) -> bool:
        return case_id in included_cases or was_approved_with_reason(project, case_id)

    if not package.takes_clicks or all(stays(case.case_id) for case in cases):
        return plan  # whatever the model says
    names = {name for case in cases for name in case.structures if name in package.structures}
    judged = {
        name for name in names if sum(name in case.structures for case in cases) >= LEAST_CASES
    }
    dice: dict[int, Mapping[str, float]] = {}
    folder = project.folder / "jobs" / "agreement" / model_used(package).sha256[:12]
    for number, case in enumerate(cases):
        stop_if(is_cancelled)
        if judged & set(case.structures):
            dice[case.case_id] = _measured(project, case, package, judged, folder, is_cancelled)
        report_share((number + 1) / len(cases))
    held_back = []
    for case_id, sentence in outliers(dice).items():
        if stays(case_id):
            continue
        held_back.append(HeldBack(case_id, project.cases.get(case_id).name, sentence))
    gone = {case.case_id for case in held_back}
    kept = tuple(case for case in plan.cases if case.case_id not in gone)
    return replace(plan, cases=kept, held_back=(*plan.held_back, *held_back))


def outliers(dice: Mapping[int, Mapping[str, float]]) -> dict[int, str]:
    """What to say about each case, by its number, that is far below the others."""
    by_structure: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for case_id, values in dice.items():
        for structure, value in values.items():
            by_structure[structure][case_id] = value
    found: defaultdict[int, list[str]] = defaultdict(list)
    for structure, of_case in sorted(by_structure.items()):
        usual = statistics.median(of_case.values())
        limit = usual - _allowed_drop(list(of_case.values()), usual)
        for case_id, value in of_case.items():
            if len(of_case) >= LEAST_CASES and value < limit:
                found[case_id].append(
                    f"The active model disagrees with the approved {structure}: Dice {value:.2f} "
                    f"after {CLICKS} simulated clicks, where {usual:.2f} is usual here."
                )
    advice = "Look at the labels; if they are right, use the case all the same."
    return {case_id: " ".join((*sentences, advice)) for case_id, sentences in found.items()}


def _allowed_drop(values: Sequence[float], usual: float) -> float:
    spread = statistics.median(abs(value - usual) for value in values)
    return max(LEAST_DROP, DEVIATIONS * DEVIATION_OF_MAD * spread)


def _measured(
    project: Project,
    planned: PlannedCase,
    package: ModelPackage,
    judged: Collection[str],
    folder: Path,
    is_cancelled: IsCancelled,
) -> Mapping[str, float]:
    """Dice of the model's answer by structure; none where the case cannot be measured."""
    file = folder / f"{planned.case_id}-{planned.version_id}.json"
    try:
        return _ADAPTER.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        pass  # not measured yet
    try:
        case = held_out_case(project, planned, is_cancelled)
        dice = _answers(case, package, judged, is_cancelled)
    except CancelledError:
        raise
    except MaskwrightError:  # the training says what is wrong with the case
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    with whole_file(file, ".json") as part:
        part.write_bytes(_ADAPTER.dump_json(dice))
    return dice


def _answers(
    case: GateCase, package: ModelPackage, judged: Collection[str], is_cancelled: IsCancelled
) -> dict[str, float]:
    session = open_session(case.volume, package, SharedAnswers((package,)).open)
    shape = case.volume.geometry.shape
    found = {}
    for structure, target in case.targets.items():
        if structure not in judged:
            continue
        stop_if(is_cancelled)
        start = np.zeros(shape, bool)
        if structure in package.automatic_structures:
            start = session.segment(structure).whole_mask(shape)
        trial = Trial(case.key, structure, case.volume.geometry, target, start)
        found[structure] = simulate_user(trial, session, User.EXACT, (CLICKS,)).dice[CLICKS]
    return found
