"""An executor that says whether all that it was given is done, for who has to wait for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class WatchedExecutor(Executor):
    """Passes work on to another one."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._given: list[Future[object]] = []

    @property
    def is_busy(self) -> bool:
        """Whether something waits or runs."""
        self._given = [future for future in self._given if not future.done()]
        return bool(self._given)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Let the other one do it."""
        future = self._executor.submit(fn, *args, **kwargs)
        self._given.append(future)  # type: ignore[arg-type]  # only asked whether it is done
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the other one."""
        self._executor.shutdown(wait=wait, cancel_futures=cancel_futures)
