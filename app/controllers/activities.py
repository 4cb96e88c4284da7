"""What the program is busy with, for the progress bar and its Cancel button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psygnal import Signal


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that takes a while.

    Attributes:
        text: what is being done, as shown.
        share: how much is done, 0 to 1; None where nobody can tell.
        cancel: gives it up; None where it cannot be stopped.
    """

    text: str
    share: float | None = None
    cancel: Callable[[], None] | None = None


class Activities:
    """The running activities by name; the one started last is shown."""

    changed = Signal()

    def __init__(self) -> None:
        self._by_key: dict[str, Activity] = {}

    @property
    def current(self) -> Activity | None:
        """What to show; None when idle."""
        return next(reversed(self._by_key.values()), None)

    def show(self, key: str, activity: Activity) -> None:
        """Start an activity, or say how far it is."""
        self._by_key[key] = activity
        self.changed.emit()

    def update(self, key: str, share: float, text: str) -> None:
        """Say how far a running activity is; one that ended meanwhile stays ended."""
        if key in self._by_key:
            cancel = self._by_key[key].cancel
            self.show(key, Activity(text, share, cancel))

    def finish(self, key: str) -> None:
        """End an activity; unknown ones are ignored."""
        if self._by_key.pop(key, None) is not None:
            self.changed.emit()
