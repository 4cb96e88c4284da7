"""Pictures of scenes, and grids on which a swapped axis shows."""

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes.offscreen import render_to_array

GRIDS = ("axial_grid", "oblique_grid", "flipped_grid", "sagittal_grid", "mirrored_grid")


@pytest.fixture
def snapshot():
    """Render a scene and return its pixels: RGB, shape (h, w, 3), the top row first."""

    def render(scene, size_px=(200, 160)):
        return render_to_array(scene, size_px)

    return render


@pytest.fixture(params=GRIDS)
def geometry(request, oblique_geometry, flipped_geometry) -> VolumeGeometry:
    """Plain, tilted, turned around, acquired in sagittal slices, and left-handed grids."""
    match request.param:
        case "axial_grid":
            return VolumeGeometry.from_parts((12, 20, 16), (-7.0, -9.0, 30.0), (4.0, 1.0, 1.5))
        case "oblique_grid":
            return oblique_geometry
        case "flipped_grid":
            return flipped_geometry
        case "sagittal_grid":
            # k from right to left, j from head to feet, i from front to back.
            direction = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
            return VolumeGeometry.from_parts(
                (14, 18, 22), (5.0, 6.0, 7.0), (3.0, 1.2, 0.8), direction
            )
        case _:
            direction = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
            return VolumeGeometry.from_parts(
                (16, 18, 20), (50.0, 0.0, 0.0), (2.0, 1.0, 0.9), direction
            )


@pytest.fixture
def air():
    """A CT of nothing but air on a grid, as an array that a test may write into."""

    def make(geometry: VolumeGeometry) -> np.ndarray:
        return np.full(geometry.shape, -1000, np.int16)

    return make


@pytest.fixture
def tissue_volume(geometry) -> Volume:
    """A CT of soft tissue (40 HU) everywhere."""
    return Volume(np.full(geometry.shape, 40, np.int16), geometry)
