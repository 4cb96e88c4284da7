"""The results of an evaluation, as a table for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from training.evaluation.intervals import CONFIDENCE
from training.evaluation.simulated_user import GOOD_DICE, CaseResult, User
from training.evaluation.summary import Figures, Measure, StructureSummary, summarise

WIDEST_NAME = 40
"""Longer names of cases are cut in the table, not in the JSON report."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that could not be measured, and why."""

    case: str
    structure: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The results of all cases, structures and users, and their summaries."""

    model: str
    model_version: str
    engine: str
    data: str
    results: tuple[CaseResult, ...]
    click_counts: tuple[int, ...]
    seed: int = 0
    is_single_view: bool = False
    left_out: tuple[LeftOut, ...] = ()

    def structures(self) -> tuple[str, ...]:
        """All that was measured, in the order in which it was asked for."""
        return tuple(dict.fromkeys(result.structure for result in self.results))

    def of(self, structure: str) -> dict[User, list[CaseResult]]:
        """The results of one structure by user, the exact one first."""
        own = [result for result in self.results if result.structure == structure]
        by_user = {user: [result for result in own if result.user is user] for user in User}
        return {user: results for user, results in by_user.items() if results}

    def summaries(self, structure: str) -> list[StructureSummary]:
        """One summary for each user."""
        return [
            summarise(results, self.click_counts, self.seed)
            for results in self.of(structure).values()
        ]

    def as_json(self) -> dict[str, object]:
        """The form that ``maskwright evaluate --json`` writes.

        Where there are two users, the second one's results lie under its name inside the
        first one's.
        """
        return {
            "model": self.model,
            "model_version": self.model_version,
            "engine": self.engine,
            "data": self.data,
            "seed": self.seed,
            "automatic_views": "one" if self.is_single_view else "all",
            "cases": self._cases_as_json(),
            "summary": {
                name: _nested([summary_as_json(one) for one in self.summaries(name)])
                for name in self.structures()
            },
            "left_out": [
                {"case": one.case, "structure": one.structure, "reason": one.reason}
                for one in self.left_out
            ],
        }

    def as_text(self) -> str:
        """A table for people: one line a structure, user, measure and number of clicks."""
        case_count = len({result.case for result in self.results})
        views = ", automatic network with one view" if self.is_single_view else ""
        model = f"{self.model} {self.model_version}"
        lines = [f"model {model}, {self.engine}{views}, {case_count} case(s)"]
        for name in self.structures():
            for summary in self.summaries(name):
                lines += ["", *_table(summary)]
        if self.left_out:
            lines += ["", f"{len(self.left_out)} measurement(s) left out:"]
            lines += [f"  {one.case}, {one.structure}: {one.reason}" for one in self.left_out]
        return "\n".join(lines)

    def _cases_as_json(self) -> list[dict[str, object]]:
        def of_case(result: CaseResult) -> tuple[str, str]:
            return result.case, result.structure

        return [
            _nested([self._case_as_json(result) for result in results])
            for _, results in groupby(self.results, of_case)
        ]

    def _case_as_json(self, result: CaseResult) -> dict[str, object]:
        values = {measure: self._values(result, measure) for measure in Measure}
        return {
            "case": result.case,
            "structure": result.structure,
            "user": result.user.value,
            **{measure.value: by_clicks for measure, by_clicks in values.items()},
            "dice_by_click": [round(value, 4) for value in result.dice],
            "clicks_to_0.90": result.clicks_to_good,
            "clicks_placed": result.clicks_placed,
            "harmful_clicks": result.harmful_clicks,
            "seconds_per_click": round(result.seconds_per_click, 3),
        }

    def _values(self, result: CaseResult, measure: Measure) -> dict[str, float | None]:
        return {str(n): _rounded(measure.of(result, n)) for n in self.click_counts}


def summary_as_json(summary: StructureSummary) -> dict[str, object]:
    """One user's summary."""
    figures = summary.figures.items()
    return {
        "user": summary.user.value,
        "cases": summary.cases,
        **{m.value: {str(n): _figures_as_json(m, f) for n, f in by.items()} for m, by in figures},
        "worst_case": {m.value: {str(n): f.worst_case for n, f in by.items()} for m, by in figures},
        "confidence": {
            "level": CONFIDENCE,
            **{m.value: {str(n): _interval_as_json(f) for n, f in by.items()} for m, by in figures},
        },
        "clicks_to_0.90": _rounded(summary.clicks_to_good, 2),
        "cases_that_reach_0.90": summary.cases_that_reach,
        "clicks_placed": summary.clicks_placed,
        "harmful_click_share": _rounded(summary.harmful_click_share),
        "seconds_per_click": _rounded(summary.seconds_per_click, 3),
    }


def _figures_as_json(measure: Measure, figures: Figures) -> dict[str, object]:
    worst = "min" if measure.is_better_if_larger else "max"
    return {
        "mean": _rounded(figures.mean),
        "median": _rounded(figures.median),
        worst: _rounded(figures.worst),
        **({"empty_masks": figures.undefined} if figures.undefined else {}),
    }


def _interval_as_json(figures: Figures) -> list[float] | None:
    return [round(end, 4) for end in figures.interval] if figures.interval else None


def _nested(by_user: Sequence[dict[str, object]]) -> dict[str, object]:
    first, *others = by_user
    return first | {str(other["user"]): other for other in others}


def _rounded(value: float | None, decimals: int = 4) -> float | None:
    return None if value is None else round(value, decimals)


def _table(summary: StructureSummary) -> list[str]:
    cases = f"{summary.cases} case{'s' if summary.cases > 1 else ''}"
    interval = f"{CONFIDENCE:.0%} interval"
    lines = [
        f"{summary.structure}, {cases}, {summary.user} user ({summary.user.description})",
        f"  {'':<12}{'clicks':>6}{'mean':>8}  {interval:<15}{'median':>8}{'worst':>8}  worst case",
    ]
    for measure, by_clicks in summary.figures.items():
        for clicks, figures in by_clicks.items():
            title = measure.heading if clicks == min(by_clicks) else ""
            lines.append(f"  {title:<12}{clicks:>6}{_row(measure, figures)}")
    lines.append(f"  {_in_words(summary)}")
    return lines


def _row(measure: Measure, figures: Figures) -> str:
    def shown(value: float | None, width: int = 8) -> str:
        return f"{'-':>{width}}" if value is None else f"{value:>{width}.{measure.decimals}f}"

    interval = ""
    if figures.interval is not None:
        low, high = (shown(end, 0) for end in figures.interval)
        interval = f"[{low}, {high}]"
    case = figures.worst_case
    short = case if len(case) <= WIDEST_NAME else case[: WIDEST_NAME - 1] + "…"
    empty = f" ({figures.undefined} empty)" if figures.undefined else ""
    return (
        f"{shown(figures.mean)}  {interval:<15}{shown(figures.median)}{shown(figures.worst)}  "
        f"{short}{empty}"
    )


def _in_words(summary: StructureSummary) -> str:
    reached = f"no case reaches a Dice of {GOOD_DICE:.2f}"
    if summary.clicks_to_good is not None:
        reached = (
            f"{summary.clicks_to_good:.1f} clicks to a Dice of {GOOD_DICE:.2f} "
            f"(mean of the {summary.cases_that_reach} of {summary.cases} that reach it)"
        )
    return (
        f"{reached}; harmful clicks {summary.harmful_click_share:.1%} of {summary.clicks_placed}; "
        f"{summary.seconds_per_click:.2f} s a click"
    )
