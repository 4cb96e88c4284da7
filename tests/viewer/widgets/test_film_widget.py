"""The film as a view: seen alone, a click goes there, the wheel scrolls."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from viewer.scenes.planes import Plane
from viewer.widgets.view_grid import FILM_KEY

pytestmark = pytest.mark.gui


@pytest.fixture
def film(quad):
    quad.film.set_spacing(2.0)
    quad.maximise(FILM_KEY)
    quad.grab()
    return quad.film


def test_the_film_is_seen_alone_and_not_with_the_others(quad, film):
    assert film.isVisible()
    assert not quad.slice_widgets[Plane.AXIAL].isVisible()
    assert quad.current == FILM_KEY
    quad.maximise(None)
    assert not film.isVisible()


def test_a_click_moves_the_crosshair_to_that_very_place(quad, film, mouse):
    tile = film.sheet.tiles()[1]
    width, height = film.sheet.tile_size_px
    at = (tile.left_px + 0.7 * width, tile.top_px + 0.4 * height)
    wanted_lps = film.sheet.point_at(at)
    mouse(film).click(at)

    np.testing.assert_allclose(quad.state.cursor_lps, wanted_lps)
    assert quad.slice_scenes[Plane.AXIAL].slice_index == tile.slice_index


def test_a_double_click_shows_the_planes_there(quad, film, mouse):
    mouse(film).double_click((40, 40))
    assert quad.maximised is None


def test_the_wheel_scrolls_and_with_ctrl_spreads(film, mouse, qtbot):
    first = film.sheet.tiles()[0].slice_index
    film.sheet.scroll(-99)
    top = film.sheet.tiles()[0].slice_index
    mouse(film).wheel((20, 20), -120)
    assert film.sheet.tiles()[0].slice_index < top or first == top
    with qtbot.waitSignal(film.spacing_requested) as asked:
        mouse(film).wheel((20, 20), -120, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [1]


def test_the_slice_of_the_crosshair_comes_into_sight(quad, film):
    film.sheet.scroll(99)
    x, y, _ = quad.state.cursor_lps
    quad.state.set_cursor((x, y, 138.0))

    assert film.sheet.nearest_tile(quad.state.cursor_lps) in {
        tile.slice_index for tile in film.sheet.tiles()
    }
