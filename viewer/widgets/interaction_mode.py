"""What the left mouse button does in the slice views."""

from __future__ import annotations

from enum import Enum, auto


class InteractionMode(Enum):
    """What a left click or drag means.

    In the placing modes Ctrl turns a click into its opposite: in ``PLACE_FOREGROUND``
    Ctrl+left places a background click. While drawing Ctrl takes away instead of adding.
    """

    NAVIGATE = auto()
    PLACE_FOREGROUND = auto()
    PLACE_BACKGROUND = auto()
    DRAW = auto()
    MEASURE = auto()
    TURN = auto()

    @property
    def is_placing(self) -> bool:
        """True if a left click places a click for the network."""
        return self in (InteractionMode.PLACE_FOREGROUND, InteractionMode.PLACE_BACKGROUND)
