"""How long clicks took to be answered."""

from __future__ import annotations

from collections import deque

MAX_REMEMBERED = 200
"""Percentiles are of this many clicks at most, so that they say how it is now."""


class LatencyLog:
    """Seconds from click to picture: the last, the median, the 95th percentile."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=MAX_REMEMBERED)
        self._has_last = False

    def __len__(self) -> int:
        return len(self._seconds)

    def add(self, seconds: float) -> None:
        """Remember one more click."""
        self._seconds.append(seconds)
        self._has_last = True

    def begin_case(self) -> None:
        """Another CT is open: its first click is still to come; what is usual stays known."""
        self._has_last = False

    @property
    def last_s(self) -> float | None:
        """The newest; None before the first click of a case."""
        return self._seconds[-1] if self._has_last else None

    def percentile_s(self, percent: float) -> float | None:
        """The smallest remembered value that ``percent`` of the clicks do not exceed."""
        if not self._seconds:
            return None
        ordered = sorted(self._seconds)
        rank = max(0, -(-len(ordered) * percent // 100) - 1)
        return ordered[int(rank)]
