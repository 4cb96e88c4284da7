"""Smooth surfaces of masks for the 3D view; pure functions that may run on any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersCore import (
    vtkFlyingEdges3D,
    vtkPolyDataNormals,
    vtkReverseSense,
    vtkWindowedSincPolyDataFilter,
)

from imaging.geometry import VolumeGeometry
from imaging.labels import bounding_box

TARGET_STEP_MM = 1.5
"""Voxels finer than half of this are pooled: the picture gains nothing from more triangles."""

BLUR_STEPS = 0.7
"""Sigma, in steps of the coarsest axis: the stairs between thick slices become slopes."""

MAX_BLUR_MM = 4.0
"""Sigma along the finer axes never grows beyond this, or organs lose their shape."""

MIN_LEVEL, MAX_LEVEL = 0.15, 0.6
"""Limits of the blurred mask's level that is drawn as the surface."""

SMOOTHING_ITERATIONS = 15
SMOOTHING_PASS_BAND = 0.05


def surface_from_labels(
    labels: NDArray[np.uint8], label_value: int, geometry: VolumeGeometry
) -> vtkPolyData | None:
    """The surface of one structure of a label map; None if the map has none of it."""
    return surface_from_mask(labels == label_value, geometry)


def surface_from_mask(mask: NDArray[np.bool_], geometry: VolumeGeometry) -> vtkPolyData | None:
    """The smoothed surface of a mask on a grid, for display.

    The mask is pooled and blurred, and the level drawn that encloses as many voxels as the
    mask has, so that thin structures keep their size. Measure on the mask, not on this mesh.

    Args:
        mask: shape ``geometry.shape``.
        geometry: where the mask lies.

    Returns:
        Triangles with outward normals, points in LPS mm; None where the mask is empty.
    """
    box = bounding_box(mask)
    if box is None:
        return None
    spacing_kji_mm = geometry.spacing_kji_mm
    share, step_kji = _pooled(mask[box], spacing_kji_mm)
    step_mm = spacing_kji_mm * step_kji
    sigma_kji = np.maximum(min(BLUR_STEPS * step_mm.max(), MAX_BLUR_MM) / step_mm, BLUR_STEPS)
    padding_kji = np.ceil(2 * sigma_kji).astype(int) + 1
    field = gaussian_filter(np.pad(share, padding_kji[:, None]), sigma_kji, truncate=3.0)

    image = vtkImageData()
    image.SetDimensions(*field.shape[::-1])
    image.SetSpacing(*step_mm[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(field.reshape(-1)))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, _level_of_equal_volume(field, float(share.sum())))
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    edges.ComputeScalarsOff()
    smoother = vtkWindowedSincPolyDataFilter()
    smoother.SetInputConnection(edges.GetOutputPort())
    smoother.SetNumberOfIterations(SMOOTHING_ITERATIONS)
    smoother.SetPassBand(SMOOTHING_PASS_BAND)
    smoother.NormalizeCoordinatesOn()
    smoother.Update()
    surface = smoother.GetOutput()
    if surface.GetNumberOfPoints() == 0:
        return None

    points = surface.GetPoints()
    pooled_kji = vtk_to_numpy(points.GetData())[:, ::-1] / step_mm - padding_kji
    start_kji = np.array([part.start for part in box])
    # The middle of a pooled voxel lies half a pool beyond the middle of its first voxel.
    index_kji = start_kji + pooled_kji * step_kji + (step_kji - 1) / 2
    points_lps = geometry.index_to_lps(index_kji).astype(np.float32)
    points.SetData(numpy_to_vtk(points_lps, deep=True))
    return _with_normals(surface, is_mirrored=np.linalg.det(geometry.affine[:3, :3]) > 0)


def _pooled(
    mask: NDArray[np.bool_], spacing_kji_mm: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """How much of each voxel of a coarser grid the mask fills, 0 to 1; and the steps."""
    step_kji = np.maximum(1, np.floor(TARGET_STEP_MM / spacing_kji_mm)).astype(np.int64)
    # A structure of a few voxels must not vanish.
    step_kji = np.minimum(step_kji, np.maximum(1, np.array(mask.shape) // 8))
    extra = -np.array(mask.shape) % step_kji
    mask = np.pad(mask, [(0, int(size)) for size in extra])
    k, j, i = (int(size) for size in np.array(mask.shape) // step_kji)
    step_k, step_j, step_i = (int(step) for step in step_kji)
    blocks = mask.reshape(k, step_k, j, step_j, i, step_i)
    share: NDArray[np.float32] = blocks.mean(axis=(1, 3, 5), dtype=np.float32)
    return share, step_kji


def _level_of_equal_volume(field: NDArray[np.float32], voxel_count: float) -> float:
    """The level of a blurred mask that as many voxels reach as the mask had."""
    rank = min(max(round(voxel_count), 1), field.size)
    level = float(np.partition(field.reshape(-1), field.size - rank)[field.size - rank])
    # A single voxel is blurred away below any level: draw it at half of its peak.
    highest = min(MAX_LEVEL, float(field.max()) / 2)
    return min(max(level, MIN_LEVEL), max(highest, float(np.finfo(np.float32).eps)))


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
