"""Where the four views lie: in a square, one large beside three small ones, or one alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.scenes.planes import Plane
from viewer.widgets.view_pane import ViewPane

VOLUME_KEY, FILM_KEY = "3d", "film"
ViewKey = Plane | str
"""A ``Plane``, "3d" for the view of surfaces, or "film", which is only ever seen alone."""

VIEW_KEYS: tuple[ViewKey, ...] = (Plane.AXIAL, VOLUME_KEY, Plane.CORONAL, Plane.SAGITTAL)
"""Those that are seen together, in reading order of the square."""

LARGE_STRETCH, SMALL_STRETCH = 7, 3
"""Widths of the large view and of the column beside it."""


class Layout(Enum):
    """How views share the room when none of them is maximised."""

    SQUARE = "four"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is seen where.

    Attributes:
        layout: how all views share the room.
        large: the view that has most of it in ``Layout.LARGE``.
        maximised: the view that has all of it for a while; None for all views.
    """

    layout: Layout = Layout.SQUARE
    large: ViewKey = Plane.AXIAL
    maximised: ViewKey | None = None

    @property
    def leader(self) -> ViewKey:
        """The view that a command without a pointer means."""
        if self.maximised is not None:
            return self.maximised
        return self.large if self.layout is Layout.LARGE else Plane.AXIAL


class ViewGrid:
    """Lays panes out in a widget."""

    def __init__(self, parent: QWidget, panes: Mapping[ViewKey, ViewPane]) -> None:
        self._panes = panes
        self._grid = QGridLayout(parent)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)

    def arrange(self, arrangement: Arrangement) -> None:
        """Place, show and hide the panes."""
        maximised = arrangement.maximised
        has_large = arrangement.layout is Layout.LARGE and maximised is None
        for line in range(3):
            self._grid.setRowStretch(line, 0)
            self._grid.setColumnStretch(line, 0)
        for pane in self._panes.values():
            self._grid.removeWidget(pane)
        for key, (row, column, rows) in _places(arrangement).items():
            self._grid.addWidget(self._panes[key], row, column, rows, 1)
            for line in range(row, row + rows):
                self._grid.setRowStretch(line, 1)
            stretch = 1 if not has_large else SMALL_STRETCH if column else LARGE_STRETCH
            self._grid.setColumnStretch(column, stretch)
        for key, pane in self._panes.items():
            pane.setVisible(key == maximised or (maximised is None and key != FILM_KEY))
            pane.set_maximised(key == maximised)
            pane.set_can_be_large(has_large and key != arrangement.large)


def _places(arrangement: Arrangement) -> dict[ViewKey, tuple[int, int, int]]:
    """Row, column and number of rows of each view that is shown."""
    if arrangement.maximised is not None:
        return {arrangement.maximised: (0, 0, 1)}
    if arrangement.layout is Layout.SQUARE:
        return {key: (place // 2, place % 2, 1) for place, key in enumerate(VIEW_KEYS)}
    small = [key for key in VIEW_KEYS if key != arrangement.large]
    return {arrangement.large: (0, 0, 3)} | {key: (row, 1, 1) for row, key in enumerate(small)}
