"""`maskwright worker`: does the jobs in a project's queue."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from types import FrameType

import resources
from app.paths import AppPaths
from imaging.errors import MaskwrightError
from training.jobs.messages import Message, message_to_line
from training.jobs.places import JobPlaces
from training.missing_libraries import where_to_get_them


def work(folder: Path) -> None:
    """Do all jobs, with what happens as JSON lines on standard output."""
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
    try:
        from training.worker import run_worker
    except ModuleNotFoundError as error:
        raise MaskwrightError(
            f"Training needs {error.name}, which is not installed. {where_to_get_them()}"
        ) from error
    with _stop_on_signal() as should_stop:
        run_worker(folder, places, emit, should_stop)


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
