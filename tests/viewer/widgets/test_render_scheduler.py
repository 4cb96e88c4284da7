from unittest.mock import create_autospec

import pytest

from viewer.widgets.render_scheduler import COSTLY_MS, RenderScheduler
from viewer.widgets.scene_widget import SceneWidget

pytestmark = pytest.mark.gui


@pytest.fixture
def scheduler(qapp):
    scheduler = RenderScheduler(qapp)
    yield scheduler
    scheduler.stop()
    scheduler.deleteLater()


@pytest.fixture
def views():
    return [create_autospec(SceneWidget, instance=True, render_ms=8.0) for _ in range(3)]


def counts(views):
    return [view.request_render.call_count for view in views]


def test_without_a_leader_all_are_rendered_at_once(scheduler, views):
    scheduler.request(views)

    assert counts(views) == [1, 1, 1]


def test_the_leader_goes_first_and_the_others_follow_in_turn(scheduler, views, qtbot):
    scheduler.request(views, leader=views[1])
    at_once = counts(views)
    qtbot.waitUntil(lambda: sum(counts(views)) == 2)
    next_one = counts(views)
    qtbot.waitUntil(lambda: sum(counts(views)) == 3)

    assert at_once == [0, 1, 0]
    assert next_one == [1, 1, 0]


def test_requests_while_waiting_do_not_pile_up(scheduler, views, qtbot):
    for _ in range(10):
        scheduler.request(views, leader=views[0])
    qtbot.waitUntil(lambda: sum(counts(views)[1:]) == 2)
    qtbot.wait(120)

    assert counts(views) == [10, 1, 1]


def test_a_view_rendered_at_once_waits_no_longer(scheduler, views, qtbot):
    scheduler.request(views, leader=views[0])
    scheduler.request(views[1:])
    qtbot.wait(120)

    assert counts(views) == [1, 1, 1]


def test_after_stopping_nothing_follows(scheduler, views, qtbot):
    scheduler.request(views, leader=views[0])
    scheduler.stop()
    qtbot.wait(120)

    assert counts(views) == [1, 0, 0]


def test_a_costly_view_follows_when_the_user_pauses(scheduler, views, qtbot):
    views[1].render_ms = 10 * COSTLY_MS
    scheduler.request(views, leader=views[0])
    qtbot.waitUntil(lambda: counts(views)[2] == 1)
    while_scrolling = counts(views)
    qtbot.waitUntil(lambda: counts(views)[1] == 1)

    assert while_scrolling == [1, 0, 1]


def test_a_costly_view_is_rendered_at_once_where_nothing_leads(scheduler, views):
    views[1].render_ms = 10 * COSTLY_MS
    scheduler.request(views)

    assert counts(views) == [1, 1, 1]
