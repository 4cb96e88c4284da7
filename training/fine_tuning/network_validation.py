"""What an imported network is asked on the validation cases: alone, and after a few clicks."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.measures import dice
from training.fine_tuning.network_cases import (
    NetworkCase,
    Point,
    Sides,
    Spec,
    click_channel,
    cut_out,
    network_inputs,
)
from training.simulated_clicks import click_in_largest_error

CLICK_COUNTS = (1, 3)
"""The Dice after so many clicks on a structure counts beside the one before."""

MOST_CASES = 4
"""Of each structure; more take longer than they tell."""

NetworkAnswer = Callable[[NDArray[np.float32]], NDArray[np.uint8]]
"""From channels (c, r, a, s) to the winning classes (r, a, s)."""


class NetworkValidation:
    """The same questions for every epoch: each structure of each case, in what the network sees."""

    def __init__(
        self, cases: Sequence[NetworkCase], sides: Sides, spec: Spec, *, takes_clicks: bool
    ) -> None:
        self._spec = spec
        self._takes_clicks = takes_clicks
        self._pieces: list[tuple[int, NetworkCase]] = []
        counts: defaultdict[int, int] = defaultdict(int)
        for case in cases:
            for number in case.labelled:
                voxels = np.argwhere(case.classes == number)
                if len(voxels) and counts[number] < MOST_CASES:
                    counts[number] += 1
                    middle = voxels.mean(axis=0).astype(int)
                    self._pieces.append((number, cut_out(case, middle, sides)))

    def __len__(self) -> int:
        """How many structures of cases there are."""
        return len(self._pieces)

    def dice(self, answer: NetworkAnswer) -> dict[str, float]:
        """Mean Dice by structure."""
        values: defaultdict[str, list[float]] = defaultdict(list)
        for number, piece in self._pieces:
            values[self._spec.outputs[number]].append(self._asked(number, piece, answer))
        return {structure: statistics.fmean(found) for structure, found in values.items()}

    def dice_by_part(self, answer: NetworkAnswer) -> dict[str, float]:
        """The same: what such a network says without clicks and with them is one dialogue."""
        return self.dice(answer)

    def _asked(self, number: int, piece: NetworkCase, answer: NetworkAnswer) -> float:
        structure = self._spec.outputs[number]
        target = piece.classes == number
        clicks: defaultdict[str, list[Point]] = defaultdict(list)
        mask = answer(network_inputs(piece.image, clicks, self._spec)) == number
        found = [dice(mask, target)]
        for count in range(1, max(CLICK_COUNTS) + 1) if self._takes_clicks else ():
            click = click_in_largest_error(target, mask, np.ones(3))
            if click is not None:  # else nothing is wrong any more
                channel = click_channel(structure, is_foreground=click.is_foreground)
                clicks[channel].append(click.index_kji)
                mask = answer(network_inputs(piece.image, clicks, self._spec)) == number
            if count in CLICK_COUNTS:
                found.append(dice(mask, target))
        return statistics.fmean(found)
