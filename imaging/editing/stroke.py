"""One stroke of a brush: what it covered so far, and how the labels would look."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.editing.box_mask import BoxMask, grown_box, inner_box, united_box
from imaging.editing.brush import Brush, swept_brush
from imaging.editing.edges import stuck_to_edges
from imaging.editing.label_patch import LabelPatch
from imaging.editing.rules import EditRules, Effect, edit_by
from imaging.labels import Box, LabelEdit, LabelMap
from imaging.volume import Volume

ROOM_VOXELS = 24
"""The stroke's block grows by so much more than it must, so that it seldom has to grow."""


class Stroke:
    """Collects the way of a brush; nothing is changed before its ``edit`` is applied."""

    def __init__(
        self,
        labels: LabelMap,
        volume: Volume,
        brush: Brush,
        effect: Effect,
        rules: EditRules,
        *,
        slice_axis: int,
        sticks_to_edges: bool = False,
    ) -> None:
        """``slice_axis`` is the array axis across the plane that is drawn in."""
        self._labels = labels
        self._volume = volume
        self._brush = brush
        self._effect = effect
        self._rules = rules
        self._slice_axis = slice_axis
        self._sticks = sticks_to_edges
        self._last_kji: NDArray[np.float64] | None = None
        self._patch: LabelPatch | None = None

    @property
    def patch(self) -> LabelPatch | None:
        """How the labels would look where the stroke went; None before it touched the grid."""
        return self._patch

    def move_to(self, index_kji: ArrayLike) -> Box | None:
        """Draw on to a continuous index; returns the box that looks different now."""
        here = np.array(index_kji, np.float64)
        start = here if self._last_kji is None else self._last_kji
        self._last_kji = here
        stamp = self._stamp(start, here)
        if stamp is None:
            return None
        patch = self._grow_to(stamp.box)
        edit = edit_by(self._labels, self._volume.array, stamp, self._effect, self._rules)
        if edit is None:
            return None
        part = patch.labels[inner_box(edit.box, patch.box)]
        np.copyto(part, edit.after, where=edit.after != edit.before)
        return edit.box

    def edit(self) -> LabelEdit | None:
        """The whole stroke as one edit; None if it changes nothing."""
        if self._patch is None:
            return None
        return self._labels.edit_to_part(self._patch.box, self._patch.labels)

    def _stamp(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> BoxMask | None:
        slice_axis = None if self._brush.is_ball else self._slice_axis
        geometry, radius_mm = self._volume.geometry, self._brush.radius_mm
        stamp = swept_brush(geometry, start, end, radius_mm, slice_axis)
        if stamp is None or not self._sticks:
            return stamp
        return stuck_to_edges(self._volume.array, geometry, stamp, end, radius_mm, slice_axis)

    def _grow_to(self, box: Box) -> LabelPatch:
        old = self._patch
        if old is not None and united_box(old.box, box) == old.box:
            return old
        room = np.full(3, ROOM_VOXELS)
        room[self._slice_axis] = 0
        larger = grown_box(box, room, self._labels.array.shape)
        if old is not None:
            larger = united_box(old.box, larger)
        labels = self._labels.array[larger].copy()
        if old is not None:
            labels[inner_box(old.box, larger)] = old.labels
        self._patch = LabelPatch(larger, labels)
        return self._patch
