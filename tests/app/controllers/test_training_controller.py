"""The training as the window asks for it, with a worker that is not started."""

import json
from dataclasses import replace

import pytest

from app.controllers.training_controller import TrainingController
from inference.model_store import ModelStore
from inference.model_versions import ModelVersions
from training.cases.project import Project
from training.fine_tuning.plan import HeldBack, TrainingPlan, save_plan
from training.jobs.job import EpochFigures, JobProgress, JobState, Preset, Stage
from training.jobs.job_queue import JobQueue
from training.jobs.worker_lock import take_project


@pytest.fixture
def study(taught_study):
    return taught_study


@pytest.fixture
def store(tmp_path):
    """One model, of which nothing was fine-tuned."""
    folder = tmp_path / "models" / "bench"
    folder.mkdir(parents=True)
    entry = {"file": "network.onnx", "sha256": "0" * 64}
    clicks = {
        "network": entry, "structures": ["spleen"], "side_multiple": 16, "max_side": 64,
        "channels": ["image", "mask", "foreground"], "spacing_mm": 2.0, "low_hu": -100,
        "high_hu": 100, "guidance_sigma_voxels": 2.0,
    }  # fmt: skip
    about = {"id": "bench", "version": "1.0.0", "title": "Bench", "licence": "CC0"}
    manifest = {"schema_version": 1, **about, "sources": [], "training_data": [], "clicks": clicks}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return ModelStore((tmp_path / "models",), ModelVersions(tmp_path / "versions"))


class Seat:
    """A controller, and what it said."""

    def __init__(self, folder, store, executor):
        self.started, self.told, self.failed, self.changes = [], [], [], 0
        self.executor = executor
        self.quiet_s = 3600.0
        self.controller = TrainingController(
            lambda: folder,
            store,
            "bench",
            self.started.append,
            executor,
            lambda act: act(),
            lambda: self.quiet_s,
        )
        self.controller.told.connect(self.told.append)
        self.controller.failed.connect(self.failed.append)
        self.controller.changed.connect(self._count)

    def _count(self):
        self.changes += 1

    def do(self, name, *arguments, **options):
        getattr(self.controller, name)(*arguments, **options)
        self.executor.run_all()
        return self.controller.state


@pytest.fixture
def seat(study, store, held_executor):
    return Seat(study, store, held_executor)


def test_improving_puts_a_job_into_the_queue_and_starts_a_worker(seat, study):
    state = seat.do("improve", Preset.SMALL, asks=True)
    (job,) = state.jobs
    assert (job.state, job.settings.model_id) == (JobState.QUEUED, "bench")
    assert (job.settings.preset, job.settings.promotes) == (Preset.SMALL, False)
    assert seat.started == [study]
    assert "You can go on working" in seat.told[0]
    assert state.version == "1.0.0"
    assert not state.can_roll_back


def test_a_job_that_cannot_learn_is_refused_before_it_is_queued(seat, study):
    with Project.open(study) as project:
        project.review.reopen(1)
    assert seat.do("improve", Preset.CPU, asks=False).jobs == ()
    assert "no approved case in the train split" in seat.failed[0]
    assert not seat.told
    assert not seat.started


def test_a_look_changes_nothing_and_tells_only_what_is_new(seat, study):
    seat.do("refresh")
    assert seat.changes == 1  # the version
    seat.do("refresh")
    assert seat.changes == 1
    with JobQueue.open(study) as queue:
        queue.submit(seat.do("improve", Preset.CPU, asks=False).jobs[0].settings)
    assert len(seat.do("refresh").jobs) == 2


def test_a_job_is_paused_cancelled_and_resumed(seat):
    seat.do("improve", Preset.CPU, asks=False)
    assert seat.do("pause", 1).jobs[0].state is JobState.PAUSED
    assert seat.do("cancel", 1).jobs[0].state is JobState.CANCELLED
    assert seat.do("resume", 1).jobs[0].state is JobState.QUEUED
    assert len(seat.started) == 2
    seat.do("resume", 1)
    assert "cannot go on" in seat.failed[0]


def test_a_job_whose_worker_died_can_stop_or_go_on(seat, study):
    seat.do("improve", Preset.CPU, asks=False)
    with JobQueue.open(study) as queue:
        queue.claim("worker")
    state = seat.do("resume", 1)
    assert (state.jobs[0].state, state.has_worker) == (JobState.RUNNING, False)
    assert len(seat.started) == 2
    assert seat.do("cancel", 1).jobs[0].state is JobState.CANCELLED


def test_a_window_that_is_closed_and_reopened_in_mid_job_shows_the_same_job(
    seat, study, store, held_executor
):
    seat.do("improve", Preset.CPU, asks=False)
    lock = take_project(study)  # the worker is a process of its own, which goes on
    figures = (EpochFigures(1, 0.7, {"spleen": 0.8}),)
    with JobQueue.open(study) as queue:
        queue.claim("worker")
        seat.do("refresh")
        queue.report(1, JobProgress(Stage.TRAINING, 0.5, 1, 2, 60.0, figures), got_on=True)
    reopened = Seat(study, store, held_executor).do("refresh")
    lock.release()
    (job,) = reopened.jobs
    assert (job.id, job.state, job.author) == (
        1,
        JobState.RUNNING,
        seat.controller.state.jobs[0].author,
    )
    assert job.progress.figures == figures
    assert reopened.has_worker


def test_a_job_at_work_hears_the_wish(seat, study):
    seat.do("improve", Preset.CPU, asks=False)
    with JobQueue.open(study) as queue:
        queue.claim("worker")
    lock = take_project(study)
    state = seat.do("pause", 1)
    lock.release()
    assert state.has_worker
    assert (state.jobs[0].state, state.jobs[0].wish) == (JobState.RUNNING, "pause")


def test_what_cannot_be_done_is_a_sentence(seat, store, held_executor):
    seat.do("roll_back")
    assert "as it was installed" in seat.failed[-1]
    seat.do("promote", 7, "")
    assert "no job 7" in seat.failed[-1]
    alone = Seat(None, store, held_executor)
    alone.do("improve", Preset.CPU, asks=False)
    assert "Open a project first" in alone.failed[0]
    alone.do("refresh")
    assert len(alone.failed) == 1


def test_cases_that_a_job_holds_back_are_told_and_can_be_used_all_the_same(seat, study):
    state = seat.do("improve", Preset.CPU, asks=False)
    assert state.held_back == {1: ()}
    odd = (HeldBack(4, "liver 4", "The spleen is on the right side."),)
    (study / "jobs" / "1").mkdir(parents=True)
    save_plan(TrainingPlan((), odd), study / "jobs" / "1" / "plan.json")
    assert seat.do("refresh").held_back == {1: odd}
    state = seat.do("improve", Preset.CPU, asks=False, included_cases=(4,))
    assert state.jobs[0].settings.included_cases == (4,)


def test_a_training_starts_by_itself_where_that_is_wished_for_and_nobody_clicks(
    seat, study, monkeypatch
):
    monkeypatch.setattr("training.jobs.automatic_start.newly_approved", lambda *_: 3)
    assert seat.do("start_if_due").jobs == ()  # nobody wished for it
    with Project.open(study) as project:
        project.change_settings(replace(project.settings, trains_after_cases=3))
    seat.quiet_s = 20.0
    assert seat.do("start_if_due").jobs == ()
    seat.quiet_s = 1000.0
    assert [job.state for job in seat.do("start_if_due").jobs] == [JobState.QUEUED]
    assert seat.started == [study]
    assert "improves the model by itself: 3 cases were approved" in seat.told[0]
    assert len(seat.do("start_if_due").jobs) == 1


def test_a_look_that_nobody_asked_for_fails_in_silence(seat, study):
    (study / "project.sqlite").write_bytes(b"no data base at all" * 100)
    seat.do("start_if_due")
    assert not seat.failed
    seat.do("refresh")
    assert seat.failed
