"""Which millimetre of a picture a pixel shows, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIN_MM_PER_PX = 0.005
"""Closest zoom: a voxel fills the view."""

MAX_MM_PER_PX = 50.0
"""Farthest zoom: a whole patient is a stamp."""

FIT_MARGIN = 1.02
"""A fitted picture leaves this little air at the edges."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """The part of a picture that a view shows.

    Pixels are ``(x, y)`` from the top left, whole numbers at pixel centres, as the mouse
    reports them; picture points are ``(right, up)`` in mm (see ``SliceFrame``).

    Attributes:
        size_px: width and height of the view in rendered pixels.
        center_picture_mm: what lies in the middle of the view.
        mm_per_px: scale; smaller is closer.
    """

    size_px: tuple[int, int]
    center_picture_mm: tuple[float, float] = (0.0, 0.0)
    mm_per_px: float = 1.0

    @classmethod
    def fitting(
        cls, size_px: tuple[int, int], bounds_picture_mm: tuple[float, float, float, float]
    ) -> PictureView:
        """The view that shows a whole picture as large as it can be."""
        left, right, bottom, top = bounds_picture_mm
        width_px, height_px = (max(side, 1) for side in size_px)
        mm_per_px = FIT_MARGIN * max((right - left) / width_px, (top - bottom) / height_px)
        center = ((left + right) / 2, (bottom + top) / 2)
        return cls((width_px, height_px), center, mm_per_px)

    @property
    def center_px(self) -> tuple[float, float]:
        """The middle of the view."""
        return (self.size_px[0] - 1) / 2, (self.size_px[1] - 1) / 2

    def to_picture(self, point_px: tuple[float, float]) -> tuple[float, float]:
        """The picture point under the centre of a pixel."""
        width_px, height_px = self.size_px
        right = point_px[0] + 0.5 - width_px / 2
        up = height_px / 2 - point_px[1] - 0.5
        return (
            self.center_picture_mm[0] + right * self.mm_per_px,
            self.center_picture_mm[1] + up * self.mm_per_px,
        )

    def to_px(self, point_picture_mm: tuple[float, float]) -> tuple[float, float]:
        """The pixel that shows a picture point; fractions lie between pixel centres."""
        width_px, height_px = self.size_px
        right = (point_picture_mm[0] - self.center_picture_mm[0]) / self.mm_per_px
        up = (point_picture_mm[1] - self.center_picture_mm[1]) / self.mm_per_px
        return right + width_px / 2 - 0.5, height_px / 2 - up - 0.5

    def resized(self, size_px: tuple[int, int]) -> PictureView:
        """The same centre and scale in a view of another size."""
        return replace(self, size_px=(max(size_px[0], 1), max(size_px[1], 1)))

    def zoomed(self, factor: float, about_px: tuple[float, float] | None = None) -> PictureView:
        """Closer by ``factor`` (farther below 1); what lies under ``about_px`` stays there."""
        mm_per_px = min(max(self.mm_per_px / factor, MIN_MM_PER_PX), MAX_MM_PER_PX)
        if about_px is None:
            return replace(self, mm_per_px=mm_per_px)
        anchor = self.to_picture(about_px)
        kept = mm_per_px / self.mm_per_px
        center = (
            anchor[0] + (self.center_picture_mm[0] - anchor[0]) * kept,
            anchor[1] + (self.center_picture_mm[1] - anchor[1]) * kept,
        )
        return replace(self, mm_per_px=mm_per_px, center_picture_mm=center)

    def panned(self, dx_px: float, dy_px: float) -> PictureView:
        """The picture pushed to the right and down by so many pixels."""
        right, up = self.center_picture_mm
        center = (right - dx_px * self.mm_per_px, up + dy_px * self.mm_per_px)
        return replace(self, center_picture_mm=center)
