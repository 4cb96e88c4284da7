"""Keeps something up to date off the GUI thread: one piece of work at a time, the newest next."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Generic, TypeVar

from app.controllers.runner import CallInGuiThread

Result = TypeVar("Result")


class Follower(Generic[Result]):
    """Does the same work again and again, whenever ``follow`` says that its subject changed.

    Unlike with ``NewestWinsRunner`` what runs is never given up for newer work: who edits without
    a pause sees outcomes all the time, each at most one change behind, and two threads never do
    the same work. All methods are called on the GUI thread, and so is ``deliver``.
    """

    def __init__(
        self,
        work: Callable[[], Result],
        deliver: Callable[[Future[Result]], None],
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
    ) -> None:
        self._work = work
        self._deliver = deliver
        self._executor = executor
        self._call_in_gui_thread = call_in_gui_thread
        self._is_running = False
        self._is_due = False
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        """Whether an outcome is still to be delivered."""
        return self._is_running and not self._is_closed

    def follow(self) -> None:
        """Do the work soon; where it runs already, once more after that."""
        if self._is_closed:
            return
        if self._is_running:
            self._is_due = True
            return
        self._is_running = True
        future = self._executor.submit(self._work)
        # On the worker thread the outcome touches nothing, it only hops.
        future.add_done_callback(lambda done: self._call_in_gui_thread(lambda: self._on_done(done)))

    def close(self) -> None:
        """Deliver nothing from now on."""
        self._is_closed = True

    def _on_done(self, future: Future[Result]) -> None:
        self._is_running = False
        if self._is_closed or future.cancelled():
            return
        self._deliver(future)
        if self._is_due:
            self._is_due = False
            self.follow()
