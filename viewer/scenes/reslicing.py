"""Cuts planes of any direction out of an array on a grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import get_vtk_array_type, numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkImagingCore import vtkImageReslice

from imaging.geometry import VolumeGeometry
from viewer.scenes.planes import SliceFrame
from viewer.scenes.slabs import Slab, SlabKind

_SLAB_MODES = {SlabKind.MAXIMUM: "Max", SlabKind.MEAN: "Mean", SlabKind.MINIMUM: "Min"}


class Reslicer:
    """Samples an array on the pixels of a slice that does not follow the array's axes.

    The array is not copied; call ``changed`` after writing into it. Beyond the outermost voxels'
    faces a pixel is ``outside``.
    """

    def __init__(
        self,
        array: NDArray[Any],
        geometry: VolumeGeometry,
        *,
        is_linear: bool,
        outside: int,
        start_kji: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        """``array`` is a part of the grid that begins at ``start_kji``.

        Values in between are those of the nearest voxel unless ``is_linear``.
        """
        self._geometry = geometry
        self._array = np.ascontiguousarray(array)
        self._image = vtkImageData()
        ends = [
            (start, start + size - 1) for start, size in zip(start_kji, array.shape, strict=True)
        ]
        self._image.SetExtent(*ends[2], *ends[1], *ends[0])
        scalars = numpy_to_vtk(self._array.reshape(-1), array_type=get_vtk_array_type(array.dtype))
        self._image.GetPointData().SetScalars(scalars)
        self._reslice = vtkImageReslice()
        self._reslice.SetInputData(self._image)
        self._reslice.SetOutputDimensionality(2)
        self._reslice.SetOutputSpacing(1.0, 1.0, 1.0)
        self._reslice.SetOutputOrigin(0.0, 0.0, 0.0)
        self._reslice.SetBackgroundLevel(outside)
        if is_linear:
            self._reslice.SetInterpolationModeToLinear()
        else:
            self._reslice.SetInterpolationModeToNearestNeighbor()

    def changed(self) -> None:
        """Say that the array was written into."""
        self._image.GetPointData().GetScalars().Modified()
        self._image.Modified()

    def cut(self, frame: SliceFrame, slice_index: int, slab: Slab | None = None) -> NDArray[Any]:
        """A slice of ``frame``, shape (rows, columns), bottom row first; valid until the next."""
        width, height = frame.size_px
        self._reslice.SetResliceAxes(self._axes(frame, slice_index))
        self._reslice.SetOutputExtent(0, width - 1, 0, height - 1, 0, 0)
        has_slab = slab is not None and slab.kind is not SlabKind.SLICE
        self._reslice.SetSlabNumberOfSlices(slab.count(frame) if has_slab and slab else 1)
        if has_slab and slab is not None:
            getattr(self._reslice, f"SetSlabModeTo{_SLAB_MODES[slab.kind]}")()
        self._reslice.Update()
        scalars = self._reslice.GetOutput().GetPointData().GetScalars()
        pixels: NDArray[Any] = vtk_to_numpy(scalars).reshape(height, width)
        return pixels

    def _axes(self, frame: SliceFrame, slice_index: int) -> vtkMatrix4x4:
        """From column, row and slice of the picture to (i, j, k) of the array's grid."""
        step_right, step_up = frame.spacing_picture_mm
        corner, beside, above = (0.0, 0.0), (step_right, 0.0), (0.0, step_up)
        in_slice = frame.picture_to_index(np.array([corner, beside, above]), slice_index)
        next_slice = frame.picture_to_index(np.array([corner]), slice_index + 1)
        points_lps = frame.geometry.index_to_lps(np.concatenate([in_slice, next_slice]))
        index_ijk = self._geometry.lps_to_index(points_lps)[:, ::-1]
        matrix = np.eye(4)
        matrix[:3, :3] = (index_ijk[1:] - index_ijk[0]).T
        matrix[:3, 3] = index_ijk[0]
        axes = vtkMatrix4x4()
        axes.DeepCopy(matrix.ravel().tolist())
        return axes
