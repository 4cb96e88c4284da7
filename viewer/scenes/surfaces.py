"""Smooth surfaces of masks for the 3D view; pure functions that may run on any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData

from imaging.geometry import VolumeGeometry
from viewer.scenes.live_surface import LiveSurface


def surface_from_labels(
    labels: NDArray[np.uint8], label_value: int, geometry: VolumeGeometry
) -> vtkPolyData | None:
    """The surface of one structure of a label map; None if the map has none of it.

    See ``LiveSurface``, which follows a map that changes.
    """
    return LiveSurface(labels, label_value, geometry).surface()


def surface_from_mask(mask: NDArray[np.bool_], geometry: VolumeGeometry) -> vtkPolyData | None:
    """The surface of a mask, shape ``geometry.shape``; None where the mask is empty."""
    return surface_from_labels(mask.view(np.uint8), 1, geometry)
