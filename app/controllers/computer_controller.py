"""Looks at this computer, and packs logs for a support mail, both off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread
from imaging.errors import CancelledError

if TYPE_CHECKING:
    from app.doctor import Examination


class ComputerController:
    """One examination at a time; all methods are called on the GUI thread."""

    examined = Signal(object)
    """The ``Examination``."""
    logs_saved = Signal(Path)
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        examine: Callable[[bool], Examination],
        save_logs: Callable[[Path, Examination], Path],
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
    ) -> None:
        """``examine`` is told whether to try the engines; both are called on other threads."""
        self._examine = examine
        self._save_logs = save_logs
        self._executor = executor
        self._call_in_gui_thread = call_in_gui_thread
        self._examination: Examination | None = None
        self._tries_engines = False
        self._is_asked_again = False
        self.is_busy = False
        """Whether it is looking."""

    @property
    def may_save_logs(self) -> bool:
        """Whether there are findings to go with the logs."""
        return self._examination is not None and not self.is_busy

    def examine(self, *, tries_engines: bool = True) -> None:
        """Look at the computer, unless that is being done; engines asked for come after."""
        if self.is_busy:
            self._is_asked_again |= tries_engines and not self._tries_engines
            return
        self.is_busy, self._tries_engines = True, tries_engines
        future = self._executor.submit(self._examine, tries_engines)
        future.add_done_callback(
            lambda done: self._call_in_gui_thread(lambda: self._on_examined(done))
        )

    def save_logs(self, file: Path) -> None:
        """Pack logs and the findings."""
        if self._examination is None:
            return
        future = self._executor.submit(self._save_logs, file, self._examination)
        future.add_done_callback(
            lambda done: self._call_in_gui_thread(lambda: self._on_saved(done))
        )

    def _on_examined(self, future: Future[Examination]) -> None:
        self.is_busy = False
        if future.cancelled():
            return
        if self._is_asked_again:
            self._is_asked_again = False
            self.examine()
            return
        try:
            self._examination = result_of(future, "Looking at this computer")
        except WorkFailedError as error:
            self.failed.emit(str(error))
        except CancelledError:
            return  # the program closes
        else:
            self.examined.emit(self._examination)

    def _on_saved(self, future: Future[Path]) -> None:
        if future.cancelled():
            return
        try:
            self.logs_saved.emit(result_of(future, "Saving the logs"))
        except WorkFailedError as error:
            self.failed.emit(str(error))
