"""The clicks of a case as one slice shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.clicks import Click
from viewer.scenes.markers import MARKER_FADE_MM, Marker
from viewer.scenes.picking import PictureView
from viewer.scenes.planes import SliceFrame
from viewer.scenes.styles import TEXT_COLOR, StructureStyle
from viewer.scenes.view_state import Point


class SliceClicks:
    """Which clicks are near a slice, and which one is under the pointer."""

    def __init__(self) -> None:
        self._clicks: tuple[Click, ...] = ()
        self._dragged: tuple[Click, Point] | None = None
        self._structures: tuple[StructureStyle, ...] = ()

    def set_clicks(self, clicks: Iterable[Click]) -> None:
        """Take other clicks."""
        self._clicks = tuple(clicks)

    def set_dragged(self, click: Click | None, point_lps: Point | None) -> None:
        """Let a click be at another place until it is there; None ends that."""
        self._dragged = None if click is None or point_lps is None else (click, point_lps)

    def set_structures(self, structures: Sequence[StructureStyle]) -> None:
        """Change colours and which structures are visible."""
        self._structures = tuple(structures)

    def clear(self) -> None:
        """Forget all clicks."""
        self._clicks, self._dragged = (), None

    def markers(self, frame: SliceFrame, slice_index: int) -> tuple[Marker, ...]:
        """What is drawn of them on a slice."""
        shown = [click for click in self._clicks if not self._is_hidden(click)]
        if not shown:
            return ()
        points_lps = np.array([self._place_of(click) for click in shown])
        distances_mm = _distance_mm(points_lps, frame, slice_index)
        places = frame.lps_to_picture(points_lps)
        colors = {style.name: style.color_rgb for style in self._structures}
        return tuple(
            Marker(
                (float(right), float(up)),
                float(distance_mm),
                colors.get(click.structure, TEXT_COLOR),
                click.is_foreground,
            )
            for click, distance_mm, (right, up) in zip(shown, distances_mm, places, strict=True)
            if distance_mm <= MARKER_FADE_MM
        )

    def at(
        self,
        point_px: tuple[float, float],
        reach_px: float,
        view: PictureView,
        frame: SliceFrame,
        slice_index: int,
    ) -> Click | None:
        """The click on this very slice whose marker is nearest to a pixel; None beside all."""
        nearest, nearest_px = None, reach_px
        for click in self._clicks:
            if _distance_mm(click.point_lps, frame, slice_index) > 0 or self._is_hidden(click):
                continue
            right, up = frame.lps_to_picture(click.point_lps)
            away_px = math.dist(view.to_px((float(right), float(up))), point_px)
            if away_px <= nearest_px:
                nearest, nearest_px = click, away_px
        return nearest

    def _place_of(self, click: Click) -> Point:
        """Where a click is drawn."""
        if self._dragged is not None and self._dragged[0] is click:
            return self._dragged[1]
        return click.point_lps

    def _is_hidden(self, click: Click) -> bool:
        styles = (style for style in self._structures if style.name == click.structure)
        return any(not style.is_visible for style in styles)


def _distance_mm(points_lps: ArrayLike, frame: SliceFrame, slice_index: int) -> NDArray[np.float64]:
    """How far points of shape (..., 3) lie from a slice; 0 within its thickness."""
    distance_mm = frame.distance_mm(points_lps, slice_index)
    return np.maximum(0.0, distance_mm - frame.slice_spacing_mm / 2)
