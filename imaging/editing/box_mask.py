"""A mask inside a box: what every tool takes and returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.labels import Box, bounding_box


@dataclass(frozen=True, slots=True, eq=False)
class BoxMask:
    """Booleans on a part of a grid; outside the box nothing is said.

    Attributes:
        box: where, in array order.
        mask: shape of the box; not to be written to.
    """

    box: Box
    mask: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Check that the mask fits the box."""
        shape = tuple(part.stop - part.start for part in self.box)
        if self.mask.shape != shape:
            raise ValueError(f"the mask is {self.mask.shape}, the box is {shape}")

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> BoxMask | None:
        """A mask of a whole grid, in the smallest box; None if it is empty."""
        box = bounding_box(mask)
        return None if box is None else cls(box, mask[box])

    @property
    def start_kji(self) -> NDArray[np.int64]:
        """Index of the box's first voxel; shape (3,)."""
        return np.array([part.start for part in self.box])

    def padded(self, margin_kji: ArrayLike, shape: Sequence[int]) -> BoxMask:
        """The same mask in a box that is larger on all sides, as far as the grid goes."""
        box = grown_box(self.box, margin_kji, shape)
        mask = np.zeros([part.stop - part.start for part in box], np.bool_)
        mask[inner_box(self.box, box)] = self.mask
        return BoxMask(box, mask)

    def whole(self, shape: Sequence[int]) -> NDArray[np.bool_]:
        """The mask on the whole grid, false outside the box."""
        mask = np.zeros(tuple(shape), np.bool_)
        mask[self.box] = self.mask
        return mask


def whole_box(shape: Sequence[int]) -> Box:
    """The box of a whole grid."""
    k, j, i = (slice(0, int(size)) for size in shape)
    return k, j, i


def grown_box(box: Box, margin_kji: ArrayLike, shape: Sequence[int]) -> Box:
    """A box with so many voxels more on all sides, as far as the grid goes."""
    margins = np.broadcast_to(np.ceil(margin_kji).astype(int), 3)
    k, j, i = (
        slice(max(0, part.start - int(margin)), min(int(size), part.stop + int(margin)))
        for part, margin, size in zip(box, margins, shape, strict=True)
    )
    return k, j, i


def united_box(a: Box, b: Box) -> Box:
    """The smallest box around two."""
    k, j, i = (slice(min(x.start, y.start), max(x.stop, y.stop)) for x, y in zip(a, b, strict=True))
    return k, j, i


def inner_box(inner: Box, outer: Box) -> Box:
    """Where a box lies within a larger one."""
    k, j, i = (
        slice(part.start - whole.start, part.stop - whole.start)
        for part, whole in zip(inner, outer, strict=True)
    )
    return k, j, i
