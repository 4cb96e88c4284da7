"""How long a click takes on an open CT, stage by stage, in a resident session."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.labels import LabelMap, bounding_box
from imaging.volume import Volume
from inference.messages import ClickRequest, StageSeconds
from inference.predictor import Predictor

SEED = 0
"""Decides where the clicks fall."""

MISSED_MM = 6.0
"""How far from the structure's border the clicks fall, at most: where real corrections do."""


@dataclass(frozen=True, slots=True)
class ClickTimes:
    """Seconds of every click after the first, which warms everything up.

    Attributes:
        stages: where the time of each click went.
        whole_s: from request to mask, of each click.
        prepare_s: opening the session, once.
        clicks: what was clicked, the first one included.
    """

    stages: tuple[StageSeconds, ...]
    whole_s: tuple[float, ...]
    prepare_s: float
    clicks: tuple[Click, ...] = ()

    def percentile_ms(self, values_s: Sequence[float], percent: float) -> float:
        """In milliseconds, one decimal."""
        return round(float(np.percentile(values_s, percent)) * 1000, 1)

    def as_json(self) -> dict[str, object]:
        """p50 and p95 of the click and its stages in ms, and what the network's share is."""
        stages = {
            name: [getattr(stage, name) for stage in self.stages]
            for name in ("guidance", "network", "map_back")
        }
        network_s = stages["network"]
        total_s = sum(self.whole_s)
        return {
            "clicks": len(self.whole_s),
            "prepare_ms": round(self.prepare_s * 1000, 1),
            "click_ms": self._summary(self.whole_s),
            "network_ms": self._summary(network_s),
            "stages_ms": {
                name: self._summary(values) | {"share": round(sum(values) / total_s, 3)}
                for name, values in stages.items()
            },
            "network_share": round(sum(network_s) / total_s, 3),
            "ratio_to_network": round(total_s / sum(network_s), 3),
        }

    def _summary(self, values_s: Sequence[float]) -> dict[str, float]:
        return {"p50": self.percentile_ms(values_s, 50), "p95": self.percentile_ms(values_s, 95)}


def time_clicks(
    session: Predictor,
    volume: Volume,
    structure: str,
    start: NDArray[np.bool_],
    number: int,
    before_click: Callable[[], None] = lambda: None,
) -> ClickTimes:
    """Click ``number`` times near the border of ``start`` (k, j, i), both kinds in turn.

    Each click works on the mask that the one before left. One more click, not counted, comes
    first. ``before_click`` is called before each and not timed.

    Raises:
        ValueError: if ``start`` is empty.
    """
    rng = np.random.default_rng(SEED)
    prepare_s = session.prepare()
    labels = LabelMap(volume.geometry.shape)
    first = labels.edit_to(start, 1)
    if first is None:
        raise ValueError("the mask to click at is empty")
    labels.apply(first)
    clicks: list[Click] = []
    stages, whole_s = [], []
    for _ in range(number + 1):
        mask = labels.mask(1)
        clicks.append(_click_near_border(mask, volume, structure, len(clicks) % 2 == 0, rng))
        request = ClickRequest(structure, tuple(clicks), mask)
        before_click()
        started = time.perf_counter()
        proposal = session.respond(request)
        whole_s.append(time.perf_counter() - started)
        stages.append(proposal.seconds)
        edit = labels.edit_to(proposal.mask, 1, box=proposal.box)
        if edit is not None:
            labels.apply(edit)
    return ClickTimes(tuple(stages[1:]), tuple(whole_s[1:]), prepare_s, tuple(clicks))


def _click_near_border(
    mask: NDArray[np.bool_],
    volume: Volume,
    structure: str,
    is_foreground: bool,
    rng: np.random.Generator,
) -> Click:
    """A click on a random voxel at the mask's border, moved by a few millimetres."""
    geometry = volume.geometry
    box = bounding_box(mask)
    inside = np.argwhere(mask[box]) if box is not None else np.zeros((1, 3), int)
    corner = np.array([part.start for part in box]) if box is not None else np.zeros(3)
    at = inside[rng.integers(len(inside))] + corner
    away = rng.uniform(-MISSED_MM, MISSED_MM, 3) / geometry.spacing_kji_mm
    index = np.clip(at + away, 0, np.array(geometry.shape) - 1)
    x, y, z = (float(mm) for mm in geometry.index_to_lps(index))
    return Click((x, y, z), structure, is_foreground)
