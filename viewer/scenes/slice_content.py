"""What a slice shows: the CT's pixels and the labels, cut along the grid or obliquely."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.editing.label_patch import LabelPatch
from imaging.geometry import VolumeGeometry
from imaging.labels import Box
from imaging.volume import Volume
from viewer.scenes.before_after import BeforeAfter, CompareLook, difference, wiped
from viewer.scenes.planes import SliceFrame
from viewer.scenes.reslicing import Reslicer
from viewer.scenes.slabs import Slab

OUTSIDE_HU = -1024
OUTSIDE_PATCH = 255
"""No label map has this value."""


class SliceContent:
    """The arrays of a case, of which only what a slice needs is copied.

    A frame of the CT's own geometry gives its voxels as acquired; any other frame is sampled,
    linearly in the CT and from the nearest voxel in the labels.
    """

    def __init__(self) -> None:
        self._volume: Volume | None = None
        self._labels: NDArray[np.uint8] | None = None
        self._ct_reslicer: Reslicer | None = None
        self._label_reslicer: Reslicer | None = None
        self.preview: LabelPatch | None = None
        self.comparison: BeforeAfter | None = None
        self.is_shown = np.zeros(256, np.bool_)
        """By label value: which structures a comparison is about."""

    @property
    def volume(self) -> Volume | None:
        """The CT; None if there is none."""
        return self._volume

    @property
    def has_labels(self) -> bool:
        """Whether there are labels on the CT."""
        return self._labels is not None

    def show_volume(self, volume: Volume | None) -> None:
        """Take another CT, without labels."""
        self._volume = volume
        self._labels = self.preview = self.comparison = None
        self._ct_reslicer = self._label_reslicer = None

    def show_labels(self, labels: NDArray[np.uint8] | None) -> None:
        """Take other labels: an array on the CT's grid which may change (``labels_changed``).

        Raises:
            ValueError: the array is not on the grid.
        """
        if labels is not None and (
            self._volume is None or labels.shape != self._volume.array.shape
        ):
            raise ValueError("labels must have the shape of the volume that is shown")
        self._labels = labels
        self._label_reslicer = None

    def labels_changed(self) -> None:
        """Note that the array of labels was written into."""
        if self._label_reslicer is not None:
            self._label_reslicer.changed()

    def is_oblique(self, frame: SliceFrame) -> bool:
        """Whether a frame's slices do not follow the CT's own."""
        return self._volume is not None and frame.geometry is not self._volume.geometry

    def draw_pixels(
        self, pixels: NDArray[np.int16], frame: SliceFrame, slice_index: int, slab: Slab
    ) -> None:
        """Write the CT's pixels, shape (rows, columns), bottom row first."""
        volume = self._volume
        if volume is None:
            return
        if not self.is_oblique(frame):
            slab.draw_into(pixels, volume.array, frame, slice_index)
            return
        if self._ct_reslicer is None:
            self._ct_reslicer = Reslicer(
                volume.array, volume.geometry, is_linear=True, outside=OUTSIDE_HU
            )
        np.copyto(pixels, self._ct_reslicer.cut(frame, slice_index, slab))

    def labels_of(
        self, frame: SliceFrame, slice_index: int, wipe_picture_mm: float
    ) -> NDArray[np.uint8] | None:
        """The labels to draw, with preview and comparison; None without labels.

        ``wipe_picture_mm`` is how far right the line of a wipe lies.
        """
        if self._labels is None or self._volume is None:
            return None
        stored = self._cut(self._labels, frame, slice_index)
        shown = self._with_patch(stored, self.preview, frame, slice_index)
        comparison = self.comparison
        if comparison is None:
            return shown
        before = self._with_patch(stored, comparison.before, frame, slice_index)
        if comparison.look is CompareLook.WIPE:
            return wiped(before, shown, wipe_picture_mm, frame)
        return difference(before, shown, self.is_shown)

    def _cut(
        self, labels: NDArray[np.uint8], frame: SliceFrame, slice_index: int
    ) -> NDArray[np.uint8]:
        if self._volume is None or not self.is_oblique(frame):
            return frame.slice_of(labels, slice_index)
        if self._label_reslicer is None:
            self._label_reslicer = _label_reslicer(labels, self._volume.geometry, 0)
        return self._label_reslicer.cut(frame, slice_index)

    def _with_patch(
        self,
        labels: NDArray[np.uint8],
        patch: LabelPatch | None,
        frame: SliceFrame,
        slice_index: int,
    ) -> NDArray[np.uint8]:
        """A slice of labels with a patch in its place."""
        if patch is None or self._volume is None:
            return labels
        if not self.is_oblique(frame):
            return _with_straight_patch(labels, patch, frame, slice_index)
        geometry = self._volume.geometry
        reslicer = _label_reslicer(patch.labels, geometry, OUTSIDE_PATCH, patch.box)
        patched = reslicer.cut(frame, slice_index)
        return np.where(patched == OUTSIDE_PATCH, labels, patched)


def _label_reslicer(
    labels: NDArray[np.uint8], geometry: VolumeGeometry, outside: int, box: Box | None = None
) -> Reslicer:
    start: Any = (0, 0, 0) if box is None else tuple(part.start for part in box)
    return Reslicer(labels, geometry, is_linear=False, outside=outside, start_kji=start)


def _with_straight_patch(
    labels: NDArray[np.uint8], patch: LabelPatch, frame: SliceFrame, slice_index: int
) -> NDArray[np.uint8]:
    """A slice of labels, as ``frame.slice_of`` gives it, with a patch in its place."""
    axis = frame.slice_axis
    part = patch.box[axis]
    if not part.start <= slice_index < part.stop:
        return labels
    shown = labels.copy()
    # Seen as a volume of one slice, so that the frame itself says which way the picture lies.
    stored = frame.unturned(shown)
    first, second = (one for other, one in enumerate(patch.box) if other != axis)
    stored[first, second] = np.take(patch.labels, slice_index - part.start, axis=axis)
    return shown
