"""The 3D view: a click goes to a surface, a drag does not; few rays while anything moves."""

import numpy as np
import pytest

from viewer.scenes.ct_rendering import CT_LOOKS
from viewer.scenes.pooled_ct import PooledCt
from viewer.scenes.surfaces import surface_from_mask
from viewer.widgets.render_turns import RenderTurns

pytestmark = pytest.mark.gui


@pytest.fixture
def ball_in_view(quad, volume):
    """A block of the spleen in the middle of the 3D view."""
    mask = np.zeros(volume.array.shape, bool)
    mask[6:14, 12:28, 12:28] = True
    quad.set_surface(1, surface_from_mask(mask, volume.geometry))
    quad.grab()
    return quad


def test_a_click_on_a_surface_moves_the_crosshair_there(ball_in_view, mouse):
    widget = ball_in_view.volume_widget
    mouse(widget).click((widget.width() / 2, widget.height() / 2))

    x, y, z = ball_in_view.state.cursor_lps
    assert y == pytest.approx(-8, abs=1.5)  # the front of the block
    assert abs(x) < 3
    assert abs(z - 119) < 3


def test_a_click_beside_all_and_a_drag_move_nothing(ball_in_view, mouse):
    widget = ball_in_view.volume_widget
    before = ball_in_view.state.cursor_lps
    mouse(widget).click((4, 4))
    middle = (widget.width() / 2, widget.height() / 2)
    mouse(widget).drag(middle, (middle[0] + 30, middle[1]))

    assert ball_in_view.state.cursor_lps == before


def test_the_ct_is_drawn_with_few_rays_until_nothing_moves(quad, volume, qtbot):
    quad.volume_scene.ct.set_ct(PooledCt(volume.array, volume.geometry))
    quad.volume_scene.ct.set_look(CT_LOOKS["bone"])
    widget = quad.volume_widget
    widget.request_render()
    assert quad.volume_scene.ct._is_coarse
    with qtbot.waitSignal(widget.rendered):
        pass
    qtbot.waitUntil(lambda: not quad.volume_scene.ct._is_coarse)


def test_a_picture_can_be_asked_for_with_all_rays_at_once(quad, volume):
    quad.volume_scene.ct.set_ct(PooledCt(volume.array, volume.geometry))
    quad.volume_scene.ct.set_look(CT_LOOKS["bone"])
    quad.volume_widget.request_render()
    quad.volume_widget.refine()

    assert not quad.volume_scene.ct._is_coarse


def test_edges_are_smooth_once_all_views_rest(quad, qtbot):
    quad.volume_widget.request_render()
    assert not quad.volume_scene.renderer.GetUseFXAA()

    qtbot.waitUntil(lambda: bool(quad.volume_scene.renderer.GetUseFXAA()))


def test_edges_stay_as_they_fall_while_another_view_is_busy(quad, monkeypatch):
    monkeypatch.setattr(RenderTurns, "quiet_ms", property(lambda _turns: 0.0))
    quad.volume_widget.request_render()
    quad.volume_widget._refine_at_rest()

    assert not quad.volume_scene.renderer.GetUseFXAA()
