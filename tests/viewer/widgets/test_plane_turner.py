"""Oblique planes by the mouse: the lines turn with the pointer, and hand tools keep off."""

import math

import numpy as np
import pytest

from viewer.scenes.calipers import CaliperKind
from viewer.scenes.planes import Plane
from viewer.widgets.draw_cursor import DrawCursor
from viewer.widgets.interaction_mode import InteractionMode

pytestmark = pytest.mark.gui


def center(quad, plane=Plane.AXIAL):
    return np.array(quad.slice_scenes[plane].project(quad.state.cursor_lps))


def around(quad, angle_rad, reach_px=60.0, plane=Plane.AXIAL):
    """A position around the crosshair, anticlockwise from the right."""
    offset = reach_px * np.array([math.cos(angle_rad), -math.sin(angle_rad)])
    return tuple(center(quad, plane) + offset)


@pytest.fixture
def turned(quad, mouse):
    quad.set_mode(InteractionMode.TURN)
    mouse(quad.slice_widgets[Plane.AXIAL]).drag(around(quad, 0.3), around(quad, 0.8))
    return quad


def test_a_drag_turns_the_other_planes_by_its_angle(turned):
    planes = turned.turner.planes
    assert planes.turned == {Plane.CORONAL, Plane.SAGITTAL}
    assert math.radians(planes.tilt_degrees(Plane.CORONAL)) == pytest.approx(0.5, abs=0.03)
    right, up = planes.line_in(Plane.AXIAL, Plane.CORONAL)
    assert math.atan2(up, right) % math.pi == pytest.approx(0.5, abs=0.03)
    assert not turned.slice_scenes[Plane.AXIAL].is_oblique
    assert "oblique 29°" in turned.slice_scenes[Plane.CORONAL].annotations.texts[0]


def test_the_crosshair_stays_while_turning(turned):
    for plane, scene in turned.slice_scenes.items():
        distance = scene.frame.distance_mm(turned.state.cursor_lps, scene.slice_index)
        assert distance <= scene.frame.slice_spacing_mm / 2 + 1e-6, plane


def test_straightening_shows_the_cts_own_slices(turned):
    turned.turner.straighten()
    assert not turned.turner.is_turned
    assert not any(scene.is_oblique for scene in turned.slice_scenes.values())


def test_a_click_and_a_drag_near_the_crosshair_move_it(quad, mouse):
    quad.set_mode(InteractionMode.TURN)
    before = quad.state.cursor_lps
    mouse(quad.slice_widgets[Plane.AXIAL]).click(around(quad, 1.0))
    assert quad.state.cursor_lps != before
    assert not quad.turner.is_turned

    before = quad.state.cursor_lps
    start = around(quad, 0.0, reach_px=4)
    mouse(quad.slice_widgets[Plane.AXIAL]).drag(start, (start[0] + 12, start[1]))
    assert quad.state.cursor_lps != before
    assert not quad.turner.is_turned


def test_pens_keep_off_an_oblique_plane_and_say_so(turned, mouse, qtbot):
    began = []
    turned.stroke_began.connect(lambda *stroke: began.append(stroke))
    turned.set_mode(InteractionMode.DRAW)
    turned.set_draw_cursor(DrawCursor((255, 0, 0), 5.0, has_line=False, takes_away=False))
    oblique = turned.slice_widgets[Plane.CORONAL]
    with qtbot.waitSignal(oblique.own_slice_needed):
        mouse(oblique).drag(around(turned, 0.0, plane=Plane.CORONAL), (50, 50))
    assert began == []
    mouse(turned.slice_widgets[Plane.AXIAL]).drag(around(turned, 0.0), (60, 60))
    assert len(began) == 1

    turned.set_mode(InteractionMode.MEASURE)
    turned.set_caliper_kind(CaliperKind.RULER)
    with qtbot.waitSignal(oblique.own_slice_needed):
        mouse(oblique).drag(around(turned, 0.0, plane=Plane.CORONAL), (50, 50))
    assert turned.calipers.calipers == ()


def test_a_foreground_click_in_an_oblique_plane_is_where_the_pointer_was(turned, mouse, qtbot):
    turned.set_mode(InteractionMode.PLACE_FOREGROUND)
    widget = turned.slice_widgets[Plane.SAGITTAL]
    at = around(turned, 2.0, reach_px=30, plane=Plane.SAGITTAL)
    wanted_lps = widget.scene.point_at(at)
    with qtbot.waitSignal(turned.click_requested) as placed:
        mouse(widget).click(at)

    np.testing.assert_allclose(placed.args[0], wanted_lps)


def test_another_ct_begins_straight(turned, volume):
    turned.show_volume(volume)
    assert not turned.turner.is_turned
    assert not turned.slice_scenes[Plane.CORONAL].is_oblique


def test_scrolling_an_oblique_plane_goes_along_its_normal(turned):
    before = np.array(turned.state.cursor_lps)
    turned.slice_widgets[Plane.CORONAL].scroll_slices(3)
    way = np.array(turned.state.cursor_lps) - before
    forward = turned.turner.planes.axes[Plane.CORONAL].forward_lps

    assert way @ forward == pytest.approx(3.0, abs=0.01)  # slices of 1 mm
    np.testing.assert_allclose(way, (way @ forward) * forward, atol=1e-6)
