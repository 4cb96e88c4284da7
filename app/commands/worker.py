"""`maskwright worker`: does the jobs in a project's queue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from types import FrameType

import resources
from app.paths import AppPaths
from imaging.errors import MaskwrightError
from training.jobs.messages import Message, message_from_line, message_to_line
from training.jobs.places import JobPlaces
from training.jobs.process import torchrun_command, torchrun_environment
from training.missing_libraries import missing_libraries, where_to_get_them
from training.torch_choice import train_with_chosen_torch


def work(folder: Path, processes: int = 1) -> None:
    """Do all jobs, with what happens as JSON lines on standard output."""
    if processes > 1 and not _is_one_of_several():
        require_training()
        train_with_chosen_torch()
        sys.exit(_become_torchrun(folder, processes))
    run_here(folder, job_places(), _print_line)


def job_places(paths: AppPaths | None = None) -> JobPlaces:
    """The folders that jobs need, of this user."""
    paths = paths or AppPaths.of_user()
    return JobPlaces(
        model_folders=(resources.path("models"), paths.models),
        versions=paths.model_versions,
        cache=paths.cache,
        clicks=paths.cache,
        locks=paths.data / "locks",
    )


def run_here(folder: Path, places: JobPlaces, emit: Callable[[Message], None]) -> None:
    """Be the worker until the queue is empty; a wish to end leaves the job for the next one."""
    require_training()
    train_with_chosen_torch()
    from training.worker import run_worker

    with _stop_on_signal() as should_stop:
        run_worker(folder, places, emit, should_stop)


def run_beside(folder: Path, processes: int, emit: Callable[[Message], None]) -> None:
    """Wait for a worker of several processes; who ends this one ends them as well."""
    require_training()
    train_with_chosen_torch()
    with (
        _stop_on_signal() as should_stop,
        subprocess.Popen(
            torchrun_command(folder, processes),
            env=torchrun_environment(),
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as torchrun,
    ):
        assert torchrun.stdout is not None
        for line in torchrun.stdout:
            emit(message_from_line(line))
            if should_stop():
                torchrun.terminate()


def require_training() -> None:
    """Say what to install where nothing can be trained.

    Raises:
        MaskwrightError: torch or MONAI is missing.
    """
    missing = missing_libraries()
    if missing:
        raise MaskwrightError(
            f"Training needs {' and '.join(missing)}, which is not installed. {where_to_get_them()}"
        )


def _is_one_of_several() -> bool:
    """Whether torchrun has started this process."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def _become_torchrun(folder: Path, processes: int) -> int:
    """Start the processes in the place of this one, or beside it where a system cannot do that."""
    command, environment = torchrun_command(folder, processes), torchrun_environment()
    if os.name == "posix":
        os.execvpe(command[0], command, environment)
    return subprocess.call(command, env=environment)


@contextmanager
def _stop_on_signal() -> Iterator[Callable[[], bool]]:
    """Ctrl+C and the system's wish to end stop at the next batch; a second one at once."""
    stopped = Event()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(number, previous[signal.Signals(number)])

    previous = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield stopped.is_set
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _print_line(message: Message) -> None:
    with suppress(BrokenPipeError):  # who listened is gone; the queue has it all the same
        sys.stdout.write(message_to_line(message) + "\n")
        sys.stdout.flush()
