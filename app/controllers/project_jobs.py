"""Long work on the open project, which must have ended before the project is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from psygnal import SignalInstance


class Job(Protocol):
    """Adding, exporting, segmenting: what runs for a while and can be stopped."""

    @property
    def ended(self) -> SignalInstance:
        """Emitted when it does not run any more, however it went."""

    @property
    def is_busy(self) -> bool:
        """Whether it runs."""

    def stop(self) -> None:
        """Do no more; what is finished stays. Returns at once."""


class ProjectJobs:
    """Stops all jobs and tells when none runs; all methods are called on the GUI thread."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = tuple(jobs)
        self._waiting: list[Callable[[], object]] = []
        for job in self._jobs:
            job.ended.connect(self._go_on)

    @property
    def is_busy(self) -> bool:
        """Whether some job runs."""
        return any(job.is_busy for job in self._jobs)

    def stop(self, then: Callable[[], object]) -> None:
        """Stop all jobs, and call ``then`` once none runs; at once where none does."""
        self._waiting.append(then)
        for job in self._jobs:
            job.stop()
        self._go_on()

    def _go_on(self) -> None:
        if self.is_busy:
            return
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act()
