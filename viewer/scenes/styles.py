"""How structures look, and the colours of the planes."""

from __future__ import annotations

from dataclasses import dataclass

from imaging.structures import Structure
from viewer.scenes.planes import Plane

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

PLANE_COLORS: dict[Plane, Rgb] = {
    Plane.AXIAL: (222, 110, 100),
    Plane.CORONAL: (116, 184, 122),
    Plane.SAGITTAL: (222, 190, 104),
}
"""Headers, crosshair lines and 3D frames of each plane; muted, so that organs stand out."""

LINE_PLANES = {
    Plane.AXIAL: (Plane.CORONAL, Plane.SAGITTAL),
    Plane.CORONAL: (Plane.AXIAL, Plane.SAGITTAL),
    Plane.SAGITTAL: (Plane.AXIAL, Plane.CORONAL),
}
"""Which planes the horizontal and the vertical line of a plane's crosshair stand for."""

VOLUME_COLOR: Rgb = (126, 164, 222)
"""Header of the 3D view."""

TEXT_COLOR: Rgb = (205, 212, 220)
"""Letters and numbers on a slice."""


@dataclass(frozen=True, slots=True)
class StructureStyle:
    """How one structure is drawn."""

    name: str
    label_value: int
    color_rgb: Rgb
    is_visible: bool = True

    @classmethod
    def of(cls, structure: Structure, *, is_visible: bool = True) -> StructureStyle:
        """The style of a structure in the organ table's colour."""
        return cls(structure.name, structure.label_value, structure.color_rgb, is_visible)


@dataclass(frozen=True, slots=True)
class OverlayStyle:
    """How strongly labels are drawn over the CT; 0 is invisible, 1 hides the CT."""

    fill_opacity: float = 0.30
    outline_opacity: float = 0.95
    outline_width_px: float = 1.5
    is_visible: bool = True
