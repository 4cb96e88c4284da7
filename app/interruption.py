"""Ctrl+C as a wish to stop, and progress as one line that renews itself."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType

IsCancelled = Callable[[], bool]


@contextmanager
def cancel_on_interrupt() -> Iterator[IsCancelled]:
    """Inside, the first Ctrl+C only sets what the yielded function returns; a second one stops.

    Work that asks between its steps can so end cleanly, with what it finished kept.
    """
    interrupted = Event()
    if current_thread() is not main_thread():  # only there may signals be handled
        yield interrupted.is_set
        return

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, previous)

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield interrupted.is_set
    finally:
        signal.signal(signal.SIGINT, previous)


class ProgressLine:
    """Shows progress on a terminal's standard error; writes nothing where that is a file."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._width = 0

    def report(self, share: float, text: str) -> None:
        """Renew the line; ``share`` is from 0 to 1."""
        if not self._is_shown:
            return
        room = shutil.get_terminal_size().columns - 1
        line = f"{share:4.0%} {text}"[:room]
        sys.stderr.write(f"\r{line:<{self._width}}")
        sys.stderr.flush()
        self._width = len(line)

    def clear(self) -> None:
        """Empty the line, so that something else can be printed."""
        if self._is_shown and self._width:
            sys.stderr.write(f"\r{'':<{self._width}}\r")
            sys.stderr.flush()
            self._width = 0
