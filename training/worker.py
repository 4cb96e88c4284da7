"""The worker: takes job after job from a project's queue and carries them out."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import torch

from imaging.errors import CancelledError, JobError, MaskwrightError
from training.cases.file_lock import FileLock
from training.cases.project import Project
from training.fine_tuning.job_run import FineTuneRun, Outcome, follow
from training.fine_tuning.memory import chosen_device
from training.fine_tuning.team import Team
from training.jobs.heartbeat import Heartbeat
from training.jobs.job import Job, JobState, JobWish
from training.jobs.job_queue import JobQueue
from training.jobs.messages import JobLeft, JobStarted, Message, WorkerWaits
from training.jobs.places import JobPlaces
from training.jobs.worker_lock import take_device, take_project

NICENESS = 10
"""So that the window's clicks go first on the processor."""

DEVICE_POLL_SECONDS = 2.0

logger = logging.getLogger(__name__)

Emit = Callable[[Message], None]
ShouldStop = Callable[[], bool]


def run_worker(folder: Path, places: JobPlaces, emit: Emit, should_stop: ShouldStop) -> int:
    """Work until the queue of the project in ``folder`` is empty; returns how many jobs it did.

    Of several processes that torchrun has started the first one works so, and the others help it
    with its trainings.

    Raises:
        JobError: the project has a worker already.
        ProjectError: it is no project, or cannot be written.
    """
    team = Team.joined()
    _be_modest(team)
    places.clicks.mkdir(parents=True, exist_ok=True)  # else no click could be heard
    if not team.leads:
        _help(folder, places, team)
        return 0
    with JobQueue.open(folder) as queue:
        lock = take_project(folder)
        if lock is None:
            raise JobError("This project has a worker already. It does all jobs in the queue.")
        done = 0
        try:
            name = f"{socket.gethostname()}, process {os.getpid()}"
            while not should_stop() and (job := queue.claim(name)) is not None:
                _do(job, queue, folder, places, emit, should_stop, team)
                done += 1
        finally:
            lock.release()
        team.hand_out(None)
        team.leave()
        return done


def _help(folder: Path, places: JobPlaces, team: Team) -> None:
    """Take part in every training of the leader until it has nothing more to do.

    Whoever is asked to end is not the one to stop: the leader is asked as well, and lets go.
    """
    while (order := team.next_order()) is not None:
        with Project.open_to_read(folder) as project:
            follow(order, project, places, team, lambda: False)
    team.leave()


def _do(
    job: Job,
    queue: JobQueue,
    folder: Path,
    places: JobPlaces,
    emit: Emit,
    should_stop: ShouldStop,
    team: Team,
) -> None:
    """Carry a job out and write down what became of it."""
    emit(JobStarted(job.id, job.progress.epoch))
    with Heartbeat(queue, job.id) as heartbeat:

        def is_stopped() -> bool:
            return heartbeat.wish is not JobWish.NONE or should_stop()

        device: FileLock | None = None
        try:
            device = _device_lock(places, job, emit, is_stopped)
            with Project.open_to_read(folder) as project:
                run = FineTuneRun(job, queue, heartbeat, project, places, emit, should_stop, team)
                outcome = run.run()
        except CancelledError:
            outcome = _stopped(heartbeat.wish)
        except MaskwrightError as error:
            outcome = Outcome(JobState.FAILED, str(error))
        except Exception as error:  # the process edge
            logger.critical("unexpected error in a job", exc_info=True)
            outcome = Outcome(
                JobState.FAILED,
                f"Something went wrong that should not ({type(error).__name__}). The details are "
                "in the log. The job can be resumed.",
            )
        finally:
            if device is not None:
                device.release()
    queue.leave(job.id, outcome.state, outcome.sentence, outcome.decision)
    emit(JobLeft(job.id, outcome.state, outcome.sentence))


def _stopped(wish: JobWish) -> Outcome:
    if wish is JobWish.PAUSE:
        return Outcome(JobState.PAUSED, "Paused. Resume goes on after the last whole epoch.")
    if wish is JobWish.CANCEL:
        return Outcome(
            JobState.CANCELLED,
            "Cancelled. The model is as it was; resume goes on after the last whole epoch.",
        )
    return Outcome(JobState.QUEUED, "The worker was ended. The next one goes on with this job.")


def _device_lock(
    places: JobPlaces, job: Job, emit: Emit, is_stopped: Callable[[], bool]
) -> FileLock:
    """Wait until no worker of another project trains on the job's device."""
    device = chosen_device(job.settings.device)
    has_said = False
    while (lock := take_device(places.locks, device)) is None:
        if is_stopped():
            raise CancelledError("The job was stopped before it could start.")
        if not has_said:
            emit(WorkerWaits(f"A worker of another project trains on this computer's {device}."))
            has_said = True
        time.sleep(DEVICE_POLL_SECONDS)
    return lock


def _be_modest(team: Team) -> None:
    """Leave the processor to whoever clicks: low priority, and a core less than there are."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(max(0, NICENESS - os.nice(0)))
    torch.set_num_threads(max(1, (torch.get_num_threads() - 1) // team.size))
