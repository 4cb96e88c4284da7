"""Runs work off the GUI thread one piece after the other, in the order in which it was given."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Condition
from typing import TypeVar

from app.controllers.runner import CallInGuiThread

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class SerialQueue:
    """What must not overtake each other: writes to a project, records of a journal.

    ``submit`` is called on the GUI thread and ``deliver`` runs there, through
    ``call_in_gui_thread``. At most one thread of the executor works for a queue, and none
    while the queue is empty.
    """

    def __init__(self, executor: Executor, call_in_gui_thread: CallInGuiThread) -> None:
        self._executor = executor
        self._call_in_gui_thread = call_in_gui_thread
        self._waiting: deque[Callable[[], None]] = deque()
        self._changed = Condition()
        self._is_running = False
        self._is_called = False  # a thread of the executor is on its way

    @property
    def is_busy(self) -> bool:
        """Whether work waits or runs."""
        with self._changed:
            return self._is_running or bool(self._waiting)

    def submit(
        self,
        work: Callable[[], Result],
        deliver: Callable[[Future[Result]], None] | None = None,
    ) -> None:
        """Run ``work`` after all that was given before; its outcome goes to ``deliver``."""
        future: Future[Result] = Future()

        def run() -> None:
            try:
                result = work()
            except BaseException as error:  # the thread's edge: whoever waits gets to know
                future.set_exception(error)
                if deliver is None:
                    logger.error("background work failed", exc_info=True)
            else:
                future.set_result(result)
            if deliver is not None:
                self._call_in_gui_thread(lambda: deliver(future))

        with self._changed:
            self._waiting.append(run)
            if self._is_called or self._is_running:
                return
            self._is_called = True
        self._executor.submit(self._run_all)

    def wait(self, timeout_s: float) -> bool:
        """Block until all is done, as when the program ends; false if it takes longer.

        What no thread has begun is done by the caller, however busy the executor is.
        """
        self._run_all()
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_running, timeout_s)

    def _run_all(self) -> None:
        with self._changed:
            self._is_called = False
            if self._is_running:
                return
            self._is_running = True
        while True:
            with self._changed:
                if not self._waiting:
                    self._is_running = False
                    self._changed.notify_all()
                    return
                run = self._waiting.popleft()
            run()
