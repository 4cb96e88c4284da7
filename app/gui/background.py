"""The window's threads: one for inference, a few for reading, writing and surfaces."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

POOL_THREADS = 3
"""Reading, writing and surface building at the same time; each mostly waits or leaves the GIL."""


class Background:
    """Owns the executors; ``close`` lets the running work end and drops the rest.

    ``close_first`` functions are called before that, to cut short what runs.
    """

    def __init__(self) -> None:
        self._close_first: list[Callable[[], None]] = []
        self._inference = ThreadPoolExecutor(1, thread_name_prefix="inference")
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="pool")

    @property
    def inference(self) -> Executor:
        """One long-lived thread: engines answer faster when always called from the same."""
        return self._inference

    @property
    def pool(self) -> Executor:
        """For short work on files and surfaces."""
        return self._pool

    def close_first(self, function: Callable[[], None]) -> None:
        """Call ``function`` when it is closed, while work may still be running."""
        self._close_first.append(function)

    def close(self) -> None:
        """Stop taking work."""
        for function in self._close_first:
            function()
        self._inference.shutdown(wait=True, cancel_futures=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
