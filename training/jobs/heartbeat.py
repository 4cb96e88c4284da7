"""Shows that a worker lives while it computes, and listens for wishes; a thread of its own."""

from __future__ import annotations

import logging
from threading import Event, Thread
from types import TracebackType
from typing import Self

from imaging.errors import MaskwrightError
from training.jobs.job import JobWish
from training.jobs.job_queue import JobQueue

BEAT_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Heartbeat:
    """Beats for one job inside a ``with`` block; ``wish`` is what was heard last."""

    def __init__(self, queue: JobQueue, job_id: int, beat_s: float = BEAT_SECONDS) -> None:
        self._queue = queue
        self._job_id = job_id
        self._beat_s = beat_s
        self._is_over = Event()
        self._thread = Thread(target=self._run, name="heartbeat", daemon=True)
        self.wish = JobWish.NONE

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self.wish = self._queue.beat(self._job_id)
            except MaskwrightError as error:  # a backup program may hold the data base for long
                logger.warning("a heartbeat was left out: %s", error)
            if self._is_over.wait(self._beat_s):
                return
