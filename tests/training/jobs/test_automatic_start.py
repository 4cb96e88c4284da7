"""When a training starts by itself; the clock is the test's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from training.cases.project import Project
from training.cases.records import CaseQuery, CaseStatus, ProjectSettings, Split
from training.jobs.automatic_start import newly_approved, settings_for, why_not_now
from training.jobs.clicks_first import announce_click, seconds_since_click
from training.jobs.job import FineTuneSettings, JobState, Preset

NIGHT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
NEVER = ProjectSettings("study")
AFTER_FIVE = replace(NEVER, trains_after_cases=5)
AT_TWO = replace(NEVER, trains_at_hour=2)


@pytest.fixture
def finished(queue, settings):
    """A job that is over, made the morning before."""
    job = queue.submit(settings)
    return queue.leave(job.id, JobState.REFUSED, "No.")


def test_nothing_starts_by_itself_unless_somebody_wished_for_it():
    assert "do not wish" in why_not_now(NEVER, 100, (), NIGHT)


def test_enough_newly_approved_cases_start_a_training_at_any_hour():
    assert "Newly approved cases to learn from: 4; 5 are needed." in why_not_now(
        AFTER_FIVE, 4, (), NIGHT
    )
    assert why_not_now(AFTER_FIVE, 5, (), NIGHT) is None


def test_at_night_one_case_is_enough_and_there_is_one_training(finished):
    assert why_not_now(AT_TWO, 1, (finished,), NIGHT) is None
    assert "No case to learn from" in why_not_now(AT_TWO, 0, (finished,), NIGHT)
    by_day = NIGHT + timedelta(hours=1)
    assert "the training starts at 2:00" in why_not_now(AT_TWO, 1, (finished,), by_day)
    tonight = replace(finished, created_at=NIGHT - timedelta(minutes=20))
    assert "made already" in why_not_now(AT_TWO, 1, (tonight,), NIGHT)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.PAUSED])
def test_a_job_that_is_not_over_comes_first(finished, state):
    job = replace(finished, state=state)
    assert f"Job 1 is {state}." in why_not_now(AFTER_FIVE, 9, (job,), NIGHT)


def test_both_wishes_together_take_whichever_comes_first(finished):
    both = replace(AFTER_FIVE, trains_at_hour=2)
    assert why_not_now(both, 1, (finished,), NIGHT) is None
    assert why_not_now(both, 5, (finished,), NIGHT + timedelta(hours=9)) is None


def test_wishes_that_cannot_be_meant_are_refused():
    for wrong in ({"trains_at_hour": 24}, {"trains_after_cases": -1}):
        with pytest.raises(ValueError, match="no such start"):
            ProjectSettings("study", **wrong)


def test_only_cases_to_learn_from_that_were_approved_since_the_last_job_count(finished):
    class Case:
        def __init__(self, day):
            self.changed_at = datetime(2026, 3, day, tzinfo=UTC)

    class Cases:
        asked: CaseQuery

        def listed(self, query):
            Cases.asked = query
            return [Case(1), Case(2), Case(3)]

    class Study:
        cases = Cases()

    assert newly_approved(Study, ()) == 3
    assert newly_approved(Study, (finished,)) == 2
    assert Cases.asked == CaseQuery(
        statuses=frozenset({CaseStatus.APPROVED}), splits=frozenset({Split.TRAIN})
    )


def test_it_does_what_the_last_job_of_the_model_did(queue):
    assert settings_for("bench", ()) == FineTuneSettings("bench")
    mine = FineTuneSettings("bench", Preset.GPU_8, promotes=False)
    queue.submit(mine)
    queue.submit(FineTuneSettings("other"))
    assert settings_for("bench", queue.listed()) == mine


def test_the_project_keeps_the_wish(folder):
    with Project.open(folder) as project:
        project.change_settings(replace(project.settings, trains_after_cases=7, trains_at_hour=0))
    with Project.open_to_read(folder) as project:
        assert (project.settings.trains_after_cases, project.settings.trains_at_hour) == (7, 0)


def test_how_long_nobody_has_clicked_is_known(tmp_path):
    assert seconds_since_click(tmp_path) == float("inf")
    announce_click(tmp_path)
    clicked_at = (tmp_path / "clicking").stat().st_mtime
    assert seconds_since_click(tmp_path, lambda: clicked_at + 61.0) == pytest.approx(61.0)
