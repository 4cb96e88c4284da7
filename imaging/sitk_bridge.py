"""Between our types and SimpleITK's images, which share the LPS frame."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry

_REVERSED = [2, 1, 0]
"""SimpleITK's index order is (i, j, k), ours (k, j, i)."""


def geometry_from_sitk(image: sitk.Image | sitk.ImageFileReader) -> VolumeGeometry:
    """The geometry of a 3D SimpleITK image, or of the file whose header a reader has read."""
    i, j, k = image.GetSize()
    direction = np.array(image.GetDirection()).reshape(3, 3)[:, _REVERSED]
    spacing_kji_mm = np.array(image.GetSpacing())[_REVERSED]
    return VolumeGeometry.from_parts((k, j, i), image.GetOrigin(), spacing_kji_mm, direction)


def sitk_from_array(array: NDArray[np.generic], geometry: VolumeGeometry) -> sitk.Image:
    """A SimpleITK image of an array in (k, j, i) order on a geometry (the voxels are copied)."""
    image = sitk.GetImageFromArray(array)
    image.SetOrigin([float(x) for x in geometry.origin_lps])
    image.SetSpacing([float(mm) for mm in geometry.spacing_kji_mm[_REVERSED]])
    image.SetDirection([float(x) for x in geometry.direction[:, _REVERSED].ravel()])
    return image
