"""The results of several cases as figures: mean, interval, median, worst case."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.evaluation.intervals import Interval, mean_interval
from training.evaluation.simulated_user import CaseResult, User


class Measure(StrEnum):
    """What is measured on a mask; the values are the keys of the JSON report."""

    DICE = "dice"
    NSD = "nsd_2mm"
    HD95 = "hd95_mm"

    @property
    def heading(self) -> str:
        """As the head of a table."""
        return {"dice": "Dice", "nsd_2mm": "NSD at 2 mm", "hd95_mm": "HD95 (mm)"}[self.value]

    @property
    def is_better_if_larger(self) -> bool:
        """False for a distance."""
        return self is not Measure.HD95

    @property
    def decimals(self) -> int:
        """How many decimals mean something."""
        return 3 if self.is_better_if_larger else 1

    def of(self, result: CaseResult, clicks: int) -> float | None:
        """The value after that many clicks; None for the distance to an empty mask."""
        if self is Measure.DICE:
            return result.dice[clicks]
        agreement = result.surface[clicks]
        return agreement.nsd if self is Measure.NSD else agreement.hd95_mm


@dataclass(frozen=True, slots=True)
class Figures:
    """One measure after one number of clicks, over the cases.

    Attributes:
        mean: over the cases that have a value, like the median and ``interval``; None without any.
        median: of those cases.
        interval: of the mean; None for fewer than two cases.
        worst: the worst value; None if some case has none, for that is worse than any.
        worst_case: its case.
        undefined: how many cases have no value, because their mask is empty.
    """

    mean: float | None
    median: float | None
    interval: Interval | None
    worst: float | None
    worst_case: str
    undefined: int


@dataclass(frozen=True, slots=True)
class StructureSummary:
    """What one user reached for one structure, over the cases.

    Attributes:
        structure: its name.
        user: who clicked.
        cases: how many there were.
        figures: by measure and number of clicks.
        clicks_to_good: mean clicks to ``GOOD_DICE``, of the cases that reach it; None without any.
        cases_that_reach: how many do.
        harmful_click_share: share of clicks that lowered the Dice.
        clicks_placed: how many clicks that is a share of.
        seconds_per_click: mean over all clicks.
    """

    structure: str
    user: User
    cases: int
    figures: Mapping[Measure, Mapping[int, Figures]]
    clicks_to_good: float | None
    cases_that_reach: int
    harmful_click_share: float
    clicks_placed: int
    seconds_per_click: float


def summarise(
    results: Sequence[CaseResult], click_counts: Sequence[int], seed: int
) -> StructureSummary:
    """Sum up the results of one structure and one user."""
    reached = [r.clicks_to_good for r in results if r.clicks_to_good is not None]
    seconds = [one for result in results for one in result.seconds]
    harmful = sum(result.harmful_clicks for result in results)
    return StructureSummary(
        structure=results[0].structure,
        user=results[0].user,
        cases=len(results),
        figures={
            measure: {n: _figures(results, measure, n, seed) for n in click_counts}
            for measure in Measure
        },
        clicks_to_good=statistics.fmean(reached) if reached else None,
        cases_that_reach=len(reached),
        harmful_click_share=harmful / len(seconds) if seconds else 0.0,
        clicks_placed=len(seconds),
        seconds_per_click=statistics.fmean(seconds) if seconds else 0.0,
    )


def _figures(results: Sequence[CaseResult], measure: Measure, clicks: int, seed: int) -> Figures:
    by_case = [(result.case, measure.of(result, clicks)) for result in results]
    values = [value for _, value in by_case if value is not None]

    def badness(case_and_value: tuple[str, float | None]) -> float:
        _, value = case_and_value
        if value is None:
            return float("inf")
        return -value if measure.is_better_if_larger else value

    worst_case, worst = max(by_case, key=badness)
    return Figures(
        mean=statistics.fmean(values) if values else None,
        median=statistics.median(values) if values else None,
        interval=mean_interval(values, seed),
        worst=worst,
        worst_case=worst_case,
        undefined=len(by_case) - len(values),
    )
