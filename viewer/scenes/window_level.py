"""Which Hounsfield units are drawn black, grey and white."""

from __future__ import annotations

from dataclasses import dataclass

MIN_WIDTH_HU = 1.0
"""Narrower windows would only show black and white."""

MAX_WIDTH_HU = 8000.0
"""Wider than what a 12 bit CT can hold."""

MIN_CENTER_HU, MAX_CENTER_HU = -2048.0, 4096.0
"""Darker than air and brighter than metal: beyond them a picture is all white or all black."""


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """A linear grey scale: ``center_hu`` is mid-grey, half a width below it is black."""

    width_hu: float
    center_hu: float

    def __post_init__(self) -> None:
        """Refuse an empty window."""
        if not self.width_hu >= MIN_WIDTH_HU:
            raise ValueError(f"a window is at least {MIN_WIDTH_HU} HU wide, got {self.width_hu}")

    def dragged(self, delta_width_hu: float, delta_center_hu: float) -> WindowLevel:
        """The window after a mouse drag, kept within sensible limits."""
        width_hu = min(max(self.width_hu + delta_width_hu, MIN_WIDTH_HU), MAX_WIDTH_HU)
        center_hu = min(max(self.center_hu + delta_center_hu, MIN_CENTER_HU), MAX_CENTER_HU)
        return WindowLevel(width_hu, center_hu)


CT_PRESETS: dict[str, WindowLevel] = {
    "Abdomen": WindowLevel(400, 40),
    "Liver": WindowLevel(150, 90),
    "Pancreas": WindowLevel(250, 70),
    "Mediastinum": WindowLevel(350, 50),
    "Angiography": WindowLevel(600, 200),
    "Lung": WindowLevel(1500, -600),
    "Bone": WindowLevel(2000, 350),
    "Full range": WindowLevel(4000, 1000),
}
"""Name for the menu and usual reading window; the first one is where a case opens."""

DEFAULT_WINDOW_LEVEL = CT_PRESETS["Abdomen"]
