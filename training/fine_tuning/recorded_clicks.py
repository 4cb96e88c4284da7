"""The clicks that the site itself placed on held-out cases, given to both models again, in order.

They were placed where the model of that day was wrong, so they favour it: they show what the
difference means in work, and decide nothing.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.cases.find_cases import IsCancelled, stop_if
from training.cases.project import Project
from training.cases.provenance import AutomaticStep, ImportStep, effective_steps
from training.cases.replay import PlayableStep, ReplayPlan, Responder, replay
from training.evaluation.simulated_user import GOOD_DICE
from training.promotion import RecordedWork

if TYPE_CHECKING:
    from training.fine_tuning.measuring import CasePair


def recorded_steps(project: Project, version_id: int) -> tuple[PlayableStep, ...]:
    """The clicks and automatic steps from an empty mask to a version.

    None where labels came from a file: their clicks mended something that no model has made.
    """
    done = effective_steps(project.versions.steps_since_start(version_id))
    if any(isinstance(step, ImportStep) for step in done):
        return ()
    return tuple(step for step in done if isinstance(step, PlayableStep))


def dice_by_clicks(
    steps: Sequence[PlayableStep],
    labels: NDArray[np.uint8],
    automatic_structures: Sequence[str],
    model: Responder,
    is_cancelled: IsCancelled,
) -> dict[str, tuple[float, ...]]:
    """Dice with the approved ``labels`` after 0, 1, 2, ... clicks on each structure.

    Automatic steps of a structure that this model cannot find alone are left out.
    """
    playable = [
        step
        for step in steps
        if not isinstance(step, AutomaticStep) or step.structure in automatic_structures
    ]
    found: defaultdict[str, list[float]] = defaultdict(lambda: [0.0])
    for played in replay(ReplayPlan(tuple(playable), 0), np.zeros_like(labels), labels, model):
        stop_if(is_cancelled)
        if isinstance(played.step, AutomaticStep):
            found[played.structure][-1] = played.dice
        else:
            found[played.structure].append(played.dice)
    return {structure: tuple(values) for structure, values in found.items() if len(values) > 1}


def clicks_needed(active: Sequence[float], candidate: Sequence[float]) -> tuple[float, float]:
    """How many of the same clicks each needed until the mask was good.

    Where neither gets so far, good is what both reach. One more than there are means never.
    """
    best = max(active), max(candidate)
    goal = GOOD_DICE if max(best) >= GOOD_DICE else min(best)
    return _first(active, goal), _first(candidate, goal)


def recorded_work(pairs: Iterable[CasePair]) -> tuple[RecordedWork, ...]:
    """The means over the cases that have recorded clicks, by structure."""
    groups: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for pair in pairs:
        if pair.recorded is not None:
            groups[pair.structure].append(pair.recorded)
    return tuple(
        RecordedWork(
            structure,
            len(counts),
            statistics.fmean(active for active, _ in counts),
            statistics.fmean(candidate for _, candidate in counts),
        )
        for structure, counts in sorted(groups.items())
    )


def _first(values: Sequence[float], goal: float) -> float:
    return float(next((n for n, value in enumerate(values) if value >= goal), len(values)))
