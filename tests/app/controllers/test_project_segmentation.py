"""Segmenting all new cases of the open project, while the user may work on others."""

import pytest

from imaging.errors import EngineError
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
