"""Runs work off the GUI thread; of what one runner is given, only the newest is delivered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from threading import Event
from typing import Generic, TypeVar

from inference.messages import IsCancelled

Result = TypeVar("Result")

CallInGuiThread = Callable[[Callable[[], None]], None]
"""Queues a function for the GUI thread; safe from any thread, returns at once."""

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class _Submission(Generic[Result]):
    future: Future[Result]
    cancelled: Event = field(default_factory=Event)


class NewestWinsRunner(Generic[Result]):
    """Gives work to an executor; the newest replaces what waits or runs.

    ``submit`` and ``cancel`` are called on the GUI thread. ``deliver`` is called there
    too, through ``call_in_gui_thread``, and never with the outcome of work that newer
    work has replaced or that was cancelled.
    """

    def __init__(self, executor: Executor, call_in_gui_thread: CallInGuiThread) -> None:
        self._executor = executor
        self._call_in_gui_thread = call_in_gui_thread
        self._newest: _Submission[Result] | None = None

    @property
    def is_busy(self) -> bool:
        """True until the newest work is delivered or cancelled."""
        return self._newest is not None

    def submit(
        self,
        work: Callable[[IsCancelled], Result],
        deliver: Callable[[Future[Result]], None],
    ) -> None:
        """Run ``work`` soon, in place of what was submitted before."""
        self.cancel()
        cancelled = Event()
        future = self._executor.submit(work, cancelled.is_set)
        submission = _Submission(future, cancelled)
        self._newest = submission

        def on_done(_future: Future[Result]) -> None:
            # Still on the worker thread here: touch nothing, only hop.
            self._call_in_gui_thread(lambda: self._deliver(submission, deliver))

        future.add_done_callback(on_done)

    def cancel(self) -> None:
        """Give up what waits or runs: it is told so, and its outcome is not delivered."""
        given_up, self._newest = self._newest, None  # first: cancelling a future calls back
        if given_up is not None:
            given_up.cancelled.set()
            given_up.future.cancel()

    def _deliver(
        self, submission: _Submission[Result], deliver: Callable[[Future[Result]], None]
    ) -> None:
        if submission is not self._newest:
            return
        self._newest = None
        deliver(submission.future)
