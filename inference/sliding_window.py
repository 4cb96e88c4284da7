"""A sliding-window network over a CT on its own grid: every window as MONAI, or only those needed.

MONAI runs windows everywhere, each voxel in up to 27 of them. The usual way here runs windows
side by side over the body first, and then, where they found something, those between them: where
all parts of a window count alike, until every voxel found has been seen by every window that holds
it, as with MONAI; where Gaussians make the middles count, until it lies in the middle half of some
window. A window of nothing but air is run once for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from imaging.errors import CancelledError
from imaging.labels import Box, bounding_box
from inference.engines.engine import Engine
from inference.messages import IsCancelled, ReportProgress
from inference.network_specs import SlidingWindowSpec
from inference.windows import WindowBlend, blending_weights, scan_starts

LEAST_TISSUE = 0.02
"""Share of a window that must be denser than the network's lowest HU for a first look at it."""

LARGEST_OVERLAP = 0.5
"""Of windows that count: eight answers for each voxel found, where MONAI may ask for 27."""

LEAST_FOUND_VOXELS = 64
"""Fewer voxels found in a window do not ask for it to be run: a speck, or the tip of an organ."""

Cell = tuple[int, int, int]


class SlidingWindow:
    """One network over one CT's image channel, axes (R, A, S), scaled to 0..1."""

    def __init__(self, spec: SlidingWindowSpec, image: NDArray[np.float32], engine: Engine) -> None:
        shape = image.shape
        sides = [max(a, b) for a, b in zip(shape, spec.window_ras, strict=True)]
        before = [(side - size) // 2 for side, size in zip(sides, shape, strict=True)]
        if sides != list(shape):  # a CT smaller than a window: padded as MONAI does
            after = [s - n - b for s, n, b in zip(sides, shape, before, strict=True)]
            image = np.pad(image, list(zip(before, after, strict=True)))
        r, a, s = (slice(b, b + n) for b, n in zip(before, shape, strict=True))
        self._own: Box = (r, a, s)
        self._spec = spec
        self._image = image
        self._engine = engine
        self._air_logits: NDArray[np.float32] | None = None
        self.windows_run = 0

    def every_window(self, report: ReportProgress, is_cancelled: IsCancelled) -> BlendedCt:
        """All windows that MONAI runs, blended as the package says.

        Raises:
            CancelledError: if asked to, between two windows or while the network runs.
        """
        spec = self._spec
        starts = [
            scan_starts(length, side, spec.overlap)
            for length, side in zip(self._image.shape, spec.window_ras, strict=True)
        ]
        blend = self._blend(spec.blending)
        corners = list(product(*starts))
        self._run(corners, blend, len(corners), report, is_cancelled)
        return BlendedCt(blend, self._own)

    def needed_windows(self, report: ReportProgress, is_cancelled: IsCancelled) -> BlendedCt:
        """Windows side by side over the body, then those between where something was found.

        Raises:
            CancelledError: if asked to, between two windows or while the network runs.
        """
        body = bounding_box(self._image > 0)
        blend = self._blend(self._spec.blending)
        counts_all = self._spec.blending == "constant"
        if body is None:
            return BlendedCt(blend, self._own)
        lattice = _Lattice.over(self._image.shape, self._spec)
        first = [
            cell for cell in lattice.coarse_cells() if self._has_tissue(lattice.window_box(cell))
        ]
        done: set[Cell] = set()
        wanted = first
        while wanted:
            corners = [lattice.corner(cell) for cell in wanted]
            expected = max(len(done) + len(wanted), round(1.3 * len(first)))
            self._run(corners, blend, expected, report, is_cancelled)
            done.update(wanted)
            wanted = [
                cell
                for cell in lattice.cells()
                if cell not in done
                and self._holds_found(
                    blend, lattice.window_box(cell) if counts_all else lattice.middle(cell)
                )
            ]
        return BlendedCt(blend, self._own)

    def _run(
        self,
        corners: Iterable[tuple[int, ...]],
        blend: WindowBlend,
        expected: int,
        report: ReportProgress,
        is_cancelled: IsCancelled,
    ) -> None:
        for corner in corners:
            if is_cancelled():
                raise CancelledError("Cancelled: the segmentation is unchanged.")
            report(min(self.windows_run / expected, 0.99), "Segmenting")
            box = _box(corner, self._spec.window_ras)
            blend.add(box, self._logits(self._image[box], is_cancelled))
            self.windows_run += 1

    def _logits(
        self, window: NDArray[np.float32], is_cancelled: IsCancelled
    ) -> NDArray[np.float32]:
        is_air = not window.any()
        if is_air and self._air_logits is not None:
            return self._air_logits
        inputs = np.ascontiguousarray(window)[None, None]
        logits: NDArray[np.float32] = self._engine.run(inputs, is_cancelled)[0]
        if is_air:
            self._air_logits = logits.copy()
        return logits

    def _holds_found(self, blend: WindowBlend, box: Box) -> bool:
        return bool(blend.foreground(box).sum() >= LEAST_FOUND_VOXELS)

    def _has_tissue(self, box: Box) -> bool:
        return bool(np.count_nonzero(self._image[box]) >= LEAST_TISSUE * self._image[box].size)

    def _blend(self, blending: str) -> WindowBlend:
        weights = blending_weights(
            self._spec.window_ras, "gaussian" if blending == "gaussian" else "constant"
        )
        r, a, s = self._image.shape
        return WindowBlend(len(self._spec.outputs), (r, a, s), weights)


def box_around_body(image: NDArray[np.float32], spec: SlidingWindowSpec) -> Box:
    """The part of an image that is worth a look; its windows are windows of the whole.

    It holds every window of which the body fills a quarter's depth. What lies outside needs no
    memory: half of a long CT.
    """
    body = bounding_box(image > 0)
    if body is None:
        return whole_box(image.shape)
    parts = []
    for part, length, side in zip(body, image.shape, spec.window_ras, strict=True):
        depth = min(side // 4, part.stop - part.start)
        starts = [
            start
            for start in scan_starts(max(length, side), side, _overlap(spec))
            if start + side >= part.start + depth and start <= part.stop - depth
        ]
        parts.append(slice(starts[0], min(starts[-1] + side, length)))
    return parts[0], parts[1], parts[2]


def whole_box(shape: tuple[int, ...]) -> Box:
    """All of an image."""
    r, a, s = (slice(0, length) for length in shape)
    return r, a, s


@dataclass(frozen=True, slots=True, eq=False)
class BlendedCt:
    """Logits of a CT, of which ``own`` is the part that is no padding."""

    blend: WindowBlend
    own: Box

    def found(self) -> tuple[Box, NDArray[np.float32]] | None:
        """The box of the unpadded image around all that was found, and its logits; or None."""
        inner = bounding_box(self.blend.foreground(self.own))
        if inner is None:
            return None
        # A voxel more on each side: interpolation back to the CT needs the neighbours.
        r, a, s = (
            slice(max(part.start - 1, 0), min(part.stop + 1, own.stop - own.start))
            for part, own in zip(inner, self.own, strict=True)
        )
        i, j, k = (
            slice(own.start + part.start, own.start + part.stop)
            for part, own in zip((r, a, s), self.own, strict=True)
        )
        return (r, a, s), self.blend.mean((i, j, k))


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Windows over a volume, MONAI's where they overlap by half; their middles tile it.

    ``starts`` hold the windows' first voxels along R, A, S, ``edges`` the limits of the middles.
    """

    starts: tuple[tuple[int, ...], ...]
    edges: tuple[tuple[int, ...], ...]
    window: tuple[int, int, int]

    @classmethod
    def over(cls, shape: tuple[int, ...], spec: SlidingWindowSpec) -> _Lattice:
        """The lattice over a volume at least as large as a window."""
        starts, edges = [], []
        for length, side in zip(shape, spec.window_ras, strict=True):
            own = scan_starts(length, side, _overlap(spec))
            between = [(a + b + side) // 2 for a, b in pairwise(own)]
            starts.append(own)
            edges.append((0, *between, length))
        return cls(tuple(starts), tuple(edges), spec.window_ras)

    def cells(self) -> list[Cell]:
        """All windows, by their number along R, A, S."""
        r, a, s = (range(len(starts)) for starts in self.starts)
        return list(product(r, a, s))

    def coarse_cells(self) -> list[Cell]:
        """Every second window and the last, which cover the box with the least overlap."""
        r, a, s = (sorted({*range(0, len(starts), 2), len(starts) - 1}) for starts in self.starts)
        return list(product(r, a, s))

    def corner(self, cell: Cell) -> tuple[int, ...]:
        """A window's first voxel."""
        return tuple(starts[n] for starts, n in zip(self.starts, cell, strict=True))

    def window_box(self, cell: Cell) -> Box:
        """A window's box."""
        return _box(self.corner(cell), self.window)

    def middle(self, cell: Cell) -> Box:
        """The part of a window that belongs to it alone."""
        r, a, s = (slice(edges[n], edges[n + 1]) for edges, n in zip(self.edges, cell, strict=True))
        return r, a, s


def _overlap(spec: SlidingWindowSpec) -> float:
    return min(spec.overlap, LARGEST_OVERLAP)


def _box(corner: tuple[int, ...], window: tuple[int, int, int]) -> Box:
    r, a, s = (slice(start, start + side) for start, side in zip(corner, window, strict=True))
    return r, a, s
