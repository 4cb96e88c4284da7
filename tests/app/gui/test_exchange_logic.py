"""Cases that are segmented in the background while one of them is open; closing meanwhile."""

import pytest

pytestmark = pytest.mark.gui


@pytest.fixture
def desk_on_case(desk, study, volume, monkeypatch):
    """A window with an open, untouched new case; every path holds the fake CT."""

    def volume_of(*_arguments, **_named):
        return volume

    monkeypatch.setattr("app.segment_project.open_case_volume", volume_of)
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    desk.logic.case_list.open_case(1)
    desk.executor.run_all()
    return desk


def versions_of(desk, case_id):
    return desk.workbench.project.projects.project.versions.of_case(case_id)


def test_an_untouched_open_case_shows_what_the_background_found_in_it(desk_on_case):
    desk = desk_on_case
    desk.session.activate("pancreas")
    desk.actions["segment_new_cases"].trigger()
    desk.executor.run_all()

    assert desk.session.volume_ml("spleen") > 0
    assert not desk.session.is_modified
    assert desk.session.undo_name is None
    assert desk.session.active.name == "pancreas"
    (version,) = versions_of(desk, 1)
    assert desk.workbench.project.opener.opened.version_id == version.id
    assert not desk.window.notice_bar.isVisible()


def test_what_was_drawn_meanwhile_stays_and_the_other_is_offered(desk_on_case, draw, predictor):
    desk = desk_on_case
    session = desk.session
    predictor.while_segmenting = lambda: session.undo_name or draw(session, first=10, last=12)
    desk.actions["segment_new_cases"].trigger()
    desk.executor.run_all()
    drawn_ml = desk.session.volume_ml("spleen")
    assert desk.session is session
    assert "as version 1" in desk.window.notice_bar.text
    (button,) = desk.window.notice_bar.buttons

    button.click()
    desk.executor.run_all()
    assert desk.session.volume_ml("spleen") != drawn_ml
    desk.actions["undo"].trigger()
    assert desk.session.volume_ml("spleen") == drawn_ml


def test_what_was_saved_meanwhile_stays_the_newest_version(desk_on_case, draw, predictor):
    desk = desk_on_case
    projects = desk.workbench.project.projects
    session, saved = desk.session, []

    def save_at_once():
        if not saved:
            draw(session)
            desk.workbench.project.versions.save(lambda: saved.append(True))
            projects._writes.wait(5)

    predictor.while_segmenting = save_at_once
    desk.actions["segment_new_cases"].trigger()
    desk.executor.run_all()

    assert [version.kind.value for version in versions_of(desk, 1)] == ["interim"]
    assert len(versions_of(desk, 2)) == 1


def test_the_window_closes_once_the_background_has_stopped(desk_on_case):
    desk = desk_on_case
    desk.actions["segment_new_cases"].trigger()
    desk.window.close()
    assert desk.window.isVisible()
    assert "Stopping" in desk.workbench.activities.current.text

    desk.executor.run_all()
    assert not desk.window.isVisible()
    assert desk.workbench.project.projects.project is None
