"""What the user places: foreground and background clicks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from psygnal import Signal


@dataclass(frozen=True, slots=True)
class Click:
    """One click: "this point belongs to the structure", or "it does not".

    ``point_lps`` is in mm; ``structure`` is a name of the organ table.
    """

    point_lps: tuple[float, float, float]
    structure: str
    is_foreground: bool


class ClickList:
    """The clicks on one case, in the order in which they were placed."""

    changed = Signal()

    def __init__(self, clicks: Iterable[Click] = ()) -> None:
        self._clicks = tuple(clicks)

    def __len__(self) -> int:
        return len(self._clicks)

    def __iter__(self) -> Iterator[Click]:
        return iter(self._clicks)

    @property
    def clicks(self) -> tuple[Click, ...]:
        """All clicks, oldest first."""
        return self._clicks

    def of(self, structure: str) -> tuple[Click, ...]:
        """The clicks about one structure, oldest first."""
        return tuple(click for click in self._clicks if click.structure == structure)

    def replace(self, clicks: Iterable[Click]) -> None:
        """Put other clicks in place of all; the history calls this, others record a change."""
        self._clicks = tuple(clicks)
        self.changed.emit()
