"""Counts of found voxels are those that counting anew would give."""

import numpy as np
import pytest

from inference.found_counts import FoundCounts
from inference.window_lattice import WindowLattice

SHAPE = (20, 15, 26)
LATTICE = WindowLattice(((0, 4, 8), (0, 3), (0, 5, 10, 14)), (12, 12, 12))


@pytest.fixture
def found():
    return np.zeros(SHAPE, bool)


def _run(counts, found, cell, after):
    box = LATTICE.box(cell)
    before = found[box].copy()
    found[box] = after
    counts.note_run(cell, before, found[box])


def _fullest_by_counting(found, run, least):
    counts = {c: np.count_nonzero(found[LATTICE.box(c)]) for c in LATTICE.cells() if c not in run}
    best = max(counts.values(), default=0)
    return next((c for c, n in counts.items() if n == best), None) if best >= least else None


def test_the_fullest_window_is_that_of_counting_anew(found):
    rng = np.random.default_rng(5)
    counts, run = FoundCounts(LATTICE), []
    cell = (1, 1, 2)
    while cell is not None:
        # Later windows find less, so that counts fall as well.
        _run(counts, found, cell, rng.random((12, 12, 12)) < 0.5 / (1 + len(run)))
        run.append(cell)
        holding = [c for c in LATTICE.cells() if c not in run and found[LATTICE.box(c)].sum() >= 40]
        assert counts.count_waiting(40) == len(holding)
        cell = counts.fullest(40)
        assert cell == _fullest_by_counting(found, run, 40)
    assert len(run) > 5
    assert all(counts.is_run(one) for one in run)


def test_nothing_found_asks_for_no_window(found):
    counts = FoundCounts(LATTICE)
    _run(counts, found, (0, 0, 0), np.zeros((12, 12, 12), bool))
    assert counts.fullest(1) is None
    assert counts.count_waiting(1) == 0
