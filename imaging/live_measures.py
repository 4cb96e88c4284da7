"""The measures of one structure that follow its edits, within the box that it can be in."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import Box, box_of_value
from imaging.structure_measures import StructureMeasures, measure_structure


class LiveMeasures:
    """Measures one label of a map that changes; only the first time it searches the whole map.

    ``mark`` may be called on any thread at any time, ``measures`` on one thread at a time. The map
    is read while it may be edited: then a mark follows, and the next ``measures`` are right.
    """

    def __init__(
        self,
        labels: NDArray[np.uint8],
        label_value: int,
        geometry: VolumeGeometry,
        hu: NDArray[np.int16],
    ) -> None:
        """``labels`` may change, say where by ``mark``; ``hu`` is the CT on the same grid."""
        self._labels = labels
        self._label_value = label_value
        self._geometry = geometry
        self._hu = hu
        self._marks: deque[Box] = deque()
        self._box: Box | None = None
        self._is_searched = False

    def mark(self, box: Box) -> None:
        """Note that the labels of a box changed."""
        self._marks.append(box)

    def measures(self) -> StructureMeasures | None:
        """The measures now; None of an empty structure."""
        boxes = [self._marks.popleft() for _ in range(len(self._marks))]
        if self._box is not None:
            boxes.append(self._box)
        if not self._is_searched:
            boxes = [_whole(self._labels)]
        self._is_searched = True
        self._box = self._tight_box(boxes)
        if self._box is None:
            return None
        return measure_structure(
            self._labels[self._box], self._label_value, self._geometry, self._hu[self._box]
        )

    def _tight_box(self, boxes: list[Box]) -> Box | None:
        """The smallest box around the structure, which lies in one box around all ``boxes``."""
        if not boxes:
            return None
        low = [min(box[axis].start for box in boxes) for axis in range(3)]
        high = [max(box[axis].stop for box in boxes) for axis in range(3)]
        k, j, i = (slice(start, stop) for start, stop in zip(low, high, strict=True))
        inner = box_of_value(self._labels[k, j, i], self._label_value)
        if inner is None:
            return None
        k, j, i = (
            slice(start + part.start, start + part.stop)
            for start, part in zip(low, inner, strict=True)
        )
        return k, j, i


def _whole(labels: NDArray[np.uint8]) -> Box:
    k, j, i = labels.shape
    return slice(0, k), slice(0, j), slice(0, i)
