import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.structures import structure_by_name
from imaging.volume import Volume
from training.cases.automatic_doubt import doubt_about

SPLEEN = structure_by_name("spleen")


@pytest.fixture
def volume(oblique_geometry):
    """A tilted body of fat with an organ in its left half."""
    geometry = VolumeGeometry.from_parts(
        (24, 40, 60), (-180.0, -120.0, 30.0), (9.0, 6.0, 6.0), oblique_geometry.direction
    )
    array = np.full(geometry.shape, -1000, np.int16)
    array[:, 5:35, 5:55] = -90
    array[6:18, 16:33, 36:54] = 50
    return Volume(array, geometry)


def mask(volume, *box):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[box] = SPLEEN.label_value
    return labels


def test_a_whole_organ_is_not_doubted(volume):
    whole = mask(volume, slice(6, 18), slice(16, 33), slice(36, 54))
    assert doubt_about(whole, volume, SPLEEN) is None
    assert doubt_about(np.zeros_like(whole), volume, SPLEEN) is None


def test_a_mask_inside_a_larger_organ_is_doubted(volume):
    inside = mask(volume, slice(9, 15), slice(19, 29), slice(40, 50))
    assert "may lie inside a larger organ" in doubt_about(inside, volume, SPLEEN)


def test_a_mask_on_the_other_side_is_doubted(volume):
    other = mask(volume, slice(9, 15), slice(19, 29), slice(8, 18))
    assert "right half" in doubt_about(other, volume, SPLEEN)
