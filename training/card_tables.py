"""The tables of a model card, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from training.evaluation.result_file import MeasuredFigures, MeasuredSummary, ResultFile
from training.evaluation.summary import Measure

NONE = "-"


def overview_table(results: Sequence[tuple[str, ResultFile]]) -> str:
    """One line for each data set, structure and user: mean Dice by number of clicks.

    ``results`` are named by the data that they were measured on.
    """
    summaries = [
        (data, structure, user)
        for data, result in results
        for structure, summary in result.summary.items()
        for user in summary.by_user()
    ]
    counts = sorted({n for _, _, summary in summaries for n in summary.dice})
    if not counts:
        return "Nothing was measured yet."
    head = ["data", "structure", "cases", "user", *(f"Dice at {n}" for n in counts)]
    rows = []
    for data, structure, summary in summaries:
        means = [_number(_mean(summary.dice.get(n)), Measure.DICE) for n in counts]
        rows.append([data, structure, str(summary.cases), summary.user, *means, _harmful(summary)])
    return _table([*head, "harmful clicks"], rows)


def totals_table(result: ResultFile) -> str:
    """What is counted over all clicks, one line for each structure and user."""
    head = ["structure", "user", "cases", "clicks to 0.90", "harmful clicks", "s a click"]
    rows = [
        [
            structure,
            user.user,
            str(user.cases),
            _clicks_to_good(user),
            f"{_harmful(user)} of {user.clicks_placed}",
            f"{user.seconds_per_click:.2f}",
        ]
        for structure, summary in result.summary.items()
        for user in summary.by_user()
    ]
    return _table(head, rows)


def detail_table(summary: MeasuredSummary) -> str:
    """One line for each number of clicks, with mean, median and worst of every measure."""
    interval = f"{100 * summary.confidence.level:.0f} % interval"
    head = ["clicks", "Dice", interval, "median", "worst"]
    for measure in (Measure.NSD, Measure.HD95):
        head += [measure.heading, "median", "worst"]
    rows = []
    for clicks, dice in summary.dice.items():
        worst = summary.worst_case[Measure.DICE][clicks]
        row = [
            str(clicks),
            _number(dice.mean, Measure.DICE),
            _interval(summary.confidence.dice[clicks]),
            _number(dice.median, Measure.DICE),
            f"{_number(dice.worst, Measure.DICE)} ({worst})",
        ]
        for measure, by_clicks in (
            (Measure.NSD, summary.nsd_2mm),
            (Measure.HD95, summary.hd95_mm),
        ):
            row += _figures(by_clicks[clicks], measure)
        rows.append(row)
    return _table(head, rows)


def _figures(figures: MeasuredFigures, measure: Measure) -> list[str]:
    worst = _number(figures.worst, measure)
    if figures.empty_masks:
        worst = f"{figures.empty_masks} empty"
    return [_number(figures.mean, measure), _number(figures.median, measure), worst]


def _mean(figures: MeasuredFigures | None) -> float | None:
    return None if figures is None else figures.mean


def _number(value: float | None, measure: Measure) -> str:
    return NONE if value is None else f"{value:.{measure.decimals}f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return NONE if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"


def _harmful(summary: MeasuredSummary) -> str:
    return f"{100 * summary.harmful_click_share:.1f} %"


def _clicks_to_good(summary: MeasuredSummary) -> str:
    reach = f"{summary.cases_that_reach} of {summary.cases} cases"
    if summary.clicks_to_good is None:
        return f"{NONE} ({reach})"
    return f"{summary.clicks_to_good:.1f} ({reach})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
