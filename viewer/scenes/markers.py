"""Crosshair and click markers, drawn in pixels over a slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor2D, vtkPolyDataMapper2D, vtkRenderer

from viewer.scenes.picking import PictureView
from viewer.scenes.styles import Rgb
from viewer.scenes.vtk_bridge import segments_from_array, triangles_from_array

CROSSHAIR_GAP_PX = 9
"""The crosshair leaves the voxel of interest free."""

CROSSHAIR_MARGIN_PX = 24
"""The crosshair ends before the orientation letters at the edges."""

CROSSHAIR_OPACITY = 0.75
MARKER_RADIUS_PX = 6.5
HOLLOW_OPACITY = 0.6
"""A background marker darkens what it surrounds, so that it shows on its own colour."""

MARKER_FADE_MM = 12.0
"""A click on a slice farther away than this is not drawn."""

_CORNERS = 28


@dataclass(frozen=True, slots=True)
class Marker:
    """One click as seen on a slice; ``distance_mm`` is how far it lies from the slice."""

    point_picture_mm: tuple[float, float]
    distance_mm: float
    color_rgb: Rgb
    is_foreground: bool


def _disc(radius: float) -> NDArray[np.float64]:
    return _ring(0.0, radius)


def _ring(inner: float, outer: float) -> NDArray[np.float64]:
    angles = np.linspace(0, 2 * np.pi, _CORNERS + 1)
    circle = np.stack([np.cos(angles), np.sin(angles)], -1)
    a, b = circle[:-1], circle[1:]
    near = np.stack([a * inner, a * outer, b * outer], 1)
    far = np.stack([a * inner, b * outer, b * inner], 1)
    return np.concatenate([near, far])


def _bar(half_width: float, half_height: float) -> NDArray[np.float64]:
    x, y = half_width, half_height
    return np.array([[[-x, -y], [x, -y], [x, y]], [[-x, -y], [x, y], [-x, y]]])


_PLUS = np.concatenate([_bar(0.52, 0.13), _bar(0.13, 0.52)])
_MINUS = _bar(0.45, 0.13)
_RIM, _FACE = _ring(0.86, 1.22), _disc(1.0)
_HOLLOW = _ring(0.72, 1.06)
_DARK: Rgb = (12, 14, 18)


class SliceMarkers:
    """The crosshair and the clicks of one slice view."""

    def __init__(self, renderer: vtkRenderer, right_line_rgb: Rgb, up_line_rgb: Rgb) -> None:
        self._line_colors = (right_line_rgb, up_line_rgb)
        self._cursor_picture_mm: tuple[float, float] | None = None
        self._markers: tuple[Marker, ...] = ()
        self._has_crosshair = True
        self._directions = ((1.0, 0.0), (0.0, 1.0))
        self._cross_mapper = vtkPolyDataMapper2D()
        self._cross = vtkActor2D()
        self._cross.SetMapper(self._cross_mapper)
        self._click_mapper = vtkPolyDataMapper2D()
        self._clicks = vtkActor2D()
        self._clicks.SetMapper(self._click_mapper)
        renderer.AddViewProp(self._cross)
        renderer.AddViewProp(self._clicks)

    def set_cursor(self, point_picture_mm: tuple[float, float] | None) -> None:
        """Where the lines cross; None hides them."""
        self._cursor_picture_mm = point_picture_mm

    def set_crosshair_visible(self, is_visible: bool) -> None:
        """Show or hide the lines."""
        self._has_crosshair = is_visible

    def set_directions(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        """Which way the two lines run, as unit vectors (right, up)."""
        self._directions = (first, second)

    def set_markers(self, markers: Sequence[Marker]) -> None:
        """The clicks near this slice."""
        self._markers = tuple(markers)

    def prepare(self, view: PictureView, pixel_ratio: float) -> None:
        """Place lines and markers for a view of this size and zoom."""
        self._prepare_crosshair(view, pixel_ratio)
        self._prepare_clicks(view, pixel_ratio)

    def _prepare_crosshair(self, view: PictureView, pixel_ratio: float) -> None:
        self._cross.SetVisibility(self._has_crosshair and self._cursor_picture_mm is not None)
        if self._cursor_picture_mm is None:
            return
        width, height = view.size_px
        x, y = _to_vtk_px(view, self._cursor_picture_mm)
        x, y = np.floor(x) + 0.5, np.floor(y) + 0.5
        gap = CROSSHAIR_GAP_PX * pixel_ratio
        margin = CROSSHAIR_MARGIN_PX * pixel_ratio
        center, room = (
            np.array([x, y]),
            np.array([[margin, width - margin], [margin, height - margin]]),
        )
        ends = np.array(
            [
                _half_line(center, sign * np.array(direction), gap, room)
                for direction in self._directions
                for sign in (-1.0, 1.0)
            ]
        )
        alpha = round(255 * CROSSHAIR_OPACITY)
        along_right, along_up = ((*color, alpha) for color in self._line_colors)
        colors = np.array([along_right, along_right, along_up, along_up], np.uint8)
        self._cross_mapper.SetInputData(segments_from_array(ends, colors))
        self._cross.GetProperty().SetLineWidth(pixel_ratio)

    def _prepare_clicks(self, view: PictureView, pixel_ratio: float) -> None:
        self._clicks.SetVisibility(bool(self._markers))
        if not self._markers:
            return
        triangles: list[NDArray[np.float64]] = []
        colors: list[NDArray[np.uint8]] = []
        for marker in self._markers:
            nearness = max(0.0, 1.0 - marker.distance_mm / MARKER_FADE_MM)
            # At a pixel's centre the shapes are symmetrical.
            center = np.floor(_to_vtk_px(view, marker.point_picture_mm)) + 0.5
            radius = MARKER_RADIUS_PX * pixel_ratio * (0.6 + 0.4 * nearness)
            for shape, color, opacity in _shapes(marker):
                alpha = round(255 * opacity * (0.15 + 0.85 * nearness))
                triangles.append(center + radius * shape)
                colors.append(np.tile(np.array([*color, alpha], np.uint8), (len(shape), 1)))
        self._click_mapper.SetInputData(
            triangles_from_array(np.concatenate(triangles), np.concatenate(colors))
        )


def _half_line(
    center: NDArray[np.float64],
    direction: NDArray[np.float64],
    gap: float,
    room: NDArray[np.float64],
) -> NDArray[np.float64]:
    """From a gap beside the centre to where a line leaves the room; ends of shape (2, 2)."""
    reaches = [
        (side[int(part > 0)] - start) / part
        for start, part, side in zip(center, direction, room, strict=True)
        if abs(part) > 1e-9
    ]
    return center + np.outer([gap, max(gap, min(reaches))], direction)


def _shapes(marker: Marker) -> tuple[tuple[NDArray[np.float64], Rgb, float], ...]:
    if marker.is_foreground:
        return (_RIM, _DARK, 1.0), (_FACE, marker.color_rgb, 1.0), (_PLUS, _DARK, 1.0)
    return (
        (_FACE, _DARK, HOLLOW_OPACITY),
        (_RIM, _DARK, 1.0),
        (_HOLLOW, marker.color_rgb, 1.0),
        (_MINUS, marker.color_rgb, 1.0),
    )


def _to_vtk_px(view: PictureView, point_picture_mm: tuple[float, float]) -> tuple[float, float]:
    """VTK's 2D actors count from the bottom left corner; pixel centres are at halves."""
    x, y = view.to_px(point_picture_mm)
    return x + 0.5, view.size_px[1] - y - 0.5
