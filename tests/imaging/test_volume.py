"""A CT volume guards its type, its shape and its voxels."""

import numpy as np
import pytest

from imaging.volume import Volume


def test_voxels_cannot_be_changed_and_are_not_copied(oblique_geometry):
    array = np.zeros(oblique_geometry.shape, np.int16)
    volume = Volume(array, oblique_geometry)
    assert np.shares_memory(volume.array, array)
    with pytest.raises(ValueError, match="read-only"):
        volume.array[0, 0, 0] = 1


def test_another_number_type_is_refused(oblique_geometry):
    with pytest.raises(ValueError, match="int16, got float64"):
        Volume(np.zeros(oblique_geometry.shape), oblique_geometry)


def test_another_shape_is_refused(oblique_geometry):
    with pytest.raises(ValueError, match="does not fit"):
        Volume(np.zeros((2, 3, 4), np.int16), oblique_geometry)
