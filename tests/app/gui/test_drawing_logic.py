"""The tools in the window: strokes by mouse, sizes by wheel, refining by menu and form."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.controllers.drawing_options import DrawingOptions
from imaging.editing.brush import Brush
from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
NO_KEY = Qt.KeyboardModifier.NoModifier
PRESS, MOVE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove
RELEASE = QEvent.Type.MouseButtonRelease


@pytest.fixture
def axial(desk):
    desk.open_case()
    views = desk.logic.views.widget
    views.state.set_cursor(desk.session.volume.geometry.index_to_lps((9, 14, 18)))
    views.grab()
    return views.slice_widgets[Plane.AXIAL]


@pytest.fixture
def hand(desk, axial):
    """Moves the mouse over voxels (row, column) of the shown axial slice."""

    def send(kind, row, column, modifiers=NO_KEY):
        geometry = desk.session.volume.geometry
        x, y = axial.scene.project(geometry.index_to_lps((9, row, column)))
        button = NONE if kind is MOVE else LEFT
        held = NONE if kind is RELEASE else LEFT
        point = QPointF(x, y)
        event = QMouseEvent(kind, point, axial.mapToGlobal(point), button, held, modifiers)
        QApplication.sendEvent(axial, event)

    return send


def draw(hand, *way, modifiers=NO_KEY):
    hand(PRESS, *way[0], modifiers)
    for place in way[1:]:
        hand(MOVE, *place, modifiers)
    hand(RELEASE, *way[-1], modifiers)


def test_a_stroke_paints_the_active_structure_in_one_step(desk, hand):
    desk.actions["brush"].trigger()
    desk.workbench.tools.drawing.set_options(DrawingOptions(Brush(3.0)))
    draw(hand, (10, 10), (14, 18), (18, 28))

    mask = desk.session.labels.mask(1)
    assert mask[9, 10, 10]
    assert mask[9, 18, 28]
    assert np.flatnonzero(mask.any(axis=(1, 2))).tolist() == [9]
    assert desk.actions["undo"].text() == "Undo brush on spleen, slice 10"
    desk.actions["undo"].trigger()
    assert not desk.session.labels.array.any()


def test_ctrl_makes_the_brush_an_eraser_and_the_cut_a_lasso(desk, hand):
    desk.actions["cut"].trigger()
    corners = ((6, 6), (6, 30), (22, 30), (22, 6))
    draw(hand, *corners, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert desk.session.undo_name == "lasso on spleen, slice 10"
    drawn = desk.session.labels.mask(1).sum()

    desk.actions["brush"].trigger()
    draw(hand, (14, 18), (14, 20), modifiers=Qt.KeyboardModifier.ControlModifier)
    assert desk.session.undo_name == "eraser on spleen, slice 10"
    assert desk.session.labels.mask(1).sum() < drawn


def test_a_stroke_is_drawn_while_it_goes_on_and_left_alone_by_esc(desk, axial, hand, qtbot):
    desk.actions["brush"].trigger()
    before = axial.grab().toImage()
    hand(PRESS, 10, 10)
    hand(MOVE, 18, 28)
    assert axial.grab().toImage() != before
    assert desk.session.undo_name is None

    qtbot.keyClick(axial, Qt.Key.Key_Escape)
    hand(RELEASE, 18, 28)
    assert desk.session.undo_name is None
    assert desk.actions["brush"].isChecked()
    assert not desk.session.labels.array.any()


def test_shift_and_wheel_change_the_size_that_the_options_show(desk, axial):
    desk.actions["brush"].trigger()
    drawing = desk.workbench.tools.drawing
    before_mm = drawing.options.brush.radius_mm
    point = QPointF(axial.rect().center())
    event = QWheelEvent(
        point,
        axial.mapToGlobal(point),
        QPoint(),
        QPoint(0, 120),
        NONE,
        Qt.KeyboardModifier.ShiftModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(axial, event)

    assert drawing.options.brush.radius_mm > before_mm
    form = desk.window.side.tool_options.drawing
    assert form._diameter.value() == pytest.approx(2 * drawing.options.brush.radius_mm, abs=0.05)


def test_the_status_line_says_what_the_left_button_does(desk, axial):
    assert axial.isVisible()
    for key, words in (("brush", "Paint the spleen"), ("cut", "does not belong to the spleen")):
        desk.actions[key].trigger()
        assert words in desk.window.status._hint.text()


def test_options_are_shown_for_tools_that_have_some(desk, axial):
    assert axial.isVisible()
    side = desk.window.side
    assert side.clicks.isVisible()
    desk.actions["brush"].trigger()
    assert side.tool_options.isVisible()
    assert not side.clicks.isVisible()
    desk.actions["navigate"].trigger()
    assert not side.tool_options.isVisible()
    assert side.clicks.isVisible()


def test_a_tool_that_asks_nothing_runs_from_the_menu(desk, hand):
    desk.actions["lasso"].trigger()
    draw(hand, (6, 6), (6, 30), (22, 30), (22, 6))
    desk.actions["eraser"].trigger()
    desk.workbench.tools.drawing.set_options(DrawingOptions(Brush(2.0)))
    draw(hand, (14, 18))
    assert not desk.session.labels.mask(1)[9, 14, 18]

    desk.actions["refine_holes_in_slices"].trigger()
    desk.executor.run_all()
    assert desk.session.labels.mask(1)[9, 14, 18]
    assert desk.session.undo_name == "hole filling of spleen"


def test_a_tool_that_asks_something_shows_a_preview_first(desk, hand):
    desk.actions["lasso"].trigger()
    draw(hand, (6, 6), (6, 30), (22, 30), (22, 6))
    desk.executor.run_all()
    before = desk.session.labels.array.copy()
    desk.actions["refine_grow"].trigger()
    form = desk.window.side.tool_options.refine
    assert form.refinement.key == "grow"

    form._preview.click()
    desk.executor.run_all()
    assert np.array_equal(desk.session.labels.array, before)
    assert form._apply.text() == "Apply preview"
    form._apply.click()
    desk.executor.run_all()
    assert desk.session.labels.mask(1).sum() > (before == 1).sum()
    assert form._apply.text() == "Apply"


def test_leaving_the_refining_drops_its_preview(desk, axial, hand, qtbot):
    desk.actions["lasso"].trigger()
    draw(hand, (6, 6), (6, 30), (22, 30), (22, 6))
    desk.executor.run_all()
    desk.actions["navigate"].trigger()
    before = axial.grab().toImage()
    desk.actions["refine_shrink"].trigger()
    desk.window.side.tool_options.refine._preview.click()
    desk.executor.run_all()
    qtbot.waitUntil(lambda: axial.grab().toImage() != before)
    desk.actions["navigate"].trigger()
    assert not desk.workbench.tools.refining.has_preview
    qtbot.waitUntil(lambda: axial.grab().toImage() == before)


def test_the_form_tells_each_choice_once(desk, axial):
    assert axial.isVisible()
    desk.actions["brush"].trigger()
    form, told = desk.window.side.tool_options.drawing, []
    desk.workbench.tools.drawing.options_changed.connect(told.append)
    form._ball.click()
    form._sticks.click()
    form._limits_hu.click()
    form._inside.setCurrentIndex(form._inside.findData("pancreas"))

    assert told[-1] == DrawingOptions(
        Brush(8.0, is_ball=True), True, hu_range=(-50, 250), inside="pancreas"
    )
    assert len(told) == 4


def test_what_needs_a_mask_says_so_while_there_is_none(desk, axial):
    assert axial.isVisible()
    action = desk.actions["refine_smooth"]
    assert not action.isEnabled()
    assert "The spleen is empty" in action.toolTip()
    assert desk.actions["refine_seeds"].isEnabled()
