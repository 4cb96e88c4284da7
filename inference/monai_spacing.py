"""Where MONAI's ``Spacing`` puts the first voxel of a resampled CT: for ``--exact`` only."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from inference.ras import RasAxes, file_affine_ras_mm

NO_DISTANCE = 1e-8
"""MONAI takes a corner for the first if none lies before it by more than this, in voxels."""


def monai_first_index(
    geometry: VolumeGeometry, spacing_ras_mm: tuple[float, float, float], samples: tuple[int, ...]
) -> NDArray[np.float64]:
    """The index (R, A, S) on the CT's grid of the resampled grid's voxel 0.

    Usually 0: the grids share their first voxel. On an oblique CT whose directions are at right
    angles only to the eighth digit, as files hold them, MONAI finds no first corner and lets the
    middles of both grids meet instead, counted from the edge of voxel 0.
    """
    axes = RasAxes.of(geometry)
    affine = file_affine_ras_mm(geometry) @ axes.file_index_from_ras(geometry.shape)
    shape = np.array(axes.shape_ras(geometry.shape))
    turn = affine[:3, :3] @ np.linalg.inv(np.linalg.cholesky(affine[:3, :3].T @ affine[:3, :3]).T)
    resampled = affine.copy()
    resampled[:3, :3] = turn * np.array(spacing_ras_mm)
    corners = np.array([(*corner, 1.0) for corner in product(*((0.0, n - 1.0) for n in shape))])
    seen = (np.linalg.solve(resampled, affine) @ corners.T)[:3]
    before = np.array([(seen - seen[:, [n]]).min(axis=1) for n in range(seen.shape[1])])
    is_first = (np.abs(before) <= NO_DISTANCE).all(axis=1)
    if is_first.any():
        return corners[np.argmax(is_first), :3]
    ratio = np.linalg.solve(affine[:3, :3], resampled[:3, :3])
    first: NDArray[np.float64] = shape / 2 - ratio @ (np.array(samples) / 2)
    return first
