"""numpy arrays as VTK data, without a copy where VTK allows it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import (
    get_vtk_array_type,
    numpy_to_vtk,
    numpy_to_vtkIdTypeArray,
)
from vtkmodules.vtkCommonCore import vtkDataArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData


def slice_image(
    pixels: NDArray[Any], spacing_picture_mm: tuple[float, float], depth_mm: float = 0.0
) -> vtkImageData:
    """A flat image around a C-contiguous array of shape (rows, columns), bottom row first.

    The image shares the array's memory and keeps it alive: write into the array and call
    ``Modified`` to show other pixels.
    """
    rows, columns = pixels.shape
    image = vtkImageData()
    image.SetDimensions(columns, rows, 1)
    image.SetSpacing(*spacing_picture_mm, 1.0)
    image.SetOrigin(0.0, 0.0, depth_mm)
    scalars = numpy_to_vtk(pixels.reshape(-1), array_type=get_vtk_array_type(pixels.dtype))
    image.GetPointData().SetScalars(scalars)
    return image


def points_from_array(points: NDArray[np.floating[Any]]) -> vtkPoints:
    """VTK points from an array of shape (n, 2) or (n, 3); two columns lie at depth 0."""
    if points.shape[1] == 2:
        points = np.column_stack([points, np.zeros(len(points))])
    vtk_points = vtkPoints()
    vtk_points.SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32), deep=True))
    return vtk_points


def _cells(count: int, corners_each: int) -> vtkCellArray:
    offsets = np.arange(count + 1, dtype=np.int64) * corners_each
    cells = vtkCellArray()
    cells.SetData(
        numpy_to_vtkIdTypeArray(offsets, deep=True),
        numpy_to_vtkIdTypeArray(np.arange(count * corners_each, dtype=np.int64), deep=True),
    )
    return cells


def segments_from_array(
    ends: NDArray[np.floating[Any]], colors: NDArray[np.uint8] | None = None
) -> vtkPolyData:
    """Separate line segments; ``ends`` is (n, 2, 2) or (n, 2, 3), ``colors`` (n, 4) RGBA."""
    count = len(ends)
    data = vtkPolyData()
    data.SetPoints(points_from_array(ends.reshape(2 * count, ends.shape[-1])))
    data.SetLines(_cells(count, 2))
    if colors is not None:
        data.GetCellData().SetScalars(_colors(colors))
    return data


def triangles_from_array(
    corners: NDArray[np.floating[Any]], colors: NDArray[np.uint8]
) -> vtkPolyData:
    """Separate filled triangles, drawn in order; ``corners`` is (n, 3, 2), ``colors`` (n, 4)."""
    data = vtkPolyData()
    data.SetPoints(points_from_array(corners.reshape(-1, corners.shape[-1])))
    data.SetPolys(_cells(len(corners), 3))
    data.GetCellData().SetScalars(_colors(colors))
    return data


def _colors(colors: NDArray[np.uint8]) -> vtkDataArray:
    rgba = np.ascontiguousarray(colors, np.uint8).reshape(-1, 4)
    data: vtkDataArray = numpy_to_vtk(rgba, deep=True)
    return data
