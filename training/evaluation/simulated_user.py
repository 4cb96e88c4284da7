"""Lets a simulated user correct one structure in one case, and measures every step."""

from __future__ import annotations

import statistics
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.geometry import VolumeGeometry
from imaging.labels import Box, bounding_box
from imaging.measures import dice
from inference.messages import ClickRequest, MaskProposal
from training.evaluation.surface_distance import SurfaceAgreement, surface_agreement
from training.simulated_clicks import SimulatedClick, click_in_largest_error, jittered_click

GOOD_DICE = 0.90
"""The Dice for which clicks are counted."""

LOWERED = 1e-6
"""A click is harmful if it lowers the Dice by more than rounding."""

MARGIN_VOXELS = 3
"""Clicks are searched in the box of mask and truth and this much around, not in the whole CT."""


class User(StrEnum):
    """Who clicks."""

    EXACT = "exact"
    JITTERED = "jittered"

    @property
    def description(self) -> str:
        """What this user does, in words."""
        if self is User.EXACT:
            return "clicks the middle of the largest error"
        return "misses the middle by some mm, and now and then clicks elsewhere or across a border"


ChooseClick = Callable[
    [NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]], SimulatedClick | None
]
"""Given truth, mask and spacing (k, j, i) in mm: the next click, or None where nothing is wrong."""


OnMask = Callable[[int, NDArray[np.bool_]], None]
"""Called with the number of clicks and the mask so far."""


def ignore_mask(_clicks: int, _mask: NDArray[np.bool_]) -> None:
    """Nobody looks."""


class Session(Protocol):
    """The part of ``ClickSession`` that a simulated user needs."""

    def respond(self, request: ClickRequest) -> MaskProposal:
        """Answer a click."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One structure in one case, as a user finds it.

    ``target`` and ``start``, the mask before the first click, have the geometry's shape.
    """

    case: str
    structure: str
    geometry: VolumeGeometry
    target: NDArray[np.bool_]
    start: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one user reached for one structure in one case.

    Attributes:
        case: name of the case.
        structure: name of the structure.
        user: who clicked.
        dice: after 0, 1, 2, ... clicks; once nothing is wrong any more, the last value repeats.
        surface: by number of clicks, for those that are reported.
        harmful_clicks: how many clicks lowered the Dice.
        seconds: from click to mask, for each click that was really placed.
    """

    case: str
    structure: str
    user: User
    dice: tuple[float, ...]
    surface: Mapping[int, SurfaceAgreement]
    harmful_clicks: int
    seconds: tuple[float, ...]

    @property
    def clicks_placed(self) -> int:
        """How many clicks there were before nothing was wrong any more."""
        return len(self.seconds)

    @property
    def seconds_per_click(self) -> float:
        """Mean time from click to mask; 0 without clicks."""
        return statistics.fmean(self.seconds) if self.seconds else 0.0

    @property
    def clicks_to_good(self) -> int | None:
        """Clicks until ``GOOD_DICE`` is reached; None if it never is."""
        return next((n for n, value in enumerate(self.dice) if value >= GOOD_DICE), None)


def choose_clicks_as(user: User, seed: int, case: str, structure: str) -> ChooseClick:
    """How a user clicks; a jittered one does the same again for the same seed, case and structure.

    So a result does not depend on which other cases are measured, or in which order.
    """
    if user is User.EXACT:
        return click_in_largest_error
    rng = np.random.default_rng([seed, zlib.crc32(f"{case}/{structure}".encode())])
    return partial(jittered_click, rng=rng)


def simulate_user(
    trial: Trial,
    session: Session,
    user: User,
    click_counts: Sequence[int],
    *,
    seed: int = 0,
    on_mask: OnMask = ignore_mask,
) -> CaseResult:
    """Let a user correct one structure, click after click, up to the most of ``click_counts``.

    Surfaces are measured at ``click_counts`` only, since that takes far longer than a Dice.
    ``on_mask`` is called at those counts as well, with the mask so far.
    """
    choose = choose_clicks_as(user, seed, trial.case, trial.structure)
    spacing_mm = trial.geometry.spacing_kji_mm
    mask = trial.start
    clicks: list[Click] = []
    by_clicks: list[float] = []
    surface: dict[int, SurfaceAgreement] = {}
    seconds: list[float] = []
    for count in range(max(click_counts) + 1):
        click = _next_click(choose, trial.target, mask, spacing_mm) if count else None
        if click is not None:
            clicks.append(_placed(click, trial))
            proposal = session.respond(ClickRequest(trial.structure, tuple(clicks), mask))
            seconds.append(proposal.seconds.total)
            mask = mask.copy()
            mask[proposal.box] = proposal.mask
        has_changed = click is not None or not count
        by_clicks.append(dice(mask, trial.target) if has_changed else by_clicks[-1])
        if count in click_counts:
            surface[count] = surface_agreement(trial.target, mask, spacing_mm)
            on_mask(count, mask)
    steps = zip(by_clicks[1:], by_clicks[:-1], strict=True)
    harmful = sum(after < before - LOWERED for after, before in steps)
    return CaseResult(
        trial.case, trial.structure, user, tuple(by_clicks), surface, harmful, tuple(seconds)
    )


def _next_click(
    choose: ChooseClick,
    target: NDArray[np.bool_],
    mask: NDArray[np.bool_],
    spacing_kji_mm: NDArray[np.float64],
) -> SimulatedClick | None:
    """The next click, searched where something is rather than in the whole CT."""
    found = bounding_box(target | mask)
    if found is None:
        return None
    box = _grown(found, target.shape)
    click = choose(target[box], mask[box], spacing_kji_mm)
    if click is None:
        return None
    k, j, i = (at + part.start for at, part in zip(click.index_kji, box, strict=True))
    return SimulatedClick((k, j, i), click.is_foreground)


def _grown(box: Box, shape: tuple[int, ...]) -> Box:
    k, j, i = (
        slice(max(0, part.start - MARGIN_VOXELS), min(size, part.stop + MARGIN_VOXELS))
        for part, size in zip(box, shape, strict=True)
    )
    return k, j, i


def _placed(click: SimulatedClick, trial: Trial) -> Click:
    x, y, z = (float(mm) for mm in trial.geometry.index_to_lps(click.index_kji))
    return Click((x, y, z), trial.structure, click.is_foreground)
