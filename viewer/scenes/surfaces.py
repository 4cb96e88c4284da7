"""Smooth surfaces of masks for the 3D view; pure functions that may run on any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersCore import (
    vtkPolyDataNormals,
    vtkReverseSense,
    vtkSurfaceNets3D,
    vtkWindowedSincPolyDataFilter,
)

from imaging.geometry import VolumeGeometry
from imaging.labels import bounding_box

TARGET_STEP_MM = 1.5
"""Voxels finer than half of this are pooled: the picture gains nothing from more triangles."""

SMOOTHING_ITERATIONS = 30
SMOOTHING_PASS_BAND = 0.008
"""A windowed sinc filter: the steps go, and unlike with averaging the volume stays (1 %)."""


def surface_from_labels(
    labels: NDArray[np.uint8], label_value: int, geometry: VolumeGeometry
) -> vtkPolyData | None:
    """The surface of one structure of a label map; None if the map has none of it."""
    return surface_from_mask(labels == label_value, geometry)


def surface_from_mask(mask: NDArray[np.bool_], geometry: VolumeGeometry) -> vtkPolyData | None:
    """The smoothed surface of a mask on a grid, for display.

    The points are in LPS mm, with outward normals. Fine voxels are pooled first, so measure
    on the mask and not on this mesh.

    Args:
        mask: shape ``geometry.shape``.
        geometry: where the mask lies.

    Returns:
        Triangles, or None where the mask is empty.
    """
    box = bounding_box(mask)
    if box is None:
        return None
    spacing_kji_mm = geometry.spacing_kji_mm
    block = mask[box]
    pooled, step_kji = _pooled(block, spacing_kji_mm)
    padded = np.ascontiguousarray(np.pad(pooled, 1), np.uint8)

    image = vtkImageData()
    image.SetDimensions(*padded.shape[::-1])
    image.SetSpacing(*(spacing_kji_mm * step_kji)[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(padded.reshape(-1)))
    nets = vtkSurfaceNets3D()
    nets.SetInputData(image)
    nets.SetValue(0, 1)
    nets.SmoothingOff()
    nets.SetOutputMeshTypeToTriangles()
    smoother = vtkWindowedSincPolyDataFilter()
    smoother.SetInputConnection(nets.GetOutputPort())
    smoother.SetNumberOfIterations(SMOOTHING_ITERATIONS)
    smoother.SetPassBand(SMOOTHING_PASS_BAND)
    smoother.BoundarySmoothingOff()
    smoother.NonManifoldSmoothingOn()
    smoother.NormalizeCoordinatesOn()
    smoother.Update()
    surface = smoother.GetOutput()
    if surface.GetNumberOfPoints() == 0:
        return None

    points = surface.GetPoints()
    pooled_index_kji = vtk_to_numpy(points.GetData())[:, ::-1] / (spacing_kji_mm * step_kji) - 1
    start_kji = np.array([part.start for part in box])
    # The middle of a pooled voxel lies half a pool beyond the middle of its first voxel.
    index_kji = start_kji + pooled_index_kji * step_kji + (step_kji - 1) / 2
    points_lps = geometry.index_to_lps(index_kji).astype(np.float32)
    points.SetData(numpy_to_vtk(points_lps, deep=True))
    surface.GetCellData().Initialize()
    return _with_normals(surface, is_mirrored=np.linalg.det(geometry.affine[:3, :3]) > 0)


def _pooled(
    mask: NDArray[np.bool_], spacing_kji_mm: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The mask on a coarser grid, where at least half of the voxels agree; and the steps."""
    step_kji = np.maximum(1, np.floor(TARGET_STEP_MM / spacing_kji_mm)).astype(np.int64)
    # A structure of a few voxels must not vanish.
    step_kji = np.minimum(step_kji, np.maximum(1, np.array(mask.shape) // 8))
    if (step_kji == 1).all():
        return mask, step_kji
    extra = -np.array(mask.shape) % step_kji
    mask = np.pad(mask, [(0, int(size)) for size in extra])
    k, j, i = (int(size) for size in np.array(mask.shape) // step_kji)
    step_k, step_j, step_i = (int(step) for step in step_kji)
    blocks = mask.reshape(k, step_k, j, step_j, i, step_i)
    count = blocks.sum(axis=(1, 3, 5), dtype=np.int32)
    return 2 * count >= step_kji.prod(), step_kji


def _with_normals(surface: vtkPolyData, *, is_mirrored: bool) -> vtkPolyData:
    """Point normals; a grid whose (i, j, k) axes are left-handed turns triangles inside out."""
    if is_mirrored:
        reverse = vtkReverseSense()
        reverse.SetInputData(surface)
        reverse.ReverseCellsOn()
        reverse.Update()
        surface = reverse.GetOutput()
    normals = vtkPolyDataNormals()
    normals.SetInputData(surface)
    normals.SplittingOff()
    normals.ConsistencyOff()
    normals.Update()
    result: vtkPolyData = normals.GetOutput()
    return result
