"""Training as a dialogue: what the network answered is composed, judged and clicked again."""

from __future__ import annotations

import cc3d
import numpy as np
from numpy.typing import NDArray

from inference.postprocessing import ellipsoid, keep_change_near
from training.click_samples import ClickSample
from training.simulated_clicks import click_in_largest_error

MOST_ROUNDS = 8
"""Then a sample is given up: later clicks mend single voxels."""

POOL_SIZE = 12
"""Samples of one shape that wait for their next round."""

CARELESS_SHARE = 0.6
"""Clicks that miss the middle, or go to another error than the largest."""

SMALLEST_ERROR_VOXELS = 20
"""Below this nobody clicks any more."""

REACH_VOXELS = 6.0
CLICK_RADIUS_VOXELS = 1.0
"""As in ``inference.click_session``, on the network's grid of 2 mm."""


class OpenRounds:
    """Samples whose last answer is still wrong, by the shape of their patch."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, ...], list[ClickSample]] = {}

    def take(self, shape: tuple[int, int, int], rng: np.random.Generator) -> ClickSample | None:
        """One that waits, in no order; None if there is none of this shape."""
        waiting = self._waiting.get(shape, [])
        return waiting.pop(int(rng.integers(len(waiting)))) if waiting else None

    def answer(
        self, sample: ClickSample, answer: NDArray[np.bool_], rng: np.random.Generator
    ) -> None:
        """Put the answer in, click its largest error, and keep the sample if one is left."""
        if sample.rounds >= MOST_ROUNDS:
            return
        before = sample.mask > 0.5
        mask = composed(before, answer, sample)
        if int((mask != sample.target).sum()) < SMALLEST_ERROR_VOXELS:
            return
        careless = rng if rng.random() < CARELESS_SHARE else None
        sample.mask = mask.astype(np.float32)
        sample.add(click_in_largest_error(sample.target, mask, np.ones(3), careless), rng)
        sample.rounds += 1
        waiting = self._waiting.setdefault(sample.hu.shape, [])
        waiting.append(sample)
        if len(waiting) > POOL_SIZE:
            waiting.pop(0)


def composed(
    before: NDArray[np.bool_], answer: NDArray[np.bool_], sample: ClickSample
) -> NDArray[np.bool_]:
    """What the program would show: the answer near the newest click, and right at every click.

    A sample without clicks takes the answer as it is, as an automatic mask that is mended does.
    """
    if sample.newest is None:
        return answer
    mask = answer.copy()
    for points, is_foreground in ((sample.foreground, True), (sample.background, False)):
        for point in points:
            near, ball = ellipsoid(mask.shape, point, np.full(3, CLICK_RADIUS_VOXELS))
            mask[near][ball] = is_foreground
    return keep_change_near(before, mask, sample.newest[None], np.full(3, REACH_VOXELS))


def clicked_error(sample: ClickSample) -> NDArray[np.bool_]:
    """The connected error that the newest click is about; empty without one.

    What the mask lacks or has too much around that click: the part of the answer that the user
    waits for.
    """
    nothing: NDArray[np.bool_] = np.zeros_like(sample.target)
    if sample.newest is None:
        return nothing
    at = tuple(np.round(sample.newest).astype(int))
    before = sample.mask > 0.5
    wanted = bool(sample.target[at])
    wrong = (sample.target & ~before) if wanted else (before & ~sample.target)
    components = cc3d.connected_components(np.ascontiguousarray(wrong), connectivity=6)
    label = int(components[at])
    error: NDArray[np.bool_] = components == label
    return error if label else nothing
