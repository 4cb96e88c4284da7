"""The pen: strokes in drawing mode, and nothing else is disturbed."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from imaging.editing.label_patch import LabelPatch
from viewer.scenes.planes import Plane
from viewer.widgets.draw_cursor import DrawCursor
from viewer.widgets.interaction_mode import InteractionMode

pytestmark = pytest.mark.gui

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def axial(quad):
    return quad.slice_widgets[Plane.AXIAL]


@pytest.fixture
def told(quad):
    """A pen of 5 mm is chosen; what the views tell, in order."""
    quad.set_mode(InteractionMode.DRAW)
    quad.set_draw_cursor(DrawCursor((230, 159, 0), radius_mm=5.0))
    told = []
    quad.stroke_began.connect(lambda plane, point, inverted: told.append((plane, point, inverted)))
    quad.stroke_moved.connect(lambda point: told.append(("moved", point)))
    quad.stroke_ended.connect(lambda: told.append("ended"))
    quad.stroke_cancelled.connect(lambda: told.append("cancelled"))
    quad.size_requested.connect(lambda steps: told.append(("size", steps)))
    return told


def pixel_of(widget, point_lps):
    x, y = widget.scene.project(point_lps)
    return round(x), round(y)


@pytest.mark.parametrize(
    ("modifiers", "is_inverted"), [(Qt.KeyboardModifier.NoModifier, False), (CTRL, True)]
)
def test_a_drag_is_a_stroke_with_its_points(quad, axial, told, mouse, modifiers, is_inverted):
    start, end = (-5.0, -5.0, 120.0), (8.0, 6.0, 120.0)
    quad.state.set_cursor(start)
    cursor = quad.state.cursor_lps

    mouse(axial).drag(pixel_of(axial, start), pixel_of(axial, end), modifiers=modifiers)

    plane, point, inverted = told[0]
    assert (plane, inverted) == (Plane.AXIAL, is_inverted)
    np.testing.assert_allclose(point, start, atol=0.2)
    np.testing.assert_allclose(told[-2][1], end, atol=0.2)
    assert told[-1] == "ended"
    assert quad.state.cursor_lps == cursor


def test_a_stroke_may_leave_the_ct_and_come_back(axial, told, mouse):
    outside = pixel_of(axial, (-40.0, 0.0, 120.0))
    mouse(axial).drag(pixel_of(axial, (0, 0, 120)), outside)
    assert told[-2][1][0] == pytest.approx(-40.0, abs=0.3)


def test_esc_gives_the_stroke_up_and_the_tool_stays(axial, told, mouse):
    mouse(axial).press(pixel_of(axial, (0, 0, 120)))
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        key = QKeyEvent(kind, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(axial, key)
        assert key.isAccepted()
    mouse(axial).release(pixel_of(axial, (0, 0, 120)))

    assert told[1:] == ["cancelled"]
    assert axial.mode is InteractionMode.DRAW


def test_leaving_the_mode_gives_the_stroke_up(quad, axial, told, mouse):
    mouse(axial).press(pixel_of(axial, (0, 0, 120)))
    quad.set_mode(InteractionMode.NAVIGATE)
    assert told[-1] == "cancelled"


def test_shift_and_wheel_change_the_size_and_the_wheel_alone_scrolls(quad, axial, told, mouse):
    before = quad.state.cursor_lps
    mouse(axial).wheel((50, 50), 240, modifiers=SHIFT)
    assert told == [("size", 2.0)]
    assert quad.state.cursor_lps == before
    mouse(axial).wheel((50, 50), 120)
    assert quad.state.cursor_lps != before


def test_nothing_scrolls_while_the_pen_is_down(quad, axial, told, mouse):
    hand = mouse(axial)
    hand.press(pixel_of(axial, (0, 0, 120)))
    assert told
    before = quad.state.cursor_lps
    hand.wheel((50, 50), 120)
    assert quad.state.cursor_lps == before


def test_without_a_drawing_tool_a_drag_still_moves_the_crosshair(quad, axial, told, mouse):
    quad.set_mode(InteractionMode.NAVIGATE)
    mouse(axial).drag(pixel_of(axial, (-5, -5, 120)), pixel_of(axial, (8, 6, 120)))
    assert told == []
    np.testing.assert_allclose(quad.state.cursor_lps[:2], (8, 6), atol=0.2)


def test_the_ring_is_as_large_as_the_brush_without_rendering(axial, told, mouse):
    renderings = []
    axial.rendered.connect(lambda: renderings.append(True))
    center = (round(axial.width() / 2), round(axial.height() / 2))
    plain = axial.grab().toImage()
    renderings.clear()
    hand = mouse(axial)
    hand.press(center)
    assert told  # the ring is shown wherever the real pointer is while the pen is down
    with_ring = axial.grab().toImage()

    columns = [
        x
        for x in range(axial.width())
        if plain.pixel(x, center[1]) != with_ring.pixel(x, center[1])
    ]
    wide_mm = (max(columns) - min(columns)) * axial.scene.view.mm_per_px
    assert wide_mm == pytest.approx(10.0, abs=4 * axial.scene.view.mm_per_px)
    assert renderings == []


def test_a_preview_is_drawn_over_the_labels_and_leaves_with_them_unchanged(quad, axial, volume):
    labels = np.zeros(volume.array.shape, np.uint8)
    quad.show_labels(labels)
    before = axial.grab().toImage()
    box = (slice(0, 20), slice(10, 30), slice(10, 30))
    patch = LabelPatch(box, np.ones((20, 20, 20), np.uint8))

    quad.show_preview(patch, box)
    assert axial.grab().toImage() != before
    assert not labels.any()
    quad.show_preview(None, box)
    assert axial.grab().toImage() == before
