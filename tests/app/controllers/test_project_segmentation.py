"""Segmenting all new cases of the open project, while the user may work on others."""

import pytest

from imaging.errors import EngineError, ProjectError
from training.cases.project import Project
from training.cases.records import VersionKind


@pytest.fixture
def segmenting(table, volume, monkeypatch):
    """The controller; what it says ends up in ``told``, and every path holds the fake CT."""

    def volume_of(*_arguments, **_named):
        return volume

    monkeypatch.setattr("app.segment_project.open_case_volume", volume_of)
    controller = table.bench.segmenting
    controller.finished.connect(lambda text, lines: table.told.extend((text, *lines)))
    controller.failed.connect(table.told.append)
    return controller


def kinds(table):
    return [[v.kind for v in table.project.versions.of_case(n)] for n in (1, 2, 3)]


def test_every_new_case_gets_labels_and_the_list_shows_them(table, segmenting):
    segmenting.start()
    assert segmenting.is_busy
    table.run()

    assert kinds(table) == [[VersionKind.AUTOMATIC]] * 3
    assert [record.version_count for record in table.records] == [1, 1, 1]
    assert table.told == ["3 cases segmented."]
    assert not segmenting.is_busy


def test_what_is_finished_stays_when_it_is_stopped_and_the_rest_follows(
    table, segmenting, predictor
):
    answers = []

    def stop_at_the_second():
        answers.append(1)
        if len(answers) == 2:
            segmenting.stop()

    predictor.while_segmenting = stop_at_the_second
    segmenting.start()
    table.run()
    assert [len(versions) for versions in kinds(table)].count(1) == 1
    assert table.told == ["1 case segmented. Stopped; starting it again goes on."]

    segmenting.start()
    table.run()
    assert kinds(table) == [[VersionKind.AUTOMATIC]] * 3


def test_cases_that_fail_are_listed_with_their_sentence(table, segmenting, predictor):
    predictor.error = EngineError("The model refused.")
    segmenting.start()
    table.run()

    assert table.told[0] == "No cases segmented, 3 failed."
    assert len(table.told) == 4
    assert all("The model refused." in line for line in table.told[1:])


def test_an_untouched_open_case_can_still_be_drawn_in_and_saved(table, segmenting, draw):
    session = table.open(1)
    segmenting.start()
    table.run()
    draw(session)
    table.bench.versions.save()
    table.run()

    assert kinds(table)[0] == [VersionKind.AUTOMATIC, VersionKind.INTERIM]


def test_the_project_closes_once_the_running_segmentation_has_stopped(
    table, segmenting, predictor, study, held_executor
):
    closed = []
    projects = table.bench.projects
    projects.project_closed.connect(lambda: closed.append(segmenting.is_busy))
    predictor.while_segmenting = projects.close_project
    segmenting.start()
    project = table.project
    held_executor.run_next()  # all of the segmentation, in which the project is closed
    held_executor.run_all()

    assert closed == [False]
    assert projects.project is None
    with Project.open(study) as again:
        assert not again.is_read_only
        assert [again.versions.of_case(n) for n in (1, 2, 3)] == [(), (), ()]
    with pytest.raises(ProjectError):
        project.cases.listed()


def test_another_project_opens_once_the_segmentation_of_this_one_has_stopped(
    table, segmenting, tmp_path
):
    other = tmp_path / "other"
    Project.create(other).close()
    segmenting.start()
    table.bench.projects.open_project(other)
    table.run()

    assert table.project.folder == other
    assert not segmenting.is_busy


def test_a_click_goes_before_the_segmentation_of_other_cases(
    table, segmenting, right_of_way, monkeypatch
):
    waits = []
    monkeypatch.setattr(right_of_way, "wait", lambda is_over: waits.append(is_over()))
    segmenting.start()
    table.run()

    assert len(waits) >= 3  # at least once for each case
    assert not any(waits)
