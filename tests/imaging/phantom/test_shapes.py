"""Signed distances are true near the surface, and fields the same on every grid."""

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.phantom.fields import WaveField
from imaging.phantom.shapes import (
    Ellipsoid,
    Points,
    smooth_intersection,
    smooth_union,
    tube,
)


def points(*places: tuple[float, float, float]) -> Points:
    x, y, z = np.array(places, np.float32).T
    return Points(x, y, z)


def test_a_sphere_measures_the_distance_to_its_surface():
    sphere = Ellipsoid((10, 0, 0), (5, 5, 5))

    distance = sphere.distance(points((16, 0, 0), (10, 4, 0), (10, 0, -5)))

    assert distance == pytest.approx([1, -1, 0], abs=1e-4)


def test_a_turned_ellipsoid_keeps_its_volume_within_its_bounds():
    axis = np.linspace(-30, 30, 61, dtype=np.float32)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    shape = Ellipsoid((1, 2, -3), (8, 12, 20), turn_y_deg=30, turn_x_deg=-20)

    inside = shape.distance(Points(x, y, z)) < 0

    assert inside.sum() == pytest.approx(4 / 3 * np.pi * 8 * 12 * 20, rel=0.02)
    low, high = np.array(shape.bounds.low), np.array(shape.bounds.high)
    filled = np.stack([x[inside], y[inside], z[inside]], axis=1)
    assert (filled >= low).all()
    assert (filled <= high).all()


def test_a_tube_follows_its_bends_and_changes_its_width():
    shape = tube((0, 0, 0, 2), (10, 0, 0, 4), (10, 10, 0, 4))

    distance = shape.distance(points((0, 5, 0), (5, 0, 3), (10, 5, 4), (10, 14, 0)))

    assert distance == pytest.approx([3, 0, 0, 0], abs=1e-4)


def test_a_tube_of_one_station_is_refused():
    with pytest.raises(ValueError, match="at least two"):
        tube((0, 0, 0, 2)).distance(points((0, 0, 0)))


def test_smooth_joins_change_nothing_away_from_the_crease():
    a, b = np.array([-5.0, 8.0, 0.0]), np.array([9.0, -4.0, 0.0])

    assert smooth_union(a, b, 4.0) == pytest.approx([-5, -4, -1])
    assert smooth_intersection(a, b, 4.0) == pytest.approx([9, 8, 1])


def test_a_field_is_the_sum_of_its_waves_on_an_oblique_grid(oblique_geometry: VolumeGeometry):
    field = WaveField.random(np.random.default_rng(5), (20, 60), 12)
    box = (slice(3, 9), slice(4, 20), slice(30, 40))

    sampled = field.sample(oblique_geometry, box)

    index = np.stack(np.meshgrid(*(np.arange(s.start, s.stop) for s in box), indexing="ij"), -1)
    place_lps = oblique_geometry.index_to_lps(index)
    waves = np.cos(place_lps @ field.wave_vectors.T + field.phases)
    assert np.allclose(sampled, waves.sum(axis=-1) * np.sqrt(2 / 12), atol=1e-4)
