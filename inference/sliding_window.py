"""A sliding-window network over a CT on its own grid: every window as MONAI, or only those needed.

The usual way runs few of MONAI's windows first, those that cover the body or the region in which
the organ must lie, and then all of MONAI's windows that hold something found, the fullest first,
until there are no more. So what is found has every vote that it has with MONAI, and its numbers are
MONAI's. A window of nothing but air is run once for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.errors import CancelledError
from imaging.labels import Box, bounding_box
from imaging.measures import MM3_PER_ML
from inference.engines.engine import Engine
from inference.found_counts import FoundCounts
from inference.messages import IsCancelled, ReportProgress
from inference.network_specs import SlidingWindowSpec
from inference.window_lattice import Cell, WindowLattice
from inference.windows import WindowBlend, blending_weights, scan_starts

LEAST_TISSUE = 0.02
"""Share of a window that must be denser than the network's lowest HU for a first look at it."""

LEAST_FOUND_VOXELS = 64
"""Fewer voxels found in a window do not ask for it to be run: a speck, or the tip of an organ."""

LEAST_ORGAN_ML = 5.0
"""Less found in the region where an organ must lie is noise, and the whole body is looked at."""

SHOWN_EVERY = 8
"""Windows between two looks at what is found so far: a look costs a fraction of a window."""

FIRST_ROUND_SHARE = 0.15
"""Of all windows that will be run, more or less; for the progress bar."""


class SlidingWindow:
    """One network over one CT's image channel, axes (R, A, S), scaled to 0..1."""

    def __init__(
        self,
        spec: SlidingWindowSpec,
        image: NDArray[np.float32],
        engine: Engine,
        show: Callable[[BlendedCt], None] = lambda _so_far: None,
    ) -> None:
        """``show`` is given what is known so far, now and then, while windows run."""
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
        self._show = show
        self._lattice = WindowLattice.over(image.shape, spec)
        self._share = 0.0
        self._air_logits: NDArray[np.float32] | None = None
        self.windows_run = 0

    def every_window(self, report: ReportProgress, is_cancelled: IsCancelled) -> BlendedCt:
        """All windows that MONAI runs, blended as the package says.

        Raises:
            CancelledError: if asked to, between two windows or while the network runs.
        """
        blend = self._blend()
        cells = self._lattice.cells()
        for cell in cells:
            self._run(cell, blend, len(cells), report, is_cancelled)
        return BlendedCt(blend, self._own)

    def needed_windows(
        self, report: ReportProgress, is_cancelled: IsCancelled, region: Box | None = None
    ) -> BlendedCt:
        """Windows that cover the body, then all of MONAI's that hold something found.

        With a ``region`` of the image, those that cover the body outside of it are run only where
        too little is found from there.

        Raises:
            CancelledError: if asked to, between two windows or while the network runs.
        """
        blend = self._blend()
        counts = FoundCounts(self._lattice)
        body = bounding_box(self._image > 0)
        if body is None:
            return BlendedCt(blend, self._own)
        if region is not None:
            self._follow(self._padded(region), blend, counts, report, is_cancelled)
            if self._found_ml(blend) >= LEAST_ORGAN_ML:
                return BlendedCt(blend, self._own)
        self._follow(body, blend, counts, report, is_cancelled)
        return BlendedCt(blend, self._own)

    def _follow(
        self,
        part: Box,
        blend: WindowBlend,
        counts: FoundCounts,
        report: ReportProgress,
        is_cancelled: IsCancelled,
    ) -> None:
        """Cover a part with windows, then run what holds something found, the fullest first.

        So what one window found and the others do not is outvoted before it asks for windows.
        """

        def run(cell: Cell, left: int) -> None:
            box = self._lattice.box(cell)
            before = blend.foreground(box)
            self._run(cell, blend, self.windows_run + left, report, is_cancelled)
            counts.note_run(cell, before, blend.foreground(box))

        wanted = [
            cell
            for cell in self._lattice.covering(part)
            if not counts.is_run(cell) and self._has_tissue(self._lattice.box(cell))
        ]
        for number, cell in enumerate(wanted):
            run(cell, round(len(wanted) / FIRST_ROUND_SHARE) - number)
        while (fullest := counts.fullest(LEAST_FOUND_VOXELS)) is not None:
            run(fullest, counts.count_waiting(LEAST_FOUND_VOXELS))

    def _found_ml(self, blend: WindowBlend) -> float:
        voxel_ml = float(np.prod(self._spec.spacing_ras_mm)) / MM3_PER_ML
        found = blend.foreground(whole_box(self._image.shape))
        return np.count_nonzero(found) * voxel_ml

    def _padded(self, region: Box) -> Box:
        """A box of the image as it came, in the padded one."""
        r, a, s = (
            slice(own.start + one.start, own.start + one.stop)
            for own, one in zip(self._own, region, strict=True)
        )
        return r, a, s

    def _run(
        self,
        cell: Cell,
        blend: WindowBlend,
        expected: int,
        report: ReportProgress,
        is_cancelled: IsCancelled,
    ) -> None:
        """Run a window; ``expected`` are all that will have been run at the end."""
        if is_cancelled():
            raise CancelledError("Cancelled: the segmentation is unchanged.")
        self._share = max(self._share, min(self.windows_run / expected, 0.99))
        report(self._share, "Segmenting")
        box = self._lattice.box(cell)
        blend.add(box, self._logits(self._image[box], is_cancelled))
        self.windows_run += 1
        if self.windows_run % SHOWN_EVERY == 0:
            self._show(BlendedCt(blend, self._own))

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

    def _has_tissue(self, box: Box) -> bool:
        return bool(np.count_nonzero(self._image[box]) >= LEAST_TISSUE * self._image[box].size)

    def _blend(self) -> WindowBlend:
        weights = blending_weights(self._spec.window_ras, self._spec.blending)
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
            for start in scan_starts(max(length, side), side, spec.overlap)
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
