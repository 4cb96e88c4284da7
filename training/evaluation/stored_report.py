"""Brings stored reports back, and joins several into one, such as those of a leave-one-out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from training.evaluation.report import EvaluationReport, LeftOut
from training.evaluation.result_file import ResultFileError, read_json_model
from training.evaluation.simulated_user import CaseResult, User
from training.evaluation.surface_distance import SurfaceAgreement


class StoredCase(BaseModel):
    """One case of a report; ``jittered`` is the other user's part, if any."""

    model_config = ConfigDict(frozen=True)

    case: str
    structure: str
    user: User
    dice_by_click: tuple[float, ...]
    nsd_2mm: dict[int, float]
    hd95_mm: dict[int, float | None]
    clicks_placed: int
    harmful_clicks: int
    seconds_per_click: float
    jittered: StoredCase | None = None

    def results(self) -> Iterator[CaseResult]:
        """This user's result, then the other one's."""
        yield CaseResult(
            case=self.case,
            structure=self.structure,
            user=self.user,
            dice=self.dice_by_click,
            surface={n: SurfaceAgreement(self.nsd_2mm[n], self.hd95_mm[n]) for n in self.nsd_2mm},
            harmful_clicks=self.harmful_clicks,
            seconds=(self.seconds_per_click,) * self.clicks_placed,
        )
        if self.jittered is not None:
            yield from self.jittered.results()


class StoredLeftOut(BaseModel):
    """A case that was left out."""

    model_config = ConfigDict(frozen=True)

    case: str
    structure: str
    reason: str


class StoredReport(BaseModel):
    """What a report says of its cases; the summaries follow from them."""

    model_config = ConfigDict(frozen=True)

    model: str
    model_version: str
    engine: str
    data: str
    seed: int
    automatic_views: str
    cases: tuple[StoredCase, ...]
    left_out: tuple[StoredLeftOut, ...] = ()


def read_report(file: Path) -> EvaluationReport:
    """The report that was written to a file.

    Raises:
        ResultFileError: it cannot be read, or is none.
    """
    stored = read_json_model(file, StoredReport)
    results = tuple(result for case in stored.cases for result in case.results())
    counts = {tuple(sorted(result.surface)) for result in results}
    if len(counts) != 1:
        raise ResultFileError(f"{file.name} has no cases, or cases of unlike numbers of clicks.")
    return EvaluationReport(
        model=stored.model,
        model_version=stored.model_version,
        engine=stored.engine,
        data=stored.data,
        results=results,
        click_counts=counts.pop(),
        seed=stored.seed,
        is_single_view=stored.automatic_views == "one",
        left_out=tuple(LeftOut(o.case, o.structure, o.reason) for o in stored.left_out),
    )


def joined_report(reports: Sequence[EvaluationReport], data: str) -> EvaluationReport:
    """Several reports as if their cases had been measured together, under another name.

    Raises:
        ResultFileError: they are of unlike models or numbers of clicks, or a case is there twice.
    """
    first = reports[0]
    for report in reports[1:]:
        same = ("model", "model_version", "click_counts", "is_single_view")
        unlike = [name for name in same if getattr(report, name) != getattr(first, name)]
        if unlike:
            raise ResultFileError(
                f"The reports on {first.data} and {report.data} cannot be joined: they differ in "
                f"{', '.join(unlike)}. Measure both in the same way."
            )
    results = tuple(result for report in reports for result in report.results)
    seen: set[tuple[str, str, User]] = set()
    for result in results:
        key = (result.case, result.structure, result.user)
        if key in seen:
            raise ResultFileError(
                f"The {result.structure} of {result.case} is in two of the reports. Join each case "
                "once."
            )
        seen.add(key)
    left_out = tuple(one for report in reports for one in report.left_out)
    return replace(first, data=data, results=results, left_out=left_out)
