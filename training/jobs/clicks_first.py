"""Lets a click go before training: who clicks touches a file, and a batch waits while it is new."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

QUIET_SECONDS = 1.5
"""Training goes on when nobody has clicked for this long: the next click often follows at once."""

LONGEST_WAIT_SECONDS = 60.0
"""Somebody who clicks without end does not stop training for good."""

CLICK_FILE = "clicking"


def announce_click(folder: Path) -> None:
    """Say that a click is being answered; costs some microseconds and never fails."""
    with suppress(OSError):
        (folder / CLICK_FILE).touch()


def seconds_since_click(folder: Path, now: Callable[[], float] = time.time) -> float:
    """How long nobody has clicked in any window on this computer; endless where nobody ever did."""
    try:
        return abs(now() - (folder / CLICK_FILE).stat().st_mtime)
    except OSError:
        return math.inf


def wait_for_quiet(
    folder: Path,
    is_over: Callable[[], bool],
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> float:
    """Wait until nobody clicks any more; returns the seconds that were waited."""
    started = now()
    while now() - started < LONGEST_WAIT_SECONDS and not is_over():
        if seconds_since_click(folder, now) >= QUIET_SECONDS:  # or the clock was set
            break
        sleep(0.1)
    return now() - started
