"""Polygons are filled as scikit-image fills them, holes and borders included."""

import numpy as np
import pytest
from skimage.draw import polygon

from imaging.readers.polygon_fill import ON_BORDER_PX, filled_polygon


def distance_to_border(corners, pixel):
    """From one pixel's centre to the nearest edge of a closed polygon."""
    start, along = corners, np.roll(corners, -1, axis=0) - corners
    share = np.clip(((pixel - start) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
    return np.linalg.norm(start + share[:, None] * along - pixel, axis=1).min()


@pytest.mark.parametrize("seed", range(20))
def test_any_polygon_crossing_itself_or_not_is_filled_by_the_even_odd_rule(seed):
    corners = np.random.default_rng(seed).uniform(-5, 45, (3 + 2 * seed, 2))
    wanted = np.zeros((40, 30), bool)
    wanted[polygon(*corners.T, shape=wanted.shape)] = True
    differs = np.argwhere(filled_polygon(corners, (40, 30)) != wanted)
    # Only a centre that is as good as on the border may be decided in another way.
    assert all(distance_to_border(corners, pixel) < 2 * ON_BORDER_PX for pixel in differs)


def test_a_border_through_the_centres_of_pixels_belongs_to_the_inside():
    corners = np.array([[2.0, 3.0], [2.0, 8.0], [6.0, 8.0], [6.0, 3.0]])
    found = filled_polygon(corners, (10, 12))
    wanted = np.zeros((10, 12), bool)
    wanted[2:7, 3:9] = True
    assert np.array_equal(found, wanted)


def test_a_hole_behind_a_channel_without_width_stays_empty():
    outer = [[0.5, 0.5], [0.5, 9.5], [9.5, 9.5], [9.5, 0.5], [0.5, 0.5]]
    hole = [[3.5, 3.5], [6.5, 3.5], [6.5, 6.5], [3.5, 6.5], [3.5, 3.5]]
    found = filled_polygon(np.array(outer + hole), (11, 11))
    wanted = np.zeros((11, 11), bool)
    wanted[1:10, 1:10] = True
    wanted[4:7, 4:7] = False
    assert np.array_equal(found, wanted)
