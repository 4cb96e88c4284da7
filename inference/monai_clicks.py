"""Where MONAI's DeepEdit pipeline puts a click, mistakes included: for ``--exact`` only.

MONAI reorients a click's voxel by a product of two affines and cuts the fraction off, so that
139.9999 becomes 139; it cuts once more after scaling to the network's size; and it scales by the
file's shape before the axes are reordered, so that clicks on sagittal and coronal stacks land
elsewhere. The product's own answer has none of this (``docs/decisions/0018``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from inference.ras import RasAxes, file_affine_ras_mm


def monai_click_index(
    points_lps: NDArray[np.float64], geometry: VolumeGeometry, size_ras: tuple[int, int, int]
) -> NDArray[np.int64]:
    """Voxels of the network's grid (R, A, S) for points of shape (n, 3).

    A point counts as the voxel that holds it, as clicks in a MONAI data list are voxels of the
    file. Points with a negative index at the end are left out, as MONAI leaves them out.
    """
    axes = RasAxes.of(geometry)
    file_shape = np.array(geometry.shape[::-1])
    ras_shape = np.array(axes.shape_ras(geometry.shape))
    index_ijk = np.floor(geometry.lps_to_index(points_lps) + 0.5)[:, ::-1]
    affine = file_affine_ras_mm(geometry)
    ras_affine = affine @ axes.file_index_from_ras(geometry.shape)
    reorient = np.linalg.inv(ras_affine) @ affine
    homogeneous = np.concatenate([index_ijk, np.ones((len(index_ijk), 1))], axis=1)
    reoriented = (reorient @ homogeneous.T).T[:, :3].astype(int)
    scaled = np.multiply(reoriented, ras_shape / file_shape).astype(int)
    at: NDArray[np.int64] = np.multiply(scaled, np.divide(size_ras, file_shape)).astype(np.int64)
    return at[(at >= 0).all(axis=1)]
