"""The window's threads: one for inference, a few for reading, writing and surfaces."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor

POOL_THREADS = 3
"""Reading, writing and surface building at the same time; each mostly waits or leaves the GIL."""


class Background:
    """Owns the executors; ``close`` lets the running work end and drops the rest."""

    def __init__(self) -> None:
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

    def close(self) -> None:
        """Stop taking work."""
        self._inference.shutdown(wait=True, cancel_futures=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
