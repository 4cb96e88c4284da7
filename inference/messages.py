"""What goes into inference and what comes out: frozen requests and proposals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.labels import Box
from inference.engines.engine import Engine

ReportProgress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done, from the inference thread."""

IsCancelled = Callable[[], bool]
"""Asked between steps, from the inference thread."""

OpenEngine = Callable[[Path], Engine]
"""Loads a network's file into whatever runs it best here."""


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """Where the time of one answer went, in seconds."""

    prepare: float = 0.0
    """Resampling and normalising: once per volume, zero for a click on an open one."""
    guidance: float = 0.0
    network: float = 0.0
    map_back: float = 0.0
    """From probabilities on the network's grid to a mask on the volume's own grid."""

    @property
    def total(self) -> float:
        """All stages together."""
        return self.prepare + self.guidance + self.network + self.map_back


@dataclass(frozen=True, slots=True, eq=False)
class ClickRequest:
    """Ask for a structure's mask, given its clicks and the mask that is there now.

    Attributes:
        structure: name of the organ table.
        clicks: all clicks about that structure, newest last; at least one.
        current_mask: the structure's mask now, on the volume's grid, (k, j, i).
        new_clicks: how many of the newest clicks ``current_mask`` does not answer yet; more
            than one where the user was faster than the model.
    """

    structure: str
    clicks: tuple[Click, ...]
    current_mask: NDArray[np.bool_]
    new_clicks: int = 1

    def __post_init__(self) -> None:
        """Check that there is a click to answer."""
        if not 1 <= self.new_clicks <= len(self.clicks):
            raise ValueError(f"{self.new_clicks} new clicks of {len(self.clicks)}")


@dataclass(frozen=True, slots=True, eq=False)
class MaskProposal:
    """A structure's new mask inside a box; outside the box nothing changes.

    Attributes:
        structure: name of the organ table.
        box: where on the volume's grid.
        mask: the box's shape; true is the structure.
        seconds: where the time went.
    """

    structure: str
    box: Box
    mask: NDArray[np.bool_]
    seconds: StageSeconds

    def whole_mask(self, shape: tuple[int, int, int]) -> NDArray[np.bool_]:
        """The mask on a grid of that shape, false outside the box."""
        whole = np.zeros(shape, bool)
        whole[self.box] = self.mask
        return whole


ShowFound = Callable[[MaskProposal], None]
"""Called from the inference thread with what is found of a structure so far, each time anew."""


def show_nothing(_found: MaskProposal) -> None:
    """For work whose end alone matters."""
