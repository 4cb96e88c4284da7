"""Notes what the window's thread did in those turns of the event loop that cost it most."""

from __future__ import annotations

import time
from cProfile import Profile
from pathlib import PurePath
from types import CodeType

SHOWN_CALLS = 30


class SlowTurns:
    """Profiles turns by the processor time of the thread that calls it, and keeps the costliest.

    Other work on the computer does not count then; but calls of Python cost twice as much while
    they are noted, so this says what a turn did, and not how long it takes.
    """

    def __init__(self, count: int) -> None:
        """Keep ``count`` turns."""
        self._count = count
        self._profile = Profile(time.thread_time)
        self._kept: list[tuple[float, str, tuple[str, ...]]] = []

    @property
    def turns(self) -> dict[str, tuple[str, ...]]:
        """The calls of each turn, the costliest first, by the turn's phase and processor time."""
        return {f"{phase}, {busy_ms:.1f} ms": calls for busy_ms, phase, calls in self._kept}

    def begin(self) -> None:
        """A turn begins."""
        self._profile.clear()
        self._profile.enable()

    def end(self) -> None:
        """It is over."""
        self._profile.disable()

    def keep(self, phase: str, busy_ms: float) -> None:
        """Remember the turn that ended last, if it is among the costliest."""
        if len(self._kept) == self._count and busy_ms <= self._kept[-1][0]:
            return
        calls = sorted(self._profile.getstats(), key=lambda call: -call.totaltime)[:SHOWN_CALLS]
        lines = tuple(
            f"{1000 * call.totaltime:6.1f} ms, {1000 * call.inlinetime:6.1f} of its own, "
            f"{call.callcount} x {_name_of(call.code)}"
            for call in calls
        )
        self._kept = sorted([*self._kept, (busy_ms, phase, lines)], reverse=True)[: self._count]


def _name_of(code: CodeType | str) -> str:
    if isinstance(code, str):
        return code
    return f"{'/'.join(PurePath(code.co_filename).parts[-3:])}:{code.co_firstlineno} {code.co_name}"
