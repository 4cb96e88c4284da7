"""How many found voxels each window of a lattice holds, kept up to date while windows are run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inference.window_lattice import Cell, WindowLattice


class FoundCounts:
    """Numbers of found voxels for all windows, from what changes in one at a time."""

    def __init__(self, lattice: WindowLattice) -> None:
        """Nothing is found yet."""
        self._lattice = lattice
        self._counts = np.zeros([len(starts) for starts in lattice.starts], np.int64)
        self._is_run = np.zeros(self._counts.shape, bool)

    def is_run(self, cell: Cell) -> bool:
        """Whether a window was run."""
        return bool(self._is_run[cell])

    def note_run(self, cell: Cell, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> None:
        """A window was run: what was found in its box before and is after, (r, a, s)."""
        self._is_run[cell] = True
        change: NDArray[np.signedinteger] = after.view(np.int8) - before.view(np.int8)
        if not change.any():
            return
        touched = []
        for axis, (starts, number) in enumerate(zip(self._lattice.starts, cell, strict=True)):
            side = self._lattice.window[axis]
            away = np.array(starts) - starts[number]
            near = np.flatnonzero(np.abs(away) < side)
            # Of this window, where those near it begin and end.
            first, end = np.maximum(away[near], 0), np.minimum(away[near] + side, side)
            change = _sums_of_ranges(change, axis, first, end)
            touched.append(near)
        self._counts[np.ix_(*touched)] += change

    def fullest(self, least: int) -> Cell | None:
        """The window with most found that was not run; None if none holds ``least`` voxels."""
        waiting = np.where(self._is_run, -1, self._counts)
        r, a, s = (int(n) for n in np.unravel_index(waiting.argmax(), waiting.shape))
        return (r, a, s) if waiting[r, a, s] >= least else None

    def count_waiting(self, least: int) -> int:
        """How many windows hold ``least`` found voxels and were not run."""
        return int(np.count_nonzero(~self._is_run & (self._counts >= least)))


def _sums_of_ranges(
    numbers: NDArray[np.signedinteger], axis: int, first: NDArray[np.intp], end: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Sums over ranges of indices along an axis, which takes the place of the indices.

    Without matrix products: their threads would wait where those of the network's engine work.
    """
    cuts = np.unique(np.concatenate([first, end]))
    numbers = np.moveaxis(numbers, axis, 0)
    sums = np.zeros((len(cuts), *numbers.shape[1:]), np.int64)
    for place, (start, stop) in enumerate(pairwise(cuts), start=1):
        sums[place] = sums[place - 1] + numbers[start:stop].sum(axis=0, dtype=np.int32)
    of_ranges = sums[np.searchsorted(cuts, end)] - sums[np.searchsorted(cuts, first)]
    return np.moveaxis(of_ranges, 0, axis)
