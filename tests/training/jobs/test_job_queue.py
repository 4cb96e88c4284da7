import sqlite3
from dataclasses import replace

import pytest

from imaging.errors import JobError, ProjectError
from training.cases.project import DATABASE, Project
from training.jobs.job import EpochFigures, JobProgress, JobState, JobWish, Preset, Stage
from training.jobs.job_queue import MOST_DEATHS, JobQueue
from training.promotion import refused_unmeasured


def test_a_job_comes_back_as_it_was_submitted(queue, settings):
    settings = replace(settings, preset=Preset.GPU_8, epochs=3, seed=7, included_cases=(2, 5))
    job = queue.submit(settings)
    assert (job.id, job.state, job.author, job.settings) == (1, JobState.QUEUED, "Anna", settings)
    assert queue.get(1) == job
    assert job.started_at is None
    assert job.heartbeat_at is None


def test_jobs_are_listed_newest_first_and_claimed_oldest_first(queue, settings):
    queue.submit(settings)
    queue.submit(settings)
    assert [job.id for job in queue.listed()] == [2, 1]
    claimed = queue.claim("worker a")
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.worker) == (1, JobState.RUNNING, "worker a")
    assert claimed.started_at is not None


def test_an_empty_queue_has_nothing_to_claim(queue):
    assert queue.claim("worker a") is None


def test_a_job_whose_worker_died_is_gone_on_with_before_others(queue, settings):
    queue.submit(settings)
    queue.claim("worker a")
    queue.report(1, JobProgress(Stage.TRAINING, 0.5, 2, 4), got_on=True)
    queue.submit(settings)
    again = queue.claim("worker b")
    assert (again.id, again.worker, again.deaths) == (1, "worker b", 1)
    assert again.progress.epoch == 2


def test_a_job_that_kills_its_worker_again_and_again_is_given_up(queue, settings):
    queue.submit(settings)
    for _ in range(MOST_DEATHS + 1):
        assert queue.claim("worker") is not None
    assert queue.claim("worker") is None
    job = queue.get(1)
    assert job.state is JobState.FAILED
    assert "memory ran out" in job.message


def test_a_job_that_gets_on_is_not_given_up(queue, settings):
    queue.submit(settings)
    for _ in range(2 * MOST_DEATHS):
        assert queue.claim("worker") is not None
        queue.report(1, JobProgress(), got_on=True)


def test_the_heartbeat_tells_the_time_and_hears_the_wish(queue, settings):
    queue.submit(settings)
    before = queue.claim("worker").heartbeat_at
    assert queue.beat(1) is JobWish.NONE
    assert queue.get(1).heartbeat_at > before
    queue.wish(1, JobWish.PAUSE)
    assert queue.beat(1) is JobWish.PAUSE
    assert queue.get(1).state is JobState.RUNNING


@pytest.mark.parametrize(
    ("wish", "state"), [(JobWish.PAUSE, JobState.PAUSED), (JobWish.CANCEL, JobState.CANCELLED)]
)
def test_a_job_that_waits_stops_at_once_and_can_go_on(queue, settings, wish, state):
    queue.submit(settings)
    assert queue.wish(1, wish).state is state
    assert queue.claim("worker") is None
    assert queue.resume(1).state is JobState.QUEUED
    assert queue.claim("worker").wish is JobWish.NONE


def test_a_wish_that_the_worker_did_not_live_to_hear_is_granted_by_the_next(queue, settings):
    queue.submit(settings)
    queue.submit(settings)
    queue.claim("worker a")
    queue.wish(1, JobWish.CANCEL)
    assert queue.claim("worker b").id == 2
    assert queue.get(1).state is JobState.CANCELLED


def test_a_paused_job_can_be_cancelled_but_no_finished_one(queue, settings):
    queue.submit(settings)
    queue.wish(1, JobWish.PAUSE)
    assert queue.wish(1, JobWish.CANCEL).state is JobState.CANCELLED
    queue.submit(settings)
    queue.claim("worker")
    queue.leave(2, JobState.FINISHED, "Better.")
    with pytest.raises(JobError, match="Job 2 is finished, so it cannot be paused"):
        queue.wish(2, JobWish.PAUSE)


def test_only_what_was_stopped_can_go_on(queue, settings):
    queue.submit(settings)
    with pytest.raises(JobError, match="Job 1 is queued, so it cannot go on"):
        queue.resume(1)
    queue.claim("worker")
    queue.leave(1, JobState.REFUSED, "No.")
    with pytest.raises(JobError, match=r"cannot go on\. Start a new one"):
        queue.resume(1)


def test_progress_and_decision_come_back_as_they_were(queue, settings):
    queue.submit(settings)
    queue.claim("worker")
    figures = (EpochFigures(1, 0.7, {"spleen": 0.8}), EpochFigures(2, 0.6))
    progress = JobProgress(Stage.TRAINING, 0.25, 2, 8, 61.5, figures)
    queue.report(1, progress)
    queue.set_version(1, "0.2.1")
    decision = refused_unmeasured("it is blue")
    job = queue.leave(1, JobState.REFUSED, decision.sentence, decision)
    assert (job.progress, job.decision, job.version) == (progress, decision, "0.2.1")
    assert job.finished_at is not None


def test_an_unknown_job_is_named(queue):
    with pytest.raises(JobError, match="no job 7"):
        queue.get(7)


def test_a_damaged_record_is_a_sentence(queue, settings, folder):
    queue.submit(settings)
    connection = sqlite3.connect(folder / DATABASE)
    connection.execute("UPDATE jobs SET progress = '{'")
    connection.commit()
    connection.close()
    with pytest.raises(JobError, match="Job 1 cannot be read"):
        queue.get(1)


def test_a_worker_reports_while_the_window_has_the_project_open(folder, settings):
    with Project.open(folder) as project, JobQueue.open(folder) as queue:
        assert not project.is_read_only
        queue.submit(settings)
        project.change_settings(replace(project.settings, name="Still mine"))
        assert queue.claim("worker").id == 1
    with JobQueue.open(folder) as queue:
        assert queue.get(1).state is JobState.RUNNING


def test_a_project_without_a_queue_gets_one_after_a_backup(folder, settings):
    connection = sqlite3.connect(folder / DATABASE)
    connection.execute("DROP TABLE jobs")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    with JobQueue.open(folder) as queue:
        queue.submit(settings)
    assert len([*(folder / "backups").glob("project-version-1-*")]) == 1


def test_an_old_project_that_somebody_has_open_waits(folder):
    with Project.open(folder):
        connection = sqlite3.connect(folder / DATABASE)
        connection.execute("PRAGMA user_version = 1")
        connection.close()
        with pytest.raises(ProjectError, match=r"cannot be renewed here\. The project is open"):
            JobQueue.open(folder)


def test_a_folder_without_a_project_is_refused(tmp_path):
    with pytest.raises(ProjectError, match="is no project"):
        JobQueue.open(tmp_path)
