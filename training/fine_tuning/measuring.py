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
from inference.model_package import ModelPackage
from inference.open_session import open_session
from training.cases.case_volume import open_case_volume
from training.cases.find_cases import IsCancelled, stop_if
from training.cases.project import Project
from training.cases.provenance import AutomaticStep
from training.cases.replay import PlayableStep
from training.evaluation.simulated_user import CaseResult, Trial, User, simulate_user
from training.fine_tuning.plan import PlannedCase
from training.fine_tuning.recorded_clicks import clicks_needed, dice_by_clicks, recorded_steps
from training.fine_tuning.report_pictures import save_slice, slice_file
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


Masks = dict[str, NDArray[np.bool_]]
"""By structure."""

_ADAPTER = TypeAdapter(tuple[CasePair, ...])


def case_key(planned: PlannedCase) -> str:
    """What a case is called among measures; another version of its labels is another one."""
    return f"case-{planned.case_id}-{planned.version_id}"


def held_out_case(project: Project, planned: PlannedCase, is_cancelled: IsCancelled) -> GateCase:
    """A case of the hold-out, with all structures that its approved version has.

    Raises:
        MaskwrightError: its CT or labels cannot be read.
    """
    case = project.cases.get(planned.case_id)
    volume = open_case_volume(project, case, is_cancelled=is_cancelled)
    labels = project.versions.read(planned.version_id).labels
    targets = _targets(labels, planned.structures)
    steps = recorded_steps(project, planned.version_id)
    return GateCase(case_key(planned), planned.patient, volume, targets, labels, steps)


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
    masks: tuple[Masks, Masks] = ({}, {})
    before = _figures(case, active, answers, seed, is_cancelled, masks[0])
    after = _figures(case, candidate, answers, seed, is_cancelled, masks[1])
    recorded = _recorded(case, (active, candidate), answers, is_cancelled)
    pairs = tuple(
        CasePair(
            case.patient,
            structure,
            before.get(structure) or nothing_beside(after[structure]),
            after.get(structure) or nothing_beside(before[structure]),
            case.is_reference,
            recorded.get(structure),
        )
        for structure in case.targets
        if structure in before or structure in after
    )
    folder.mkdir(parents=True, exist_ok=True)
    for structure, target in case.targets.items():
        last = [own[structure] for own in masks if structure in own]
        if len(last) == len(masks) and not case.is_reference:
            save_slice(slice_file(folder, key, structure), case.volume, target, last)
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
    masks: Masks,
) -> dict[str, Figures]:
    """What a model reaches for each structure; ``masks`` gets those of the exact user's end."""
    session = open_session(case.volume, package, answers.open)
    counts = CLICK_COUNTS if package.takes_clicks else (0,)
    users = tuple(User) if package.takes_clicks else (User.EXACT,)
    found = {}
    for structure, target in case.targets.items():
        stop_if(is_cancelled)
        if not knows(package, structure):
            continue
        is_automatic = structure in package.automatic_structures
        start = np.zeros(case.volume.geometry.shape, bool)
        if is_automatic:
            start = session.segment(structure).whole_mask(case.volume.geometry.shape)
        trial = Trial(case.key, structure, case.volume.geometry, target, start)
        results = []
        for user in users:
            stop_if(is_cancelled)

            def keep(_count: int, mask: NDArray[np.bool_], name: str = structure) -> None:
                masks[name] = mask

            results.append(simulate_user(trial, session, user, counts, seed=seed, on_mask=keep))
        found[structure] = _mean([_of_result(r, is_automatic=is_automatic) for r in results])
    return found


def knows(package: ModelPackage, structure: str) -> bool:
    """Whether a model says anything about a structure."""
    return package.answers_any_structure or structure in package.structures


def nothing_beside(other: Figures) -> Figures:
    """What a model reaches that does not know a structure, measured as ``other`` was."""
    return Figures(
        automatic=None if other.automatic is None else 0.0,
        by_clicks=dict.fromkeys(other.by_clicks, 0.0),
        surface=0.0,
        harmful_share=None,
        clicks_to_good=None if other.clicks_to_good is None else float(max(CLICK_COUNTS) + 1),
    )


def _recorded(
    case: GateCase,
    packages: tuple[ModelPackage, ModelPackage],
    answers: SharedAnswers,
    is_cancelled: IsCancelled,
) -> dict[str, tuple[float, float]]:
    """How many of the recorded clicks the active model and the candidate needed, by structure."""
    steps = [
        step
        for step in case.steps
        if all(knows(package, _structure_of(step)) for package in packages)
    ]
    if not steps or not all(package.takes_clicks for package in packages):
        return {}
    active, candidate = (
        dice_by_clicks(
            steps,
            case.labels,
            package.automatic_structures,
            open_session(case.volume, package, answers.open),
            is_cancelled,
        )
        for package in packages
    )
    return {name: clicks_needed(values, candidate[name]) for name, values in active.items()}


def _structure_of(step: PlayableStep) -> str:
    return step.structure if isinstance(step, AutomaticStep) else step.click.structure


def _of_result(result: CaseResult, *, is_automatic: bool) -> Figures:
    counts = [count for count in CLICK_COUNTS if count < len(result.dice)]
    clicked = [count for count in counts if count]
    to_good = result.clicks_to_good
    if to_good is None:
        to_good = max(CLICK_COUNTS) + 1
    return Figures(
        automatic=result.dice[0] if is_automatic else None,
        by_clicks={count: result.dice[count] for count in clicked},
        surface=statistics.fmean(result.surface[count].nsd for count in clicked or counts),
        harmful_share=result.harmful_clicks / max(1, result.clicks_placed) if clicked else None,
        clicks_to_good=float(to_good) if clicked else None,
    )


def _mean(figures: Sequence[Figures]) -> Figures:
    return Figures(
        automatic=_mean_of([one.automatic for one in figures]),
        by_clicks={
            count: statistics.fmean(one.by_clicks[count] for one in figures)
            for count in figures[0].by_clicks
        },
        surface=statistics.fmean(one.surface for one in figures),
        harmful_share=_mean_of([one.harmful_share for one in figures]),
        clicks_to_good=_mean_of([one.clicks_to_good for one in figures]),
    )


def _mean_of(values: Sequence[float | None]) -> float | None:
    """The mean of those that are there; None without any."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _targets(labels: NDArray[np.uint8], structures: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    found = {name: labels == structure_by_name(name).label_value for name in structures}
    return {name: mask for name, mask in found.items() if mask.any()}
