"""Bodies whose volume is known, on grids of every kind."""

import numpy as np
import pytest

from imaging.editing.box_mask import BoxMask
from imaging.geometry import VolumeGeometry


def turned(spacing_kji_mm, shape):
    """A grid that is tilted against the patient about two axes."""
    a, b = np.deg2rad([17.0, -9.0])
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    direction = (turn @ tilt)[:, ::-1]
    return VolumeGeometry.from_parts(shape, (-31.0, 12.5, -200.0), spacing_kji_mm, direction)


@pytest.fixture
def fine_geometry():
    """Oblique and anisotropic, 64 mm long on each side."""
    return turned((1.25, 0.8, 1.0), (52, 80, 64))


@pytest.fixture
def middle_lps():
    def of(geometry):
        return geometry.index_to_lps((np.array(geometry.shape) - 1) / 2 + [0.21, -0.13, 0.37])

    return of


@pytest.fixture
def ellipsoid():
    """The voxels of an ellipsoid with half axes along x, y and z, in mm."""

    def make(geometry, center_lps, half_axes_mm):
        indices = np.stack(np.meshgrid(*map(np.arange, geometry.shape), indexing="ij"), -1)
        offset = (geometry.index_to_lps(indices) - center_lps) / np.asarray(half_axes_mm)
        return BoxMask.of((offset**2).sum(-1) <= 1.0)

    return make


@pytest.fixture
def volume_mm3():
    def of(geometry, box_mask):
        return np.count_nonzero(box_mask.mask) * geometry.voxel_volume_mm3

    return of
