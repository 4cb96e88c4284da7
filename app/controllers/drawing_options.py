"""How the drawing tools draw: chosen once, used by all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from imaging.editing.brush import Brush

SIZE_PER_STEP = 1.15
"""One notch of the wheel makes the brush so many times as large."""


class DrawingTool(Enum):
    """What the pen does."""

    BRUSH = "brush"
    ERASER = "eraser"
    LASSO = "lasso"
    CUT = "cut"
    BUCKET = "fill"

    @property
    def takes_away(self) -> bool:
        """Whether it removes voxels; with Ctrl held it is the other way round."""
        return self in (DrawingTool.ERASER, DrawingTool.CUT)

    @property
    def is_brush(self) -> bool:
        """Whether it has a size and paints while it moves."""
        return self in (DrawingTool.BRUSH, DrawingTool.ERASER)

    @property
    def is_line(self) -> bool:
        """Whether it encloses something with a line."""
        return self in (DrawingTool.LASSO, DrawingTool.CUT)

    @property
    def opposite(self) -> DrawingTool:
        """What the tool is with Ctrl held."""
        return _OPPOSITES.get(self, self)


_OPPOSITES = {
    DrawingTool.BRUSH: DrawingTool.ERASER,
    DrawingTool.ERASER: DrawingTool.BRUSH,
    DrawingTool.LASSO: DrawingTool.CUT,
    DrawingTool.CUT: DrawingTool.LASSO,
}


@dataclass(frozen=True, slots=True)
class DrawingOptions:
    """The user's choices.

    Attributes:
        brush: size and shape.
        sticks_to_edges: the brush stops where the tissue changes.
        is_through: the lasso goes through all slices.
        hu_range: only voxels from the first to the last HU may change; None for all. Holds
            for every tool, as the next one does.
        inside: name of the structure whose voxels alone may change; None for all.
    """

    brush: Brush = field(default_factory=lambda: Brush(8.0))
    sticks_to_edges: bool = False
    is_through: bool = False
    hu_range: tuple[int, int] | None = None
    inside: str | None = None

    def resized(self, steps: float) -> DrawingOptions:
        """With a brush that is larger by so many notches."""
        return replace(self, brush=self.brush.resized(SIZE_PER_STEP**steps))
