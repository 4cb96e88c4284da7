import pytest
from PySide6.QtWidgets import QPushButton, QToolButton

from app.controllers.drawing_options import DrawingTool
from imaging.clicks import Click
from imaging.history import Change
from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


@pytest.fixture
def tour(desk):
    desk.logic.help.tour.start()
    return desk.logic.help.tour


def do_click(session):
    point = tuple(float(x) for x in session.volume.geometry.index_to_lps((4, 5, 6)))
    clicks = session.clicks.clicks
    session.do(Change("click", None, clicks, (*clicks, Click(point, "spleen", True))))


def test_it_begins_at_the_real_button_on_the_start_page(tour):
    assert tour.step == "open"
    assert tour.bubble.isVisible()
    assert isinstance(tour.bubble.target, QPushButton)
    assert tour.bubble.target.text() == "Open the sample case"


def test_each_step_goes_on_when_the_user_has_done_it(qtbot, desk, tour, draw):
    desk.open_case()
    assert tour.step == "segment"

    desk.actions["segment"].trigger()
    desk.executor.run_all()
    assert tour.step == "click"

    do_click(desk.session)
    assert tour.step == "brush"

    draw(desk.session, last=9, name=f"{DrawingTool.BRUSH.value} on spleen, axial")
    assert tour.step == "save"

    desk.workbench.cases.labels_saved.emit(desk.workbench.logs / "mask.nii.gz")
    assert tour.step == "end"
    qtbot.waitUntil(lambda: tour.bubble.title == "That was all")
    tour.bubble.next.click()
    assert tour.step == ""
    assert not tour.bubble.isVisible()


def test_doing_something_else_does_not_go_on(desk, tour, draw):
    desk.open_case()
    draw(desk.session, name="brush on spleen, axial")
    do_click(desk.session)

    assert tour.step == "segment"


def test_undo_is_no_step(desk, tour):
    desk.open_case()
    tour.bubble.next.click()
    do_click(desk.session)
    desk.actions["undo"].trigger()
    assert tour.step == "brush"


def test_the_click_step_points_at_the_tool_then_at_the_picture(qtbot, desk, tour):
    desk.open_case()
    tour.bubble.next.click()
    qtbot.waitUntil(lambda: isinstance(tour.bubble.target, QToolButton))
    assert tour.bubble.target.defaultAction() is desk.actions["foreground"]

    desk.actions["foreground"].trigger()

    views = desk.logic.views.case_view.views
    assert tour.bubble.target is views.slice_widgets[Plane.AXIAL]


def test_steps_can_be_skipped_and_the_tour_can_be_left(desk, tour):
    tour.bubble.next.click()
    desk.executor.run_all()
    assert desk.session is not None  # "Open it for me"
    tour.bubble.next.click()
    assert tour.step == "click"

    tour.bubble.leave.click()

    assert tour.step == ""
    assert not tour.bubble.isVisible()


def test_it_is_offered_once_and_comes_back_when_asked_for(desk):
    tour = desk.logic.help.tour
    tour.start_once()
    assert tour.step == "open"
    tour.leave()

    tour.start_once()
    assert tour.step == ""

    desk.actions["tour"].trigger()
    assert tour.step == "open"


def test_the_bubble_stays_in_a_window_that_shrinks(qtbot, desk, tour):
    desk.open_case()
    qtbot.waitUntil(lambda: tour.bubble.title == "Let the model begin")
    desk.window.resize(desk.window.minimumSize())
    qtbot.waitUntil(lambda: desk.window.rect().contains(tour.bubble.geometry()))


def test_another_case_may_open_during_the_tour(desk, tour):
    desk.open_case()
    tour.bubble.next.click()
    first = desk.session
    desk.open_case()
    assert desk.session is not first

    do_click(desk.session)

    assert tour.step == "brush"
