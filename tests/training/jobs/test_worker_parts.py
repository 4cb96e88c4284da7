import os
import sys
from dataclasses import replace

import pytest

from imaging.errors import JobError
from training import missing_libraries
from training.jobs import process
from training.jobs.clicks_first import (
    LONGEST_WAIT_SECONDS,
    QUIET_SECONDS,
    announce_click,
    wait_for_quiet,
)
from training.jobs.heartbeat import Heartbeat
from training.jobs.job import EpochFigures, JobState, JobWish, Stage
from training.jobs.messages import (
    EpochFinished,
    JobLeft,
    JobStarted,
    Remarked,
    StageReached,
    WorkerWaits,
    message_from_line,
    message_to_line,
)
from training.jobs.worker_lock import has_worker, take_device, take_project


@pytest.mark.parametrize(
    "message",
    [
        JobStarted(3, 2),
        StageReached(3, Stage.MEASURING),
        EpochFinished(3, EpochFigures(1, 0.5, {"spleen": 0.9}), 8, 61.5),
        Remarked(3, "A case is held back."),
        JobLeft(3, JobState.REFUSED, "No."),
        WorkerWaits("Wait."),
    ],
)
def test_a_message_comes_back_from_its_line_as_it_was(message):
    line = message_to_line(message)
    assert "\n" not in line
    assert message_from_line(line) == message


@pytest.mark.parametrize("line", ["", "{", '{"event": "lunch"}', '{"event": "job_left"}'])
def test_what_is_no_message_is_refused_in_a_sentence(line):
    with pytest.raises(JobError, match="two versions of the program"):
        message_from_line(line)


def test_a_heart_beats_and_hears_what_is_wished(queue, settings):
    queue.submit(settings)
    started = queue.claim("worker").heartbeat_at
    with Heartbeat(queue, 1, beat_s=0.001) as heartbeat:
        queue.wish(1, JobWish.CANCEL)
        while heartbeat.wish is JobWish.NONE:
            pass
    assert heartbeat.wish is JobWish.CANCEL
    assert queue.get(1).heartbeat_at > started


def test_a_heart_goes_on_beating_when_the_data_base_is_busy(queue, settings, monkeypatch):
    queue.submit(settings)
    queue.claim("worker")
    beat, calls = queue.beat, []

    def busy_at_first(job_id):
        calls.append(job_id)
        if len(calls) < 3:
            raise JobError("busy")
        return beat(job_id)

    monkeypatch.setattr(queue, "beat", busy_at_first)
    queue.wish(1, JobWish.PAUSE)
    with Heartbeat(queue, 1, beat_s=0.001) as heartbeat:
        while heartbeat.wish is JobWish.NONE:
            pass
    assert heartbeat.wish is JobWish.PAUSE


def test_a_project_and_a_device_have_one_worker_each(folder, tmp_path):
    assert not has_worker(folder)
    lock = take_project(folder)
    assert has_worker(folder)
    assert take_project(folder) is None
    lock.release()
    assert not has_worker(folder)
    gpu = take_device(tmp_path / "locks", "cuda:0")
    assert take_device(tmp_path / "locks", "cuda:0") is None
    other = take_device(tmp_path / "locks", "cpu")
    assert other is not None
    gpu.release()
    other.release()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_takes_no_lock_is_a_sentence(folder):
    folder.chmod(0o500)
    with pytest.raises(JobError, match="No worker can start"):
        take_project(folder)
    folder.chmod(0o700)


class Clock:
    """Time goes on only by sleeping."""

    def __init__(self, start):
        self.time = start

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


def test_a_batch_waits_until_nobody_clicks(tmp_path):
    announce_click(tmp_path)
    clock = Clock((tmp_path / "clicking").stat().st_mtime + 0.2)
    waited = wait_for_quiet(tmp_path, lambda: False, now=clock.now, sleep=clock.sleep)
    assert waited == pytest.approx(QUIET_SECONDS - 0.2, abs=0.11)
    assert wait_for_quiet(tmp_path, lambda: False, now=clock.now, sleep=clock.sleep) == 0


def test_training_goes_on_where_somebody_clicks_without_end(tmp_path):
    clock = Clock(0)

    def click_again(seconds):
        clock.sleep(seconds)
        os.utime(tmp_path / "clicking", (clock.time, clock.time))

    announce_click(tmp_path)
    os.utime(tmp_path / "clicking", (0, 0))
    waited = wait_for_quiet(tmp_path, lambda: False, now=clock.now, sleep=click_again)
    assert waited == pytest.approx(LONGEST_WAIT_SECONDS, abs=0.2)


def test_nobody_is_waited_for_without_clicks_or_when_it_is_over(tmp_path):
    assert wait_for_quiet(tmp_path / "none", lambda: False, sleep=pytest.fail) < 0.1
    announce_click(tmp_path)
    assert wait_for_quiet(tmp_path, lambda: True, sleep=pytest.fail) < 0.1
    announce_click(tmp_path / "not there")


def test_a_worker_is_this_program_with_another_command(folder, monkeypatch):
    command = process.worker_command(folder)
    assert command[:3] == [sys.executable, "-m", "app"]
    assert command[3:] == ["worker", "--project", str(folder.resolve())]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert process.worker_command(folder) == [sys.executable, *command[3:]]


def test_several_processes_are_started_by_torchrun(folder, monkeypatch):
    alone = process.worker_command(folder)
    assert process.worker_command(folder, 4) == [*alone, "--processes", "4"]
    command = process.torchrun_command(folder, 4)
    assert command[: -len(alone)][-4:] == [
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node=4",
        "--no-python",
    ]
    assert command[-len(alone) :] == alone
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert process.torchrun_environment()["OMP_NUM_THREADS"] == "3"


def test_a_second_worker_is_not_started(folder, monkeypatch):
    started = []
    monkeypatch.setattr(
        process.subprocess,
        "Popen",
        lambda command, **options: started.append((command, options)) or Started(),
    )
    lock = take_project(folder)
    assert process.start_worker(folder) is None
    lock.release()
    assert process.start_worker(folder).pid == 7
    ((_, options),) = started
    assert options["start_new_session"] == (os.name == "posix")


def test_a_job_that_cannot_be_done_here_is_said_and_stays_in_the_queue(folder, monkeypatch):
    monkeypatch.setattr(missing_libraries, "find_spec", lambda _name: None)
    monkeypatch.setattr(process.subprocess, "Popen", pytest.fail)
    with pytest.raises(JobError, match=r"in the queue, but .* no torch and no monai"):
        process.start_worker(folder)


class Started:
    pid = 7


def test_settings_with_included_cases_survive_the_queue(queue, settings):
    job = queue.submit(replace(settings, included_cases=(3,)))
    assert queue.get(job.id).settings.included_cases == (3,)
