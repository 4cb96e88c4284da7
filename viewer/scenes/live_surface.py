"""The surface of one structure that follows its edits: only what changed is computed anew.

The mask is pooled to voxels that are no finer than the picture needs, and blurred; the surface is
where the blurred mask has one level. Pooling and blurring cost most, and both are kept, so that an
edit pays for its own box; drawing the level through the whole structure is cheap.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D, vtkReverseSense

from imaging.geometry import VolumeGeometry
from imaging.labels import Box, bounding_box, box_of_value

TARGET_STEP_MM = 2.0
"""Voxels finer than half of this are pooled: the picture gains nothing from more triangles."""

MAX_POOLED_VOXELS = 300_000
"""A structure that has more in its box is pooled further: its surface must follow an edit, and
software OpenGL draws ten organs of 1.5 mm, which are 400,000 triangles, in 70 ms of processor time,
these in 40."""

BLUR_STEPS = 1.0
"""Sigma, in steps of the coarsest axis: the stairs between thick slices become slopes."""

MAX_BLUR_MM = 4.0
"""Sigma along the finer axes never grows beyond this, or organs lose their shape."""

BLUR_REACH = 3.0
"""Where the blur's bell is cut off, in sigmas."""

MIN_LEVEL, MAX_LEVEL = 0.15, 0.6
"""Limits of the blurred mask's level that is drawn as the surface."""

MAX_VOLUME_ERROR = 0.01
"""The level stays while the surface encloses as much as the mask has, to this share."""

ROOM_STEPS = 12
"""Pooled voxels around the structure into which it may grow before all is computed anew."""


class LiveSurface:
    """The surface of one label of a map that changes.

    ``mark`` may be called on any thread at any time, ``surface`` on one thread at a time. The map
    is read while it may be edited: then a mark follows, and the next ``surface`` is right.
    """

    def __init__(
        self, labels: NDArray[np.uint8], label_value: int, geometry: VolumeGeometry
    ) -> None:
        """``labels`` has shape ``geometry.shape`` and may change; say where by ``mark``."""
        self._labels = labels
        self._label_value = label_value
        self._geometry = geometry
        self._marks: deque[Box] = deque()
        self._field: _Field | None = None

    def mark(self, box: Box) -> None:
        """Note that the labels of a box changed."""
        self._marks.append(box)

    def surface(self) -> vtkPolyData | None:
        """The surface now, points in LPS mm with outward normals; None of an empty structure.

        It encloses as many voxels as the mask has, so that thin structures keep their size.
        Measure on the mask, not on this mesh.
        """
        marks = [self._marks.popleft() for _ in range(len(self._marks))]
        field = self._field
        if field is None or not all(self._update(field, box) for box in marks):
            field = self._field = self._new_field(field, marks)
        return None if field is None else _contour(field, self._geometry)

    def _update(self, field: _Field, box: Box) -> bool:
        """Follow an edit; False if the structure has outgrown the field."""
        inner = box_of_value(self._labels[box], self._label_value)
        if inner is not None:
            starts = [part.start for part in box]
            low_kji = [start + part.start for start, part in zip(starts, inner, strict=True)]
            high_kji = [start + part.stop for start, part in zip(starts, inner, strict=True)]
            if (low_kji < field.low_kji).any() or (high_kji > field.high_kji).any():
                return False
        field.read(self._labels, self._label_value, box)
        return True

    def _new_field(self, old: _Field | None, marks: list[Box]) -> _Field | None:
        """A field around all of the structure; only the first one has to search the whole map."""
        where = [np.array([(0, size) for size in self._labels.shape])]
        if old is not None:
            where = [np.column_stack([old.low_kji, old.high_kji])]
            where += [np.array([(part.start, part.stop) for part in box]) for box in marks]
        low_kji = np.maximum(np.min([ends[:, 0] for ends in where], axis=0), 0)
        high_kji = np.max([ends[:, 1] for ends in where], axis=0)
        high_kji = np.minimum(high_kji, self._labels.shape)
        box = _box(low_kji, high_kji)
        inner = box_of_value(self._labels[box], self._label_value)
        if inner is None:
            return None
        low_kji = low_kji + [part.start for part in inner]
        size_kji = np.array([part.stop - part.start for part in inner])
        field = _Field(self._geometry, low_kji, size_kji)
        field.read(self._labels, self._label_value, _box(low_kji, low_kji + size_kji))
        return field


class _Field:
    """A structure's share of pooled voxels, and the same blurred, in a part of the grid.

    Pooled voxel 0 begins at voxel ``low_kji``, which may lie before the grid's first one; the
    room around the structure is larger than the blur reaches.
    """

    def __init__(
        self, geometry: VolumeGeometry, start_kji: NDArray[np.int64], size_kji: NDArray[np.int64]
    ) -> None:
        """For a structure that begins at a voxel and has so many along each axis."""
        self.step_kji = step_kji = _step_kji(geometry.spacing_kji_mm, size_kji)
        step_mm = geometry.spacing_kji_mm * step_kji
        self._sigma = np.maximum(min(BLUR_STEPS * step_mm.max(), MAX_BLUR_MM) / step_mm, BLUR_STEPS)
        self._reach = np.floor(BLUR_REACH * self._sigma + 0.5).astype(np.int64)
        room = ROOM_STEPS + self._reach + 1
        self.low_kji = start_kji - room * step_kji
        self._shape = -(-size_kji // step_kji) + 2 * room
        self.high_kji = self.low_kji + self._shape * step_kji
        self._share = np.zeros(self._shape, np.float32)
        self.blurred = np.zeros(self._shape, np.float32)
        self._level: float | None = None

    def read(self, labels: NDArray[np.uint8], label_value: int, box: Box) -> None:
        """Take over a part of the map."""
        start_kji = np.array([part.start for part in box])
        stop_kji = np.array([part.stop for part in box])
        low = np.clip((start_kji - self.low_kji) // self.step_kji, 0, self._shape)
        high = np.clip(-(-(stop_kji - self.low_kji) // self.step_kji), 0, self._shape)
        if (low >= high).any():
            return
        self._share[_box(low, high)] = self._pooled(labels, label_value, low, high)
        outer_low = np.maximum(low - 2 * self._reach, 0)
        outer_high = np.minimum(high + 2 * self._reach, self._shape)
        inner_low = np.maximum(low - self._reach, 0)
        inner_high = np.minimum(high + self._reach, self._shape)
        blurred = gaussian_filter(
            self._share[_box(outer_low, outer_high)],
            self._sigma,
            mode="constant",
            truncate=BLUR_REACH,
        )
        inner = _box(inner_low - outer_low, inner_high - outer_low)
        self.blurred[_box(inner_low, inner_high)] = blurred[inner]

    def used(self) -> Box | None:
        """The pooled voxels around the structure, with room for its surface."""
        box = bounding_box(self._share > 0)
        if box is None:
            return None
        low = [max(part.start - int(r) - 1, 0) for part, r in zip(box, self._reach, strict=True)]
        high = [part.stop + int(r) + 1 for part, r in zip(box, self._reach, strict=True)]
        return _box(np.array(low), np.minimum(high, self._shape))

    def level(self, box: Box) -> float:
        """The level that as many pooled voxels of the box reach as the mask fills."""
        wanted = float(self._share[box].sum())
        blurred = self.blurred[box]
        if self._level is not None:
            reached = int(np.count_nonzero(blurred >= self._level))
            if abs(reached - wanted) <= MAX_VOLUME_ERROR * wanted:
                return self._level
        self._level = _level_of_equal_volume(blurred, wanted)
        return self._level

    def _pooled(
        self,
        labels: NDArray[np.uint8],
        label_value: int,
        low: NDArray[np.int64],
        high: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """How much of each pooled voxel the structure fills, 0 to 1."""
        start_kji = self.low_kji + low * self.step_kji
        stop_kji = self.low_kji + high * self.step_kji
        inside = _box(np.maximum(start_kji, 0), np.minimum(stop_kji, labels.shape))
        mask = (labels[inside] == label_value).view(np.uint8)
        beyond = [
            (part.start - int(start), int(stop) - part.stop)
            for part, start, stop in zip(inside, start_kji, stop_kji, strict=True)
        ]
        if np.any(beyond):
            mask = np.pad(mask, beyond)
        sums = mask.astype(np.uint16)
        for axis, step in enumerate(self.step_kji):
            if step > 1:
                parts = [_every(sums, axis, first, int(step)) for first in range(int(step))]
                sums = np.add.reduce(parts, dtype=np.uint16)
        share: NDArray[np.float32] = sums / np.float32(np.prod(self.step_kji))
        return share


def _step_kji(spacing_mm: NDArray[np.float64], size_kji: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many voxels are pooled along each axis for a structure of a size."""
    target_mm = TARGET_STEP_MM
    while True:
        step_kji = np.maximum(1, np.floor(target_mm / spacing_mm)).astype(np.int64)
        # A structure of a few voxels must not vanish.
        step_kji = np.minimum(step_kji, np.maximum(1, size_kji // 8))
        if np.prod(size_kji / step_kji) <= MAX_POOLED_VOXELS:
            return step_kji
        target_mm *= 1.1


def _contour(field: _Field, geometry: VolumeGeometry) -> vtkPolyData | None:
    """The level of a field as triangles in the patient."""
    box = field.used()
    if box is None:
        return None
    values = np.ascontiguousarray(field.blurred[box])
    image = vtkImageData()
    image.SetDimensions(*values.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(values.reshape(-1)))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, field.level(box))
    edges.ComputeNormalsOn()
    edges.ComputeGradientsOff()
    edges.ComputeScalarsOff()
    edges.Update()
    surface: vtkPolyData = edges.GetOutput()
    if surface.GetNumberOfPoints() == 0:
        return None
    matrix = geometry.affine[:3, :3]
    if np.linalg.det(matrix) > 0:  # (i, j, k) axes are left-handed: triangles are inside out
        reverse = vtkReverseSense()
        reverse.SetInputData(surface)
        reverse.ReverseCellsOn()
        reverse.Update()
        surface = reverse.GetOutput()

    first = np.array([part.start for part in box])
    pooled_kji = vtk_to_numpy(surface.GetPoints().GetData())[:, ::-1] + first
    # The middle of a pooled voxel lies half a pool beyond the middle of its first voxel.
    index_kji = field.low_kji + pooled_kji * field.step_kji + (field.step_kji - 1) / 2
    points_lps = geometry.index_to_lps(index_kji).astype(np.float32)
    surface.GetPoints().SetData(numpy_to_vtk(points_lps, deep=True))
    # Gradients transform by the inverse of what moves points.
    slopes = vtk_to_numpy(surface.GetPointData().GetNormals())[:, ::-1]
    normals = slopes @ np.linalg.inv(matrix * field.step_kji)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    surface.GetPointData().SetNormals(numpy_to_vtk(normals.astype(np.float32), deep=True))
    return surface


def _level_of_equal_volume(blurred: NDArray[np.float32], voxel_count: float) -> float:
    """The level of a blurred mask that as many voxels reach as the mask had."""
    candidates = blurred[blurred > MIN_LEVEL]
    rank = max(round(voxel_count), 1)
    level = MIN_LEVEL
    if rank <= candidates.size:
        place = candidates.size - rank
        level = float(np.partition(candidates, place)[place])
    # A single voxel is blurred away below any level: draw it at half of its peak.
    highest = min(MAX_LEVEL, float(blurred.max()) / 2)
    return min(max(level, MIN_LEVEL), max(highest, float(np.finfo(np.float32).eps)))


def _box(low: NDArray[np.int64], high: NDArray[np.int64]) -> Box:
    k, j, i = (slice(int(start), int(stop)) for start, stop in zip(low, high, strict=True))
    return k, j, i


def _every(array: NDArray[np.uint16], axis: int, first: int, step: int) -> NDArray[np.uint16]:
    part: NDArray[np.uint16] = array[(slice(None),) * axis + (slice(first, None, step),)]
    return part
