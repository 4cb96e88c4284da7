"""Draws Dice against the number of clicks: one panel a structure, one colour a user."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from training.evaluation.figure_file import BLUE, VERMILION, new_figure
from training.evaluation.intervals import CONFIDENCE, mean_interval
from training.evaluation.report import EvaluationReport
from training.evaluation.simulated_user import GOOD_DICE, CaseResult, User

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_IN = (5.2, 4.2)

HIGHEST_START = 0.8
"""The axis starts no higher, so that 0.90 and what lies below it are seen."""

COLORS = {User.EXACT: BLUE, User.JITTERED: VERMILION}


def dice_figure(report: EvaluationReport) -> Figure:
    """The mean over the cases with its confidence band, and a thin line for each case.

    Raises:
        MaskwrightError: matplotlib is missing.
    """
    names = report.structures()
    figure = new_figure(PANEL_IN[0] * len(names), PANEL_IN[1])
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    for panel, name in zip(panels, names, strict=True):
        by_user = report.of(name)
        for user, results in by_user.items():
            _draw_user(panel, user, results, report.seed)
        _finish(panel, name, [result for own in by_user.values() for result in own])
    panels[0].set_ylabel("Dice")
    figure.suptitle(f"{report.model} {report.model_version} on {report.data}", fontsize=11)
    return figure


def _draw_user(panel: Axes, user: User, results: Sequence[CaseResult], seed: int) -> None:
    color = COLORS[user]
    clicks = range(len(results[0].dice))
    by_clicks = [[result.dice[n] for result in results] for n in clicks]
    for result in results:
        panel.plot(clicks, result.dice, color=color, linewidth=0.6, alpha=0.35)
    intervals = [mean_interval(values, seed) for values in by_clicks]
    band = [interval for interval in intervals if interval is not None]
    if len(band) == len(intervals):
        low, high = zip(*band, strict=True)
        panel.fill_between(clicks, low, high, color=color, alpha=0.18, linewidth=0)
    means = [statistics.fmean(values) for values in by_clicks]
    panel.plot(clicks, means, color=color, linewidth=2.2, label=f"{user} user", zorder=3)


def _finish(panel: Axes, name: str, results: Sequence[CaseResult]) -> None:
    from matplotlib.ticker import MaxNLocator

    cases = len({result.case for result in results})
    many = f" (thin), mean with {CONFIDENCE:.0%} band" if cases > 1 else ""
    panel.set_title(f"{name}: {cases} case{'s' if cases > 1 else ''}{many}", fontsize=10)
    panel.axhline(GOOD_DICE, color="0.45", linewidth=0.8, linestyle=(0, (4, 3)))
    # Curves near the top would be flat on an axis from 0; where it starts is told by its ticks.
    lowest = min(min(result.dice) for result in results)
    panel.set_ylim(min(math.floor(lowest * 10) / 10, HIGHEST_START), 1.0)
    panel.set_xlabel("clicks")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    panel.margins(x=0.03)
    panel.grid(axis="y", color="0.9", linewidth=0.6)
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(loc="lower right", frameon=False)
