"""Lets simulated users correct the same cases with both models, patient by patient."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from imaging.volume import Volume
from imaging.writers.atomic_file import whole_file
from inference.click_session import ClickSession
from inference.model_package import ModelPackage
from training.cases.case_volume import open_case_volume
from training.cases.find_cases import IsCancelled, stop_if
from training.cases.project import Project
from training.cases.replay import PlayableStep
from training.evaluation.simulated_user import CaseResult, Trial, User, simulate_user
from training.fine_tuning.plan import PlannedCase
from training.fine_tuning.recorded_clicks import clicks_needed, dice_by_clicks, recorded_steps
from training.fine_tuning.shared_answers import SharedAnswers
from training.promotion import Figures, PatientPair

CLICK_COUNTS = (0, 1, 3, 5)

REFERENCE_SEEDS = range(3100, 3103)
"""Synthetic patients that no training sees."""

REFERENCE_SHAPE = (80, 176, 176)


@dataclass(frozen=True, slots=True, eq=False)
class GateCase:
    """A case to measure on: the CT, and the truth by structure.

    ``steps`` are those that the site recorded on the way to ``labels``; none where it did not.
    """

    key: str
    patient: str
    volume: Volume
    targets: dict[str, NDArray[np.bool_]]
    labels: NDArray[np.uint8]
    steps: tuple[PlayableStep, ...] = ()
    is_reference: bool = False


@dataclass(frozen=True, slots=True)
class CasePair:
    """One structure of one case with both models.

    ``recorded`` is how many of the site's own clicks the active one and the candidate needed; None
    where none were recorded.
    """

    patient: str
    structure: str
    active: Figures
    candidate: Figures
    is_reference: bool
    recorded: tuple[float, float] | None = None


_ADAPTER = TypeAdapter(tuple[CasePair, ...])


def held_out_case(project: Project, planned: PlannedCase, is_cancelled: IsCancelled) -> GateCase:
    """A case of the hold-out, with all structures that its approved version has.

    Raises:
        MaskwrightError: its CT or labels cannot be read.
    """
    case = project.cases.get(planned.case_id)
    volume = open_case_volume(project, case, is_cancelled=is_cancelled)
    labels = project.versions.read(planned.version_id).labels
    key = f"case-{planned.case_id}-{planned.version_id}"
    targets = _targets(labels, planned.structures)
    steps = recorded_steps(project, planned.version_id)
    return GateCase(key, planned.patient, volume, targets, labels, steps)


def reference_case(seed: int, structures: Sequence[str]) -> GateCase:
    """A synthetic patient: it shows whether something was forgotten."""
    phantom = make_phantom(seed, shape=REFERENCE_SHAPE)
    targets = _targets(phantom.labels, structures)
    name, key = f"synthetic patient {seed}", f"phantom-{seed}"
    return GateCase(key, name, phantom.volume, targets, phantom.labels, is_reference=True)


def measure_case(
    make_case: Callable[[], GateCase],
    key: str,
    active: ModelPackage,
    candidate: ModelPackage,
    seed: int,
    folder: Path,
    is_cancelled: IsCancelled,
) -> tuple[CasePair, ...]:
    """Measure both models on a case, or read in ``folder`` what an earlier call measured.

    Raises:
        MaskwrightError: the case cannot be read, or a model cannot be run.
        CancelledError: ``is_cancelled`` said so.
    """
    file = folder / f"{key}.json"
    try:
        return _ADAPTER.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        pass  # not measured yet
    case = make_case()
    answers = SharedAnswers((active, candidate))
    before = _figures(case, active, answers, seed, is_cancelled)
    after = _figures(case, candidate, answers, seed, is_cancelled)
    recorded = _recorded(case, (active, candidate), answers, is_cancelled)
    pairs = tuple(
        CasePair(
            case.patient,
            structure,
            before[structure],
            after[structure],
            case.is_reference,
            recorded.get(structure),
        )
        for structure in case.targets
    )
    folder.mkdir(parents=True, exist_ok=True)
    with whole_file(file, ".json") as part:
        part.write_bytes(_ADAPTER.dump_json(pairs))
    return pairs


def by_patient(pairs: Sequence[CasePair]) -> list[PatientPair]:
    """The mean over a patient's cases: they are not independent of each other."""
    groups: defaultdict[tuple[str, str, bool], list[CasePair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.patient, pair.structure, pair.is_reference].append(pair)
    return [
        PatientPair(
            patient,
            structure,
            _mean([pair.active for pair in group]),
            _mean([pair.candidate for pair in group]),
            is_reference,
        )
        for (patient, structure, is_reference), group in groups.items()
    ]


def _figures(
    case: GateCase,
    package: ModelPackage,
    answers: SharedAnswers,
    seed: int,
    is_cancelled: IsCancelled,
) -> dict[str, Figures]:
    session = ClickSession(case.volume, package, answers.open)
    found = {}
    for structure, target in case.targets.items():
        stop_if(is_cancelled)
        is_automatic = structure in package.automatic_structures
        start = np.zeros(case.volume.geometry.shape, bool)
        if is_automatic:
            start = session.segment(structure).whole_mask(case.volume.geometry.shape)
        trial = Trial(case.key, structure, case.volume.geometry, target, start)
        results = []
        for user in User:
            stop_if(is_cancelled)
            results.append(simulate_user(trial, session, user, CLICK_COUNTS, seed=seed))
        found[structure] = _mean([_of_result(r, is_automatic=is_automatic) for r in results])
    return found


def _recorded(
    case: GateCase,
    packages: tuple[ModelPackage, ModelPackage],
    answers: SharedAnswers,
    is_cancelled: IsCancelled,
) -> dict[str, tuple[float, float]]:
    """How many of the recorded clicks the active model and the candidate needed, by structure."""
    if not case.steps:
        return {}
    active, candidate = (
        dice_by_clicks(
            case.steps,
            case.labels,
            package.automatic_structures,
            ClickSession(case.volume, package, answers.open),
            is_cancelled,
        )
        for package in packages
    )
    return {name: clicks_needed(values, candidate[name]) for name, values in active.items()}


def _of_result(result: CaseResult, *, is_automatic: bool) -> Figures:
    counts = [count for count in CLICK_COUNTS if count]
    placed = max(1, result.clicks_placed)
    to_good = result.clicks_to_good
    return Figures(
        automatic=result.dice[0] if is_automatic else None,
        by_clicks={count: result.dice[count] for count in counts},
        surface=statistics.fmean(result.surface[count].nsd for count in counts),
        harmful_share=result.harmful_clicks / placed,
        clicks_to_good=float(to_good if to_good is not None else max(CLICK_COUNTS) + 1),
    )


def _mean(figures: Sequence[Figures]) -> Figures:
    automatic = [one.automatic for one in figures if one.automatic is not None]
    return Figures(
        automatic=statistics.fmean(automatic) if automatic else None,
        by_clicks={
            count: statistics.fmean(one.by_clicks[count] for one in figures)
            for count in figures[0].by_clicks
        },
        surface=statistics.fmean(one.surface for one in figures),
        harmful_share=statistics.fmean(one.harmful_share for one in figures),
        clicks_to_good=statistics.fmean(one.clicks_to_good for one in figures),
    )


def _targets(labels: NDArray[np.uint8], structures: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    found = {name: labels == structure_by_name(name).label_value for name in structures}
    return {name: mask for name, mask in found.items() if mask.any()}
