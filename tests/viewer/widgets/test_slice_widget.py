import numpy as np
import pytest
from PySide6.QtCore import Qt

from imaging.clicks import Click
from viewer.scenes.planes import Plane
from viewer.widgets.interaction_mode import InteractionMode

pytestmark = pytest.mark.gui

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
RIGHT, MIDDLE = Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


@pytest.fixture(params=Plane, ids=lambda plane: plane.value)
def widget(request, quad):
    return quad.slice_widgets[request.param]


@pytest.fixture
def axial(quad):
    return quad.slice_widgets[Plane.AXIAL]


def pixel_of(widget, point_lps):
    """The whole pixel nearest to a point, as a mouse would report it."""
    x, y = widget.scene.project(point_lps)
    return round(x), round(y)


def test_a_click_moves_the_crosshair_to_the_voxel_under_it(widget, quad, volume, mouse, qtbot):
    index_kji = (9, 27, 13)
    target_lps = volume.geometry.index_to_lps(index_kji)
    quad.state.set_cursor(target_lps)
    position = pixel_of(widget, target_lps)
    mouse(widget).click(pixel_of(widget, (0, 0, 120)))

    with qtbot.waitSignal(quad.picked) as picked:
        quad.state.set_cursor(target_lps)
        mouse(widget).click(position)

    assert volume.geometry.nearest_index(picked.args[0]) == index_kji
    assert quad.state.cursor_lps == picked.args[0]


def test_a_left_drag_moves_the_crosshair(axial, quad, mouse):
    picks = []
    quad.picked.connect(picks.append)

    mouse(axial).drag(pixel_of(axial, (-5, -5, 120)), pixel_of(axial, (8, 6, 120)))

    np.testing.assert_allclose(quad.state.cursor_lps[:2], (8, 6), atol=0.2)
    assert picks == []


@pytest.mark.parametrize(
    ("mode", "modifiers", "is_foreground"),
    [
        (InteractionMode.PLACE_FOREGROUND, Qt.KeyboardModifier.NoModifier, True),
        (InteractionMode.PLACE_FOREGROUND, CTRL, False),
        (InteractionMode.PLACE_BACKGROUND, Qt.KeyboardModifier.NoModifier, False),
        (InteractionMode.PLACE_BACKGROUND, CTRL, True),
    ],
)
def test_placing_asks_for_a_click_at_the_voxel(
    quad, axial, volume, mouse, qtbot, mode, modifiers, is_foreground
):
    quad.set_mode(mode)
    target_lps = volume.geometry.index_to_lps((9, 12, 30))

    with qtbot.waitSignal(quad.click_requested) as asked:
        quad.state.set_cursor(target_lps)
        mouse(axial).click(pixel_of(axial, target_lps), modifiers=modifiers)

    assert volume.geometry.nearest_index(asked.args[0]) == (9, 12, 30)
    assert asked.args[1] is is_foreground
    assert quad.state.cursor_lps == asked.args[0]


def test_a_drag_while_placing_places_nothing(quad, axial, mouse):
    quad.set_mode(InteractionMode.PLACE_FOREGROUND)
    asked = []
    quad.click_requested.connect(lambda *args: asked.append(args))
    before = quad.state.cursor_lps

    mouse(axial).drag((100, 100), (130, 110))

    assert asked == []
    assert quad.state.cursor_lps == before


def test_two_quick_clicks_while_placing_are_two_clicks(quad, axial, mouse):
    quad.set_mode(InteractionMode.PLACE_FOREGROUND)
    asked = []
    quad.click_requested.connect(lambda *args: asked.append(args))

    mouse(axial).double_click(pixel_of(axial, (0, 0, 120)))

    assert len(asked) == 2
    assert quad.maximised is None


def test_a_click_beside_the_ct_asks_for_nothing(quad, axial, mouse):
    quad.set_mode(InteractionMode.PLACE_FOREGROUND)
    asked = []
    quad.click_requested.connect(lambda *args: asked.append(args))
    axial.scene.zoom(0.3)

    mouse(axial).click((3, 3))

    assert asked == []


def test_the_wheel_scrolls_towards_the_head(axial, quad, mouse):
    before = quad.state.cursor_lps[2]

    mouse(axial).wheel((100, 100), 240)

    assert quad.state.cursor_lps[2] == pytest.approx(before + 4.0)


def test_small_steps_of_a_touch_pad_add_up(axial, mouse):
    before = axial.scene.slice_index
    pad = mouse(axial)

    for _ in range(4):
        pad.wheel((100, 100), -40)

    assert axial.scene.slice_index == before - 1


def test_ctrl_and_wheel_zoom_about_the_pointer(axial, mouse):
    before_lps = axial.scene.pick((150, 80))
    scale = axial.scene.view.mm_per_px
    index = axial.scene.slice_index

    mouse(axial).wheel((150, 80), 120, CTRL)

    assert axial.scene.view.mm_per_px < scale
    assert axial.scene.pick((150, 80)) == pytest.approx(before_lps)
    assert axial.scene.slice_index == index


def test_a_right_drag_changes_the_window_of_all_views(axial, quad, mouse):
    before = quad.state.window_level

    mouse(axial).drag((50, 150), (80, 130), button=RIGHT)

    after = quad.state.window_level
    assert after.width_hu > before.width_hu
    assert after.center_hu < before.center_hu  # upwards is brighter
    for scene in quad.slice_scenes.values():
        assert f"W {after.width_hu:.0f}" in scene.annotations.texts[1]


@pytest.mark.parametrize("kind", [{"button": MIDDLE}, {"modifiers": SHIFT}])
def test_a_middle_or_shift_drag_pans(axial, quad, mouse, kind):
    cursor_lps = quad.state.cursor_lps
    grabbed_lps = axial.scene.pick((120, 100))

    mouse(axial).drag((120, 100), (150, 85), **kind)

    assert axial.scene.pick((150, 85)) == pytest.approx(grabbed_lps)
    assert quad.state.cursor_lps == cursor_lps


def test_page_keys_scroll(axial, qtbot):
    before = axial.scene.slice_index

    qtbot.keyClick(axial, Qt.Key.Key_PageUp)
    qtbot.keyClick(axial, Qt.Key.Key_PageUp)
    qtbot.keyClick(axial, Qt.Key.Key_PageDown)

    assert axial.scene.slice_index == before + 1


def test_the_point_under_the_pointer_is_told(axial, quad, mouse, volume):
    told = []
    quad.hovered.connect(told.append)
    target_lps = volume.geometry.index_to_lps((9, 12, 30))
    quad.state.set_cursor(target_lps)

    mouse(axial).move(pixel_of(axial, target_lps))
    mouse(axial).move((-200, 100))

    assert volume.geometry.nearest_index(told[0]) == (9, 12, 30)
    assert told[1] is None


@pytest.fixture
def marked(quad, volume):
    """The views with a click on the shown slices, and that click."""
    point = tuple(float(x) for x in volume.geometry.index_to_lps((9, 20, 22)))
    click = Click(point, "spleen", True)
    quad.state.set_cursor(point)
    quad.set_clicks([click])
    quad.grab()
    return click


@pytest.mark.parametrize("mode", [InteractionMode.NAVIGATE, InteractionMode.PLACE_FOREGROUND])
def test_dragging_a_marker_moves_its_click_and_nothing_else(
    widget, quad, marked, mouse, qtbot, mode
):
    quad.set_mode(mode)
    placed, picked = [], []
    quad.click_requested.connect(lambda *click: placed.append(click))
    quad.picked.connect(picked.append)
    start = pixel_of(widget, marked.point_lps)
    end = (start[0] + 24, start[1] + 16)
    expected = widget.scene.pick(end)

    with qtbot.waitSignal(quad.click_moved) as moved:
        mouse(widget).drag(start, end)

    assert moved.args[0] is marked
    assert moved.args[1] == pytest.approx(expected)
    assert quad.state.cursor_lps == pytest.approx(expected)
    assert placed == [] == picked


def test_a_press_on_a_marker_that_does_not_move_is_an_ordinary_click(
    axial, quad, marked, mouse, qtbot
):
    quad.set_mode(InteractionMode.PLACE_BACKGROUND)
    with qtbot.waitSignal(quad.click_requested) as asked, qtbot.assertNotEmitted(quad.click_moved):
        mouse(axial).click(pixel_of(axial, marked.point_lps))

    assert asked.args[1] is False


def test_escape_gives_up_moving_a_click(axial, quad, marked, mouse, qtbot):
    start = pixel_of(axial, marked.point_lps)
    hand = mouse(axial)
    with qtbot.assertNotEmitted(quad.click_moved):
        hand.press(start)
        hand.move((start[0] + 30, start[1]))
        qtbot.keyClick(axial, Qt.Key.Key_Escape)
        hand.release((start[0] + 30, start[1]))

    assert axial.scene.click_at(start, 2) is marked


def test_a_marker_that_fades_on_another_slice_is_not_taken(axial, quad, marked, mouse, qtbot):
    axial.scroll_slices(2)
    quad.grab()
    with qtbot.assertNotEmitted(quad.click_moved):
        start = pixel_of(axial, marked.point_lps)
        mouse(axial).drag(start, (start[0] + 30, start[1]))


def test_a_drag_that_ends_beside_the_ct_drops_the_click_at_its_last_place(
    axial, quad, volume, marked, mouse, qtbot
):
    start = pixel_of(axial, marked.point_lps)
    inside = pixel_of(axial, volume.geometry.index_to_lps((9, 20, 30)))
    hand = mouse(axial)
    hand.press(start)
    hand.move(inside)
    hand.move((inside[0], -500))
    with qtbot.waitSignal(quad.click_moved) as moved:
        hand.release((inside[0], -500))

    assert moved.args[1] == pytest.approx(axial.scene.pick(inside))


def test_the_pointer_is_a_hand_over_a_marker(axial, marked, mouse):
    mouse(axial).move(pixel_of(axial, marked.point_lps))
    assert axial.cursor().shape() is Qt.CursorShape.OpenHandCursor

    mouse(axial).move((5, 5))
    assert axial.cursor().shape() is Qt.CursorShape.ArrowCursor
