"""Improving the model from the window: the jobs of the open project, and the model's versions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread
from app.controllers.serial_queue import SerialQueue
from imaging.errors import CancelledError
from training.jobs.job import FineTuneSettings, Job, JobState, JobWish, Preset

if TYPE_CHECKING:
    from inference.model_store import ModelStore
    from training.fine_tuning.plan import HeldBack
    from training.jobs.job_queue import JobQueue

Act = Callable[["JobQueue", Path], str]
"""Does something in a project's queue; returns what to tell the user, or nothing."""


@dataclass(frozen=True, slots=True)
class TrainingState:
    """What there is to show.

    Attributes:
        jobs: of the open project, the newest first.
        version: of the model, that is in use or about to be.
        can_roll_back: whether it has a version before.
        has_worker: whether somebody works on the queue.
        held_back: by job, the approved cases that it does not use.
    """

    jobs: tuple[Job, ...] = ()
    version: str = ""
    can_roll_back: bool = False
    has_worker: bool = False
    held_back: Mapping[int, tuple[HeldBack, ...]] = field(default_factory=dict)


class TrainingController:
    """Asks for jobs and reads how they are; all methods are called on the GUI thread.

    The worker is a process of its own that outlives the window. What it writes into the project
    is read by ``refresh``, off the GUI thread.
    """

    changed = Signal()
    """There is something else to show."""
    told = Signal(str)
    """A sentence about what was done."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        project_folder: Callable[[], Path | None],
        store: ModelStore,
        model_id: str,
        start_worker: Callable[[Path], object],
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        seconds_since_click: Callable[[], float] = lambda: math.inf,
    ) -> None:
        self._seconds_since_click = seconds_since_click
        self._project_folder = project_folder
        self._store = store
        self._model_id = model_id
        self._start_worker = start_worker
        self._queue = SerialQueue(executor, call_in_gui_thread)
        self._plans: dict[Path, tuple[HeldBack, ...]] = {}
        self.state = TrainingState()

    def follow(self, model_id: str) -> None:
        """Improve another model from now on: the one that the window works with."""
        self._model_id = model_id
        self.refresh()

    @property
    def project_folder(self) -> Path | None:
        """The open project's; None without one."""
        return self._project_folder()

    def refresh(self) -> None:
        """Look again; does nothing while something else is under way, which looks in the end."""
        if self.project_folder is not None and not self._queue.is_busy:
            self._do(lambda _queue, _folder: "")

    def improve(self, preset: Preset, *, asks: bool, included_cases: tuple[int, ...] = ()) -> None:
        """Put a job into the queue and start a worker; ``asks`` lets a better model wait.

        ``included_cases`` are used although the checks object.
        """
        settings = FineTuneSettings(
            self._model_id, preset, promotes=not asks, included_cases=included_cases
        )

        def act(queue: JobQueue, folder: Path) -> str:
            from training.cases.project import Project
            from training.fine_tuning.plan import check_can_learn

            with Project.open_to_read(folder) as project:
                check_can_learn(project)
            job = queue.submit(settings)
            self._start_worker(folder)
            return f"Job {job.id} is in the queue. You can go on working, or close the window."

        self._do(act)

    def start_if_due(self) -> None:
        """Start a training where the project's settings wish for one now, and nobody clicks."""
        if self.project_folder is None or self._queue.is_busy:
            return

        def act(queue: JobQueue, folder: Path) -> str:
            from training.cases.project import Project
            from training.jobs.automatic_start import (
                IDLE_SECONDS,
                newly_approved,
                settings_for,
                why_not_now,
            )

            jobs = queue.listed()
            with Project.open_to_read(folder) as project:
                settings, new_cases = project.settings, newly_approved(project, jobs)
            if why_not_now(settings, new_cases, jobs, datetime.now().astimezone()) is not None:
                return ""
            if self._seconds_since_click() < IDLE_SECONDS:
                return ""
            job = queue.submit(settings_for(self._model_id, jobs))
            self._start_worker(folder)
            plural = "s were" if new_cases != 1 else " was"
            return (
                f"Job {job.id} improves the model by itself: {new_cases} case{plural} approved "
                "since the last time. You can go on working, or close the window."
            )

        self._do(act, tells_failures=False)  # nobody asked, and it is tried again in a minute

    def pause(self, job_id: int) -> None:
        """Let a job rest after its last whole epoch."""
        self._do(lambda queue, folder: _stop(queue, folder, job_id, JobWish.PAUSE))

    def cancel(self, job_id: int) -> None:
        """Stop a job; its last checkpoint stays."""
        self._do(lambda queue, folder: _stop(queue, folder, job_id, JobWish.CANCEL))

    def resume(self, job_id: int) -> None:
        """Let a stopped job go on, or give one whose worker died another."""

        def act(queue: JobQueue, folder: Path) -> str:
            if queue.get(job_id).state is not JobState.RUNNING:
                queue.resume(job_id)
            self._start_worker(folder)
            return ""

        self._do(act)

    def promote(self, job_id: int, reason: str) -> None:
        """Use a job's model from now on; with a reason where the gate could not tell."""

        def act(queue: JobQueue, folder: Path) -> str:
            from training.cases.file_lock import login_name
            from training.jobs.candidates import promote_candidate

            job = queue.get(job_id)
            package = promote_candidate(queue, folder, job, self._store, reason, login_name())
            return f"Version {package.version} answers as soon as it is ready."

        self._do(act)

    def roll_back(self) -> None:
        """Use the version before from now on."""

        def act(_queue: JobQueue, _folder: Path) -> str:
            versions = self._store.versions
            assert versions is not None
            versions.roll_back(self._model_id)
            version = self._store.find(self._model_id).version
            return f"Version {version} answers as soon as it is ready."

        self._do(act)

    def _do(self, act: Act, *, tells_failures: bool = True) -> None:
        folder = self._project_folder()
        if folder is None:
            self.failed.emit("Open a project first: the model learns from its approved cases.")
            return

        def work() -> tuple[str, TrainingState]:
            from training.jobs.job_queue import JobQueue

            with JobQueue.open(folder) as queue:
                told = act(queue, folder)
                return told, self._look(queue, folder)

        self._queue.submit(work, lambda future: self._on_done(future, tells_failures))

    def _look(self, queue: JobQueue, folder: Path) -> TrainingState:
        from training.jobs.worker_lock import has_worker

        versions = self._store.versions
        jobs = queue.listed()
        return TrainingState(
            jobs=jobs,
            held_back={job.id: self._held_back(folder, job) for job in jobs},
            version=self._store.find(self._model_id).version,
            can_roll_back=versions is not None and bool(versions.active(self._model_id).before),
            has_worker=has_worker(folder),
        )

    def _held_back(self, folder: Path, job: Job) -> tuple[HeldBack, ...]:
        """Off the GUI thread: what the plan of a job says, which stays as it is once it is made."""
        from training.fine_tuning.plan import load_plan
        from training.jobs.candidates import job_folder

        file = job_folder(folder, job.id) / "plan.json"
        if file not in self._plans:
            plan = load_plan(file)
            if plan is None:
                return ()
            self._plans[file] = plan.held_back
        return self._plans[file]

    def _on_done(self, future: Future[tuple[str, TrainingState]], tells_failures: bool) -> None:
        try:
            told, state = result_of(future, "Looking at the training")
        except (CancelledError, WorkFailedError) as error:
            if tells_failures:
                self.failed.emit(str(error))
            return
        if state != self.state:
            self.state = state
            self.changed.emit()
        if told:
            self.told.emit(told)


def _stop(queue: JobQueue, folder: Path, job_id: int, wish: JobWish) -> str:
    from training.jobs.worker_lock import take_project

    job = queue.wish(job_id, wish)
    lock = take_project(folder) if job.state is JobState.RUNNING else None
    if lock is not None:  # its worker died
        queue.settle()
        lock.release()
    return ""
