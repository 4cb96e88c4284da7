"""Measuring by mouse: dragging, clicking point by point, moving, giving up."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from viewer.scenes.calipers import CaliperKind
from viewer.scenes.planes import Plane
from viewer.widgets.interaction_mode import InteractionMode

pytestmark = pytest.mark.gui

A, B, C = (-10.0, -5.0, 120.0), (6.0, -5.0, 120.0), (6.0, 9.0, 120.0)


@pytest.fixture
def axial(quad):
    quad.state.set_cursor((0.0, 0.0, 120.0))
    quad.set_mode(InteractionMode.MEASURE)
    return quad.slice_widgets[Plane.AXIAL]


def pixel_of(widget, point_lps):
    x, y = widget.scene.project(point_lps)
    return round(x), round(y)


def press_escape(widget):
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        QApplication.sendEvent(
            widget, QKeyEvent(kind, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        )


def test_a_drag_draws_a_ruler_and_moves_no_crosshair(quad, axial, mouse):
    cursor = quad.state.cursor_lps
    mouse(axial).drag(pixel_of(axial, A), pixel_of(axial, B))

    (ruler,) = quad.calipers.calipers
    assert (ruler.plane, ruler.slice_index) == (Plane.AXIAL, axial.scene.slice_index)
    assert ruler.length_mm == pytest.approx(16.0, abs=0.3)
    assert quad.calipers.chosen == ruler
    assert quad.state.cursor_lps == cursor


def test_two_clicks_draw_a_ruler_too(quad, axial, mouse):
    hand = mouse(axial)
    hand.click(pixel_of(axial, A))
    hand.move(pixel_of(axial, B))
    assert quad.calipers.calipers == ()
    hand.click(pixel_of(axial, B))

    assert quad.calipers.calipers[0].length_mm == pytest.approx(16.0, abs=0.3)


@pytest.mark.parametrize("drags_first_leg", [True, False])
def test_an_angle_takes_three_points(quad, axial, mouse, drags_first_leg):
    quad.set_caliper_kind(CaliperKind.ANGLE)
    hand = mouse(axial)
    if drags_first_leg:
        hand.drag(pixel_of(axial, A), pixel_of(axial, B))
    else:
        hand.click(pixel_of(axial, A))
        hand.click(pixel_of(axial, B))
    hand.click(pixel_of(axial, B))  # a nervous finger adds nothing
    hand.move(pixel_of(axial, C))
    hand.click(pixel_of(axial, C))

    (angle,) = quad.calipers.calipers
    assert angle.angle_degrees == pytest.approx(90.0, abs=2.0)


def test_a_circle_says_what_lies_in_it(quad, axial, mouse):
    quad.set_caliper_kind(CaliperKind.REGION)
    mouse(axial).drag(pixel_of(axial, A), pixel_of(axial, (-5.0, -5.0, 120.0)))

    (region,) = quad.calipers.calipers
    assert quad.calipers.lines_of(region)[:2] == ("40.0 ± 0.0 HU", "40 to 40 HU")


def test_escape_gives_the_draft_up_and_nothing_scrolls_meanwhile(quad, axial, mouse):
    hand = mouse(axial)
    hand.click(pixel_of(axial, A))
    before = quad.state.cursor_lps
    hand.wheel((50, 50), 120)
    assert quad.state.cursor_lps == before
    press_escape(axial)
    assert quad.calipers.draft is None

    hand.wheel((50, 50), 120)
    assert quad.state.cursor_lps != before


def test_another_tool_gives_the_draft_up_and_leaves_what_is_drawn(quad, axial, mouse):
    hand = mouse(axial)
    hand.drag(pixel_of(axial, A), pixel_of(axial, B))
    hand.click(pixel_of(axial, C))
    quad.set_mode(InteractionMode.NAVIGATE)

    assert quad.calipers.draft is None
    assert len(quad.calipers.calipers) == 1


def test_an_end_can_be_dragged_and_so_can_the_whole(quad, axial, mouse):
    hand = mouse(axial)
    hand.drag(pixel_of(axial, A), pixel_of(axial, B))
    hand.drag(pixel_of(axial, B), pixel_of(axial, (0.0, -5.0, 120.0)))
    assert quad.calipers.calipers[0].length_mm == pytest.approx(10.0, abs=0.3)

    hand.drag(pixel_of(axial, (-5.0, -5.0, 120.0)), pixel_of(axial, (-5.0, 5.0, 120.0)))
    (ruler,) = quad.calipers.calipers
    assert ruler.length_mm == pytest.approx(10.0, abs=0.3)
    np.testing.assert_allclose(ruler.points_lps[0][:2], (-10.0, 5.0), atol=0.4)


def test_a_ruler_is_painted_on_its_slice_only_and_without_rendering(quad, axial, mouse):
    plain = axial.grab().toImage()
    renderings = []
    axial.rendered.connect(lambda: renderings.append(True))
    mouse(axial).drag(pixel_of(axial, A), pixel_of(axial, B))
    assert axial.grab().toImage() != plain
    assert renderings == []

    axial.scroll_slices(1)
    elsewhere = axial.grab().toImage()
    quad.calipers.clear()
    assert axial.grab().toImage() == elsewhere


def test_a_ruler_that_is_held_never_leaves_its_slice(quad, axial, mouse):
    hand = mouse(axial)
    hand.drag(pixel_of(axial, A), pixel_of(axial, B))
    (ruler,) = quad.calipers.calipers
    hand.press(pixel_of(axial, B))
    before = quad.state.cursor_lps
    hand.wheel((50, 50), 120)
    assert quad.state.cursor_lps == before
    axial.scroll_slices(1)  # a film, or a key
    hand.move(pixel_of(axial, C))
    hand.release(pixel_of(axial, C))

    assert quad.calipers.calipers == (ruler,)
