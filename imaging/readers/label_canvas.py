"""Collects the masks of a segmentation object on a CT's grid, one label for each voxel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.errors import GeometryMismatchError
from imaging.geometry import VolumeGeometry

_SLAB_SLICES = 16


class LabelCanvas:
    """Labels on a grid while they are painted; a voxel keeps the structure that came last."""

    def __init__(self, geometry: VolumeGeometry) -> None:
        self._labels = np.zeros(geometry.shape, np.uint8)
        self._overlaps = 0
        self._outside = 0

    def paint(self, index_kji: NDArray[np.int64], label_value: int) -> None:
        """Give voxels, shape (n, 3), to a structure; those outside of the grid are counted."""
        is_inside = ((index_kji >= 0) & (index_kji < self._labels.shape)).all(axis=1)
        self._outside += int(len(index_kji) - is_inside.sum())
        k, j, i = index_kji[is_inside].T
        before = self._labels[k, j, i]
        self._overlaps += int(np.count_nonzero((before != 0) & (before != label_value)))
        self._labels[k, j, i] = label_value

    @property
    def has_labels(self) -> bool:
        """True if a voxel was painted."""
        return bool(self._labels.any())

    @property
    def has_voxels_outside(self) -> bool:
        """True if a voxel lay beyond the grid."""
        return self._outside > 0

    def slabs(self) -> Iterator[NDArray[np.generic]]:
        """The labels, slab by slab, in the order of k."""
        for first in range(0, len(self._labels), _SLAB_SLICES):
            yield self._labels[first : first + _SLAB_SLICES]

    def warnings(self) -> tuple[str, ...]:
        """What a label map cannot hold."""
        found = []
        if self._overlaps:
            found.append(
                f"{_voxels(self._overlaps)} in more than one structure; a label map holds one, so "
                "each went to the structure that comes last in the file."
            )
        if self._outside:
            found.append(
                f"{_voxels(self._outside)} outside of the CT and left out. Check that the file "
                "belongs to this CT."
            )
        return tuple(found)


def check_inside(path: Path, canvas: LabelCanvas) -> None:
    """Refuse a file of which nothing lies within the CT.

    Raises:
        GeometryMismatchError: with a sentence.
    """
    if canvas.has_voxels_outside and not canvas.has_labels:
        raise GeometryMismatchError(
            f"Everything in {path.name} lies outside of this CT. Open the CT that it belongs to."
        )


def frame_warnings(name: str, own_uid: str, wanted_uid: str | None) -> tuple[str, ...]:
    """A sentence where a file counts its positions in another patient frame than the CT."""
    if not wanted_uid or own_uid == wanted_uid:
        return ()
    return (
        f"{name} names another frame of reference than the CT, so it may belong to another "
        "examination. Check that its outlines lie on the organs.",
    )


def _voxels(count: int) -> str:
    return "1 voxel is" if count == 1 else f"{count} voxels are"
