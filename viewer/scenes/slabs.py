"""Several slices seen as one: their maximum, mean or minimum."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from viewer.scenes.planes import SliceFrame

MIN_THICKNESS_MM, MAX_THICKNESS_MM = 1.0, 200.0
DEFAULT_THICKNESS_MM = 10.0
CACHED_ROWS = 16
"""Slices of a large CT, of whose rows a slab seen from the side takes a few voxels each."""


class SlabKind(Enum):
    """What is seen of several slices."""

    SLICE = "slice"
    """One slice alone, whatever the thickness."""
    MAXIMUM = "maximum"
    """The brightest voxel: vessels with contrast, bone, nodules of the lung."""
    MEAN = "mean"
    """The average: less noise."""
    MINIMUM = "minimum"
    """The darkest voxel: airways, ducts."""

    @property
    def title(self) -> str:
        """The name as shown in the window."""
        return {"slice": "Single slice", "maximum": "Maximum (MIP)", "minimum": "Minimum"}.get(
            self.value, "Mean"
        )

    @property
    def short_title(self) -> str:
        """The name in a view's corner."""
        return {"maximum": "MIP", "mean": "Mean", "minimum": "MinIP"}.get(self.value, "")


@dataclass(frozen=True, slots=True)
class Slab:
    """How many millimetres of a CT a plane shows at once, and what of them."""

    kind: SlabKind = SlabKind.SLICE
    thickness_mm: float = DEFAULT_THICKNESS_MM

    def __post_init__(self) -> None:
        """Refuse a slab without thickness."""
        if not MIN_THICKNESS_MM <= self.thickness_mm <= MAX_THICKNESS_MM:
            raise ValueError(
                f"a slab is {MIN_THICKNESS_MM:g} to {MAX_THICKNESS_MM:g} mm thick, "
                f"got {self.thickness_mm}"
            )

    def slices(self, frame: SliceFrame, slice_index: int) -> range:
        """The slices that are seen: whole ones, as many on either side of the middle one.

        At the ends of the CT there are fewer.
        """
        reach = self.count(frame) // 2
        return range(max(0, slice_index - reach), min(frame.slice_count, slice_index + reach + 1))

    def count(self, frame: SliceFrame) -> int:
        """How many slices are seen away from the ends of the CT: an odd number."""
        if self.kind is SlabKind.SLICE:
            return 1
        beside = (self.thickness_mm / frame.slice_spacing_mm - 1) / 2
        return 2 * max(0, int(np.floor(beside + 0.5))) + 1

    def draw_into(
        self,
        pixels: NDArray[np.int16],
        array: NDArray[np.int16],
        frame: SliceFrame,
        slice_index: int,
    ) -> None:
        """Write what is seen of a CT into an image, shape (rows, columns), bottom row first."""
        slices = self.slices(frame, slice_index)
        if len(slices) == 1:
            np.copyto(pixels, frame.slice_of(array, slice_index))
            return
        index: list[slice] = [slice(None)] * 3
        index[frame.slice_axis] = slice(slices.start, slices.stop)
        flat = _flattened(array[tuple(index)], frame.slice_axis, self.kind)
        np.copyto(pixels, frame.slice_of(np.expand_dims(flat, frame.slice_axis), 0))

    def text(self, frame: SliceFrame, slice_index: int) -> str:
        """What a view's corner says; the thickness is the one that whole slices make."""
        if self.kind is SlabKind.SLICE:
            return ""
        thickness_mm = len(self.slices(frame, slice_index)) * frame.slice_spacing_mm
        return f"{self.kind.short_title} {thickness_mm:.1f} mm"


def _flattened(block: NDArray[np.int16], axis: int, kind: SlabKind) -> NDArray[np.int16]:
    """A block of voxels seen along an axis."""
    if axis == 2:
        # Along rows numpy's reductions are slow: the slices of a few rows at a time are taken one
        # after the other instead, few enough for the processor's cache to keep them meanwhile.
        # Side by side they take half as long as where they lie in the CT.
        parts = (block[row : row + CACHED_ROWS] for row in range(0, len(block), CACHED_ROWS))
        return np.concatenate([_along_rows(np.ascontiguousarray(p), kind) for p in parts])
    if kind is SlabKind.MEAN:
        return _mean(block.sum(axis=axis, dtype=np.int32), block.shape[axis])
    flat: NDArray[np.int16] = (np.max if kind is SlabKind.MAXIMUM else np.min)(block, axis=axis)
    return flat


def _along_rows(part: NDArray[np.int16], kind: SlabKind) -> NDArray[np.int16]:
    """A few rows of a block seen along the last axis."""
    count = part.shape[2]
    if kind is SlabKind.MEAN:
        total = part[..., 0].astype(np.int32)
        for column in range(1, count):
            total += part[..., column]
        return _mean(total, count)
    flat = part[..., 0].copy()
    take = np.maximum if kind is SlabKind.MAXIMUM else np.minimum
    for column in range(1, count):
        take(flat, part[..., column], out=flat)
    return flat


def _mean(total: NDArray[np.int32], count: int) -> NDArray[np.int16]:
    """Rounded to the nearest whole HU."""
    mean: NDArray[np.int16] = ((2 * total + count) // (2 * count)).astype(np.int16)
    return mean
