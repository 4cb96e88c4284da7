"""Which cases a job learns from, chooses by and is judged by; frozen when the job starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from imaging.errors import JobError
from imaging.volume import Volume
from imaging.writers.atomic_file import whole_file
from training.cases.case_loop import for_each_case
from training.cases.case_volume import open_case_volume
from training.cases.find_cases import IsCancelled, Problem, ReportProgress
from training.cases.project import Project
from training.cases.quality_checks import Finding, Severity, check_labels
from training.cases.records import CaseQuery, CaseRecord, CaseStatus, ReviewAction, Split


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """An approved version of a case; ``patient`` is the pseudonym that reports show."""

    case_id: int
    version_id: int
    patient: str
    split: Split
    structures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A case that is not used until somebody decides, and why, as a sentence."""

    case_id: int
    case: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The cases of a job."""

    cases: tuple[PlannedCase, ...]
    held_back: tuple[HeldBack, ...] = ()

    def of(self, split: Split) -> tuple[PlannedCase, ...]:
        """The cases of one split."""
        return tuple(case for case in self.cases if case.split is split)

    @property
    def trained_structures(self) -> tuple[str, ...]:
        """What the cases of the train split show."""
        names = (name for case in self.of(Split.TRAIN) for name in case.structures)
        return tuple(dict.fromkeys(names))

    @property
    def version_ids(self) -> frozenset[int]:
        """The label versions that the job uses."""
        return frozenset(case.version_id for case in self.cases)


_ADAPTER = TypeAdapter(TrainingPlan)


def make_plan(
    project: Project,
    included_cases: Sequence[int],
    report_progress: ReportProgress,
    is_cancelled: IsCancelled,
) -> TrainingPlan:
    """All approved cases with a split, after their labels were checked.

    A case whose labels the checks object to is held back, unless it was approved with a reason or
    is one of ``included_cases``. What cannot be right is held back in any case but the latter.

    Raises:
        JobError: there is nothing to learn from; the sentence says what to do.
        CancelledError: ``is_cancelled`` said so.
    """
    with_split = _learnable_cases(project)
    planned: list[PlannedCase] = []
    held_back: list[HeldBack] = []

    def look_at(case: CaseRecord) -> None:
        assert case.split is not None
        assert case.version_id is not None
        reason = None
        if case.id not in included_cases:
            volume = open_case_volume(project, case, is_cancelled=is_cancelled)
            reason = _objection(project, case, volume)
        if reason is None:
            planned.append(
                PlannedCase(case.id, case.version_id, case.pseudonym, case.split, case.structures)
            )
        else:
            held_back.append(HeldBack(case.id, case.name, reason))

    problems: list[Problem] = []
    for_each_case(with_split, look_at, problems, report_progress, is_cancelled)
    by_name = {case.name: case.id for case in with_split}
    held_back += [HeldBack(by_name[one.name], one.name, one.sentence) for one in problems]
    plan = TrainingPlan(tuple(planned), tuple(held_back))
    if not plan.of(Split.TRAIN):
        raise JobError(_nothing_to_learn(plan))
    return plan


def check_can_learn(project: Project) -> None:
    """Say before a job is queued what would make it fail at once; looks at no CT.

    Raises:
        JobError: there is nothing to learn from; the sentence says what to do.
    """
    if not any(case.split is Split.TRAIN for case in _learnable_cases(project)):
        raise JobError(_NOTHING_APPROVED)


def held_out_cases(project: Project) -> tuple[PlannedCase, ...]:
    """The approved cases by which models are compared, whatever the checks say of them.

    Raises:
        JobError: there is none; the sentence says what to do.
    """
    approved = project.cases.listed(CaseQuery(statuses=frozenset({CaseStatus.APPROVED})))
    found = tuple(
        PlannedCase(case.id, case.version_id, case.pseudonym, case.split, case.structures)
        for case in approved
        if case.split is Split.HOLD_OUT and case.version_id is not None and case.volumes
    )
    if not found:
        raise JobError(
            "There is no approved case in the hold-out to compare on. Draw the splits (maskwright "
            "cases split), and approve cases of the hold-out."
        )
    return found


def _learnable_cases(project: Project) -> list[CaseRecord]:
    """The approved cases with a split and a mask."""
    approved = project.cases.listed(CaseQuery(statuses=frozenset({CaseStatus.APPROVED})))
    if approved and not any(case.split for case in approved):
        raise JobError(
            "The project's patients are not shared out for training and comparison yet. Draw the "
            "splits first: in the project's settings, or with maskwright cases split."
        )
    return [case for case in approved if case.split is not None and case.volumes]


def save_plan(plan: TrainingPlan, file: Path) -> None:
    """Keep a plan, whole or not at all."""
    with whole_file(file, ".json") as part:
        part.write_bytes(_ADAPTER.dump_json(plan, indent=1))


def load_plan(file: Path) -> TrainingPlan | None:
    """A plan that was kept; None if there is none that can be read."""
    try:
        return _ADAPTER.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def _objection(project: Project, case: CaseRecord, volume: Volume) -> str | None:
    """Why the labels should not be used; None if nothing speaks against it."""
    assert case.version_id is not None
    stored = project.versions.read(case.version_id)
    findings = check_labels(stored.labels, volume, labels_geometry=stored.geometry)
    serious = [finding for finding in findings if finding.needs_reason]
    if was_approved_with_reason(project, case.id):
        serious = [finding for finding in serious if finding.severity is Severity.ERROR]
    return _sentence(serious) if serious else None


def was_approved_with_reason(project: Project, case_id: int) -> bool:
    """Whether whoever approved a case last said why: then no check holds it back."""
    approvals = [e for e in project.review.events(case_id) if e.action is ReviewAction.APPROVED]
    return bool(approvals) and bool(approvals[-1].comment)


def _sentence(findings: Sequence[Finding]) -> str:
    return " ".join(finding.sentence for finding in findings)


def _nothing_to_learn(plan: TrainingPlan) -> str:
    if plan.held_back:
        first = plan.held_back[0]
        return (
            f"There is no case to learn from: {len(plan.held_back)} are held back. "
            f'"{first.case}": {first.sentence} Mend the labels and approve them again, or include '
            "the cases by name."
        )
    return _NOTHING_APPROVED


_NOTHING_APPROVED = (
    "There is no approved case in the train split to learn from. Approve cases first; the list of "
    "cases shows their split."
)
