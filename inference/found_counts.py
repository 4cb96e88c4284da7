"""How many found voxels each window of a lattice holds, kept up to date while windows are run."""

from __future__ import annotations

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
        if np.array_equal(before, after):
            return
        change = after.astype(np.float32)
        change -= before
        touched = []
        for axis, (starts, number) in enumerate(zip(self._lattice.starts, cell, strict=True)):
            side = self._lattice.window[axis]
            away = np.array(starts) - starts[number]
            near = np.flatnonzero(np.abs(away) < side)
            # Which voxels of this window lie in which windows near it: one sum for each of them.
            places = np.arange(side) - away[near, None]
            members = ((places >= 0) & (places < side)).astype(np.float32)
            change = np.moveaxis(np.tensordot(members, change, (1, axis)), 0, axis)
            touched.append(near)
        self._counts[np.ix_(*touched)] += np.rint(change).astype(np.int64)

    def fullest(self, least: int) -> Cell | None:
        """The window with most found that was not run; None if none holds ``least`` voxels."""
        waiting = np.where(self._is_run, -1, self._counts)
        r, a, s = (int(n) for n in np.unravel_index(waiting.argmax(), waiting.shape))
        return (r, a, s) if waiting[r, a, s] >= least else None

    def count_waiting(self, least: int) -> int:
        """How many windows hold ``least`` found voxels and were not run."""
        return int(np.count_nonzero(~self._is_run & (self._counts >= least)))
