"""`maskwright train fine-tune` and `jobs resume`: a job into the queue, and a worker for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import typer

from app.bootstrap import model_store
from app.commands.jobs import job_fields, print_job
from app.commands.project_access import print_json
from app.commands.submit_worker import parsed, submit_worker
from app.commands.worker import job_places, run_beside, run_here
from imaging.errors import JobError
from training.cases.project import Project
from training.fine_tuning.plan import check_can_learn
from training.jobs.automatic_start import newly_approved, why_not_now
from training.jobs.job import Cluster, FineTuneSettings, Job, JobState
from training.jobs.job_queue import JobQueue
from training.jobs.messages import (
    EpochFinished,
    JobLeft,
    JobStarted,
    Message,
    Remarked,
    StageReached,
    WorkerWaits,
)
from training.jobs.process import start_worker
from training.jobs.worker_lock import has_worker

EXIT_REFUSED = 2
"""The job came to its end, and the model stays as it was."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user wants of a new job; cases by name, whose numbers are not known yet.

    ``cluster`` runs its worker, with ``cluster_options``; None for this computer. So many
    ``processes`` train together, one for each GPU.
    """

    settings: FineTuneSettings
    included: tuple[str, ...]
    author: str | None
    cluster: Cluster | None = None
    cluster_options: tuple[str, ...] = ()
    processes: int = 1


def fine_tune_model(folder: Path, wishes: Wishes, *, waits: bool, as_json: bool) -> int:
    """Queue a job and see that it is done; returns the exit code."""
    parsed(wishes.cluster_options)  # a wrong one must leave no job behind
    package = model_store().find(wishes.settings.model_id or None)
    settings = replace(
        wishes.settings,
        model_id=package.id,
        included_cases=_numbers(folder, wishes.included),
    )
    with Project.open_to_read(folder) as project:
        check_can_learn(project)
    with JobQueue.open(folder, author=wishes.author) as queue:
        job = queue.submit(settings)
    if wishes.cluster is None:
        return _see_to(folder, job, wishes.processes, waits=waits, as_json=as_json)
    submitted = submit_worker(
        folder, job.id, wishes.cluster, wishes.cluster_options, wishes.processes
    )
    where = f"{wishes.cluster} {submitted.job_id}, its log is {submitted.paths.stdout}"
    typer.echo(f"The worker is submitted: {where}.", err=True)
    if waits:
        submitted.wait()
        with JobQueue.open(folder) as queue:
            job = queue.get(job.id)
    return _tell(folder, job, waits=waits, as_json=as_json)


def says_not_due(folder: Path) -> bool:
    """Whether no training shall start by itself now; says why not, on standard error."""
    with JobQueue.open(folder) as queue:
        jobs = queue.listed()
    with Project.open_to_read(folder) as project:
        new_cases = newly_approved(project, jobs)
        reason = why_not_now(project.settings, new_cases, jobs, datetime.now().astimezone())
    if reason is not None:
        typer.echo(f"No training was started. {reason}", err=True)
    return reason is not None


def resume_fine_tuning(
    folder: Path, job_id: int, processes: int, *, waits: bool, as_json: bool
) -> int:
    """Queue a stopped job again; returns the exit code."""
    with JobQueue.open(folder) as queue:
        job = queue.resume(job_id)
    return _see_to(folder, job, processes, waits=waits, as_json=as_json)


def _numbers(folder: Path, names: tuple[str, ...]) -> tuple[int, ...]:
    if not names:
        return ()
    with Project.open_to_read(folder) as project:
        return tuple(project.cases.find(name).id for name in names)


def _see_to(folder: Path, job: Job, processes: int, *, waits: bool, as_json: bool) -> int:
    if waits:
        if has_worker(folder):
            raise JobError(
                f"Job {job.id} is in the queue of the worker that this project has already. Look "
                "at it with: maskwright jobs list"
            )
        if processes > 1:
            run_beside(folder, processes, _say)
        else:
            run_here(folder, job_places(), _say)
        with JobQueue.open(folder) as queue:
            job = queue.get(job.id)
    else:
        start_worker(folder, processes)
    return _tell(folder, job, waits=waits, as_json=as_json)


def _tell(folder: Path, job: Job, *, waits: bool, as_json: bool) -> int:
    """Print a job; returns the exit code."""
    if as_json:
        print_json(job_fields(folder, job))
    else:
        print_job(job)
    if not waits:
        return 0
    if job.state is JobState.FAILED or job.state.is_open:  # or its worker never came
        return 1
    return 0 if job.state is JobState.FINISHED else EXIT_REFUSED


def _say(message: Message) -> None:
    """Tell a person what happens, on standard error."""
    if isinstance(message, EpochFinished):
        one = message.figures
        dice = ", ".join(f"{name} {value:.3f}" for name, value in one.dice.items())
        text = f"epoch {one.epoch} of {message.epochs}: loss {one.loss:.3f}"
        text += f", Dice {dice}" if dice else ""
        text += f", about {message.seconds_left / 60:.0f} minutes left"
    elif isinstance(message, StageReached):
        text = f"{message.stage} ..."
    elif isinstance(message, Remarked | WorkerWaits):
        text = message.sentence
    elif isinstance(message, JobStarted):
        text = f"job {message.job_id}"
        text += f" goes on after epoch {message.epoch}" if message.epoch else " starts"
    else:
        assert isinstance(message, JobLeft)
        text = f"job {message.job_id} is {message.state}"
    typer.echo(text, err=True)
