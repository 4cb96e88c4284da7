"""MONAI's windows over a volume: their boxes, and as few of them as cover a part of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from imaging.labels import Box
from inference.network_specs import SlidingWindowSpec
from inference.windows import scan_starts

Cell = tuple[int, int, int]
"""A window, by its number along R, A, S."""


@dataclass(frozen=True, slots=True)
class WindowLattice:
    """All windows that MONAI runs over a volume; ``starts`` are first voxels along R, A, S."""

    starts: tuple[tuple[int, ...], ...]
    window: tuple[int, int, int]

    @classmethod
    def over(cls, shape: tuple[int, ...], spec: SlidingWindowSpec) -> WindowLattice:
        """The lattice over a volume at least as large as a window."""
        starts = tuple(
            scan_starts(length, side, spec.overlap)
            for length, side in zip(shape, spec.window_ras, strict=True)
        )
        return cls(starts, spec.window_ras)

    def cells(self) -> list[Cell]:
        """All windows, in MONAI's order."""
        r, a, s = (range(len(starts)) for starts in self.starts)
        return list(product(r, a, s))

    def box(self, cell: Cell) -> Box:
        """A window's voxels."""
        r, a, s = (
            slice(starts[n], starts[n] + side)
            for starts, n, side in zip(self.starts, cell, self.window, strict=True)
        )
        return r, a, s

    def covering(self, part: Box) -> list[Cell]:
        """Few windows that hold every voxel of a part of the volume."""
        r, a, s = (
            _covering(starts, side, one)
            for starts, side, one in zip(self.starts, self.window, part, strict=True)
        )
        return list(product(r, a, s))


def _covering(starts: tuple[int, ...], side: int, part: slice) -> list[int]:
    """Numbers of windows along one axis: each begins as late as leaves no gap."""
    numbers: list[int] = []
    uncovered = part.start
    while uncovered < part.stop:
        latest = max(n for n, start in enumerate(starts) if start <= uncovered)
        numbers.append(latest)
        uncovered = starts[latest] + side
    return numbers
