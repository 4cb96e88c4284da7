"""Slices that play like a film."""

import numpy as np
import pytest

from viewer.scenes.planes import Plane
from viewer.widgets.cine import Cine

pytestmark = pytest.mark.gui


def test_slices_go_by_and_begin_again_after_the_last(quad, volume):
    quad.state.set_cursor(volume.geometry.index_to_lps((18, 7, 9)))
    cine = Cine(quad.state)
    cine.play(quad.slice_scenes[Plane.AXIAL])
    shown = []
    for _ in range(3):
        cine.step()
        shown.append(volume.geometry.nearest_index(quad.state.cursor_lps))
    cine.stop()

    np.testing.assert_array_equal(shown, [(19, 7, 9), (0, 7, 9), (1, 7, 9)])


def test_a_coronal_film_goes_to_the_front_whichever_way_the_grid_is_stored(quad, volume):
    quad.state.set_cursor(volume.geometry.index_to_lps((3, 7, 9)))
    cine = Cine(quad.state)
    cine.play(quad.slice_scenes[Plane.CORONAL])
    cine.step()
    cine.stop()
    assert volume.geometry.nearest_index(quad.state.cursor_lps) == (3, 6, 9)


def test_it_plays_by_itself_until_stopped(quad, qtbot):
    cine = Cine(quad.state)
    told = []
    cine.playing_changed.connect(told.append)
    before = quad.state.cursor_lps
    cine.play(quad.slice_scenes[Plane.AXIAL])
    qtbot.waitUntil(lambda: quad.state.cursor_lps != before)
    cine.stop()
    cine.stop()
    assert told == [True, False]
    assert not cine.is_playing


def test_without_a_ct_it_stops_at_once(quad):
    quad.show_volume(None)
    cine = Cine(quad.state)
    cine.play(quad.slice_scenes[Plane.AXIAL])
    cine.step()
    assert not cine.is_playing
