"""Lets background work on other cases wait while the open case is worked on."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition

QUIET_S = 1.5
"""Background work goes on this long after the last answer: the next click often follows at once."""

LONGEST_WAIT_S = 60.0
"""Somebody who clicks without end does not stop the background for good."""

_LOOK_AGAIN_S = 0.1


class RightOfWay:
    """Clicks have it. The GUI thread says when they do; a background thread waits between steps."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        """``announce`` tells other processes whenever a click begins or ends to wait."""
        self._clock = clock
        self._announce = announce
        self._changed = Condition()
        self._is_taken = False
        self._free_since_s = -QUIET_S

    def set_taken(self, is_taken: bool) -> None:
        """Say whether a click waits for its answer."""
        if is_taken != self._is_taken:
            self._announce()
        with self._changed:
            if self._is_taken and not is_taken:
                self._free_since_s = self._clock()
            self._is_taken = is_taken
            self._changed.notify_all()

    def wait(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Block until nobody clicks, it took too long, or ``is_over`` says so."""
        started_s = self._clock()
        with self._changed:
            while self._has_to_wait() and not is_over():
                if self._clock() - started_s >= LONGEST_WAIT_S:
                    return
                self._changed.wait(_LOOK_AGAIN_S)

    def _has_to_wait(self) -> bool:
        return self._is_taken or self._clock() - self._free_since_s < QUIET_S
