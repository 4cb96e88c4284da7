"""What all views of a case share: cursor, window/level, label styles."""

from __future__ import annotations

from collections.abc import Iterable

from psygnal import Signal

from viewer.scenes.slabs import Slab
from viewer.scenes.styles import OverlayStyle, StructureStyle
from viewer.scenes.window_level import DEFAULT_WINDOW_LEVEL, WindowLevel

Point = tuple[float, float, float]
"""A place in the patient, LPS mm."""


class ViewState:
    """Owner of the shared view settings; scenes and widgets follow its signals.

    The cursor is a continuous point; each plane shows the slice that holds it. Setting a
    value to what it already is emits nothing.
    """

    cursor_moved = Signal(tuple)
    """Emitted with the new ``cursor_lps``."""

    window_level_changed = Signal(WindowLevel)
    overlay_changed = Signal(OverlayStyle)
    slab_changed = Signal(Slab)
    structures_changed = Signal(tuple)
    """Emitted with the tuple of all ``StructureStyle``."""

    def __init__(self) -> None:
        self._cursor_lps: Point = (0.0, 0.0, 0.0)
        self._window_level = DEFAULT_WINDOW_LEVEL
        self._overlay = OverlayStyle()
        self._slab = Slab()
        self._structures: tuple[StructureStyle, ...] = ()

    @property
    def cursor_lps(self) -> Point:
        """Where the crosshair is, LPS mm."""
        return self._cursor_lps

    def set_cursor(self, point_lps: Iterable[float]) -> None:
        """Move the crosshair."""
        x, y, z = (float(value) for value in point_lps)
        if (x, y, z) != self._cursor_lps:
            self._cursor_lps = (x, y, z)
            self.cursor_moved.emit(self._cursor_lps)

    @property
    def window_level(self) -> WindowLevel:
        """The grey scale of all slices."""
        return self._window_level

    def set_window_level(self, window_level: WindowLevel) -> None:
        """Change the grey scale of all slices."""
        if window_level != self._window_level:
            self._window_level = window_level
            self.window_level_changed.emit(window_level)

    @property
    def overlay(self) -> OverlayStyle:
        """How strongly labels are drawn."""
        return self._overlay

    def set_overlay(self, overlay: OverlayStyle) -> None:
        """Change opacity, outline width or visibility of all labels."""
        if overlay != self._overlay:
            self._overlay = overlay
            self.overlay_changed.emit(overlay)

    @property
    def slab(self) -> Slab:
        """How many slices of the CT are seen at once."""
        return self._slab

    def set_slab(self, slab: Slab) -> None:
        """Change how many slices of the CT are seen at once, in all planes."""
        if slab != self._slab:
            self._slab = slab
            self.slab_changed.emit(slab)

    @property
    def structures(self) -> tuple[StructureStyle, ...]:
        """Colour and visibility of each structure."""
        return self._structures

    def set_structures(self, structures: Iterable[StructureStyle]) -> None:
        """Change colours or visibility; label values without a style are not drawn."""
        styles = tuple(structures)
        if styles != self._structures:
            self._structures = styles
            self.structures_changed.emit(styles)
