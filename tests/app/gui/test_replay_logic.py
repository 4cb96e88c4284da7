import numpy as np
import pytest

from app.controllers.replay_controller import why_it_may_differ
from app.controllers.replay_film import ReplaySource
from imaging.clicks import Click
from training.cases.provenance import ModelUsed, MovedClickStep
from training.cases.replay import ReplayPlan

pytestmark = pytest.mark.gui

FIRST, SECOND = (5, 8, 9), (12, 20, 30)


@pytest.fixture
def clicked_desk(desk, study):
    """A window with a case whose first version has a segmentation and two clicks."""
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    desk.logic.case_list.open_case(1)
    desk.executor.run_all()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    geometry = desk.session.volume.geometry
    for index_kji in (FIRST, SECOND):
        point = tuple(float(x) for x in geometry.index_to_lps(index_kji))
        desk.workbench.segmentation.add_click(point, is_foreground=True)
        desk.executor.run_all()
    desk.actions["save"].trigger()
    desk.executor.run_all()
    return desk


def replays(desk):
    return desk.logic.replay.replays


def player(desk):
    return desk.window.review.versions.player


def start(desk, number=1):
    desk.window.review.versions.select(number)
    versions = desk.workbench.project.versions.history.versions
    desk.window.review.versions.replay_requested.emit(versions[number - 1])


def test_a_replay_with_the_same_model_ends_where_the_version_does(clicked_desk):
    desk = clicked_desk
    stored = desk.session.labels.array.copy()
    start(desk)
    desk.executor.run_all()

    film = replays(desk).film
    assert [step.voxels_changed for step in film.steps] == [125, 125, 125]
    assert film.steps[-1].dice == 1.0
    film.go_to(3)
    assert np.array_equal(film.labels.array, stored)
    assert "ends with the same mask as version 1" in player(desk).end_text
    difference, take_over = player(desk).buttons
    assert not difference.isEnabled()
    assert take_over.isEnabled()


def test_stepping_shows_mask_clicks_and_place_after_each_step(clicked_desk):
    desk = clicked_desk
    start(desk)
    desk.executor.run_all()
    box, film = player(desk), replays(desk).film

    box.position_requested.emit(2)
    geometry = desk.session.volume.geometry
    assert film.labels.array[FIRST] == 1
    assert film.labels.array[SECOND] == 0
    assert len(film.clicks) == 1
    assert desk.logic.views.cursor_lps == pytest.approx(geometry.index_to_lps(FIRST))
    assert box.text.startswith("Foreground click on spleen: 125 voxels changed (then 125).")

    box.position_requested.emit(0)
    assert not film.labels.array.any()
    assert box.text == "Before the first step."


def test_a_replay_changes_nothing_of_the_case(clicked_desk):
    desk = clicked_desk
    before, state = desk.session.labels.array.copy(), desk.session.state
    start(desk)
    desk.executor.run_all()
    player(desk).position_requested.emit(1)
    player(desk).close_requested.emit()

    assert np.array_equal(desk.session.labels.array, before)
    assert desk.session.state == state
    assert not desk.session.is_modified
    assert replays(desk).film is None
    assert not player(desk).isVisible()


def test_another_answer_is_said_with_its_reason_shown_and_taken_over_as_a_version(clicked_desk):
    desk = clicked_desk
    desk.predictor.reach = 1
    desk.workbench.project.versions.model_used = lambda: ModelUsed("fake", "2.0", "1" * 64)
    start(desk)
    desk.executor.run_all()
    box = player(desk)

    assert "The replay differs from version 1." in box.end_text
    assert "Version 1 was made with fake 1.0, replayed with fake 2.0." in box.end_text
    difference, take_over = box.buttons
    difference.click()
    assert desk.logic.views.case_view.views.comparison.is_shown
    take_over.click()
    desk.executor.run_all()

    assert replays(desk).film is None
    second = desk.workbench.project.versions.history.versions[-1]
    assert second.number == 2
    assert desk.session.labels.array[tuple(n + 2 for n in SECOND)] == 0
    assert desk.session.undo_name == "replay of version 1"
    assert [step.kind for step in second.provenance.steps] == ["manual"]


def test_cancelling_keeps_what_was_played(clicked_desk, qtbot):
    desk = clicked_desk
    start(desk)
    while "step 2" not in desk.workbench.activities.current.text:
        desk.executor.run_next()
    assert desk.workbench.activities.current.text == "Replaying step 2 of 3"
    desk.workbench.activities.current.cancel()
    desk.executor.run_all()

    assert len(replays(desk).film.steps) == 1
    assert desk.workbench.activities.current is None
    assert player(desk).end_text == ""
    desk.logic.replay._timer.setInterval(1)
    qtbot.waitUntil(lambda: not player(desk).play.isChecked())


def test_an_edit_ends_the_replay(clicked_desk, draw):
    start(clicked_desk)
    clicked_desk.executor.run_all()
    draw(clicked_desk.session, label_value=2)

    assert replays(clicked_desk).film is None


def test_another_case_ends_the_replay(clicked_desk):
    start(clicked_desk)
    clicked_desk.executor.run_all()
    clicked_desk.logic.case_list.open_case(2)
    clicked_desk.executor.run_all()

    assert replays(clicked_desk).film is None
    assert not player(clicked_desk).isVisible()


def test_playing_goes_on_by_itself_to_the_end(clicked_desk, qtbot):
    start(clicked_desk)
    clicked_desk.executor.run_all()
    clicked_desk.logic.replay._timer.setInterval(1)

    qtbot.waitUntil(lambda: replays(clicked_desk).film.position == 3)
    qtbot.waitUntil(lambda: not player(clicked_desk).play.isChecked())


def test_a_version_without_clicks_says_so(clicked_desk, draw):
    desk = clicked_desk
    draw(desk.session, label_value=2)
    desk.actions["save"].trigger()
    desk.executor.run_all()
    start(desk, 2)
    desk.executor.run_all()

    assert "Version 2 holds no click" in desk.window.banner.text
    assert replays(desk).film is None


def test_a_version_approved_as_it_was_has_the_clicks_of_its_parent(clicked_desk):
    desk = clicked_desk
    project = desk.workbench.project.projects.project
    first = project.versions.newest(1)
    project.review.submit(1)
    project.review.approve(1, comment="A test.")
    desk.workbench.project.versions.refresh()
    desk.executor.run_all()
    start(desk, 2)
    desk.executor.run_all()

    assert replays(desk).film.source.version.id == first.id


def test_reasons_are_only_given_where_something_is_known(clicked_desk):
    (version,) = clicked_desk.workbench.project.versions.history.versions
    same, engine = version.provenance.model, version.provenance.engine

    def reason(model=same, engine=engine, left_out=0, clicks_before=(), steps=()):
        nothing = np.zeros((1, 1, 1), np.uint8)
        plan = ReplayPlan(tuple(steps), left_out)
        source = ReplaySource(version, plan, nothing, nothing, tuple(clicks_before))
        return why_it_may_differ(source, model, engine)

    assert reason() == "Model and engine are the same as then."
    assert "another build" in reason(ModelUsed(same.id, same.version, "9" * 64))
    assert reason(engine="OpenVINO", left_out=2) == (
        f"It ran on {engine} then, on OpenVINO now. 2 steps by hand or from files were not played."
    )
    old, new = Click((1.0, 2.0, 3.0), "spleen", True), Click((9.0, 2.0, 3.0), "spleen", True)
    moved = MovedClickStep(new, old.point_lps, 5, 0.1)
    assert "A click of an earlier version was moved" in reason(clicks_before=[old], steps=[moved])


def test_a_click_can_be_moved_by_its_marker_and_replayed(clicked_desk):
    desk = clicked_desk
    click = desk.session.clicks.clicks[-1]
    views = desk.logic.views.widget
    target = tuple(float(x) for x in desk.session.volume.geometry.index_to_lps((12, 8, 12)))
    views.click_moved.emit(click, target)
    desk.executor.run_all()
    assert desk.session.undo_name == "move of foreground click on spleen"
    desk.actions["save"].trigger()
    desk.executor.run_all()
    start(desk, 2)
    desk.executor.run_all()

    film = replays(desk).film
    assert [step.step.kind for step in film.steps] == ["moved click"]
    assert "A click of an earlier version was moved" in player(desk).end_text
