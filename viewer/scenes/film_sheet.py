"""Many axial slices on one sheet, from head to feet, with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.labels import Box
from imaging.volume import Volume
from viewer.scenes.body import bounds_of_body
from viewer.scenes.picking import PictureView
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.sampling import sampled_linearly, sampled_nearest
from viewer.scenes.styles import OverlayStyle, StructureStyle
from viewer.scenes.view_state import Point
from viewer.scenes.window_level import DEFAULT_WINDOW_LEVEL, WindowLevel

FILM_SPACINGS_MM = (1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 50.0)
DEFAULT_FILM_SPACING_MM = 10.0
TILE_WIDTH_PX = 220
"""About this wide is a slice on the sheet: organs can be told apart, and some twenty fit."""

GAP_PX = 2


@dataclass(frozen=True, slots=True)
class FilmTile:
    """One slice on the sheet: its index, its place on it, in whole pixels, and its position."""

    slice_index: int
    left_px: int
    top_px: int
    position_mm: float


@dataclass(frozen=True, slots=True)
class _Grid:
    """How tiles share a sheet."""

    columns: int
    rows: int
    width_px: int
    height_px: int


class FilmSheet:
    """The axial slices of a CT, every so many millimetres; no VTK, no window.

    A tile that was drawn once is kept until something in it changes.
    """

    def __init__(self) -> None:
        self._volume: Volume | None = None
        self._frame: SliceFrame | None = None
        self._body: Box | None = None
        self._labels: NDArray[np.uint8] | None = None
        self._window_level = DEFAULT_WINDOW_LEVEL
        self._colors = np.zeros((256, 3), np.float32)
        self._is_shown = np.zeros(256, np.bool_)
        self._overlay = OverlayStyle()
        self._spacing_mm = DEFAULT_FILM_SPACING_MM
        self._first_row = 0
        self._size_px = (1, 1)
        self._pixel_ratio = 1.0
        self._tiles: dict[int, NDArray[np.uint8]] = {}

    @property
    def spacing_mm(self) -> float:
        """Distance between the slices on the sheet, as it was asked for."""
        return self._spacing_mm

    @property
    def slice_indices(self) -> tuple[int, ...]:
        """The slices of the film, from head to feet."""
        frame = self._frame
        if frame is None:
            return ()
        step = max(1, round(self._spacing_mm / frame.slice_spacing_mm))
        indices = range(frame.slice_count - 1, -1, -step)
        return tuple(
            indices if frame.is_slice_forward else (frame.slice_count - 1 - i for i in indices)
        )

    def show_volume(self, volume: Volume | None, body: Box | None) -> None:
        """Show another CT without labels; ``body`` is what each tile shows whole."""
        self._volume, self._body, self._labels = volume, body, None
        self._frame = None if volume is None else SliceFrame.of(Plane.AXIAL, volume.geometry)
        self._first_row = 0
        self._tiles.clear()

    def show_labels(self, labels: NDArray[np.uint8] | None) -> None:
        """Draw labels: an array on the CT's grid which may change (``labels_changed``)."""
        self._labels = labels
        self._tiles.clear()

    def labels_changed(self, box: Box) -> None:
        """Draw the slices of a box anew."""
        if self._frame is not None:
            part = box[self._frame.slice_axis]
            for slice_index in range(part.start, part.stop):
                self._tiles.pop(slice_index, None)

    def set_window_level(self, window_level: WindowLevel) -> None:
        """Change the grey scale."""
        self._window_level = window_level
        self._tiles.clear()

    def set_structures(self, structures: Sequence[StructureStyle]) -> None:
        """Change colours and which structures are visible."""
        self._is_shown[:] = False
        for style in structures:
            self._colors[style.label_value] = style.color_rgb
            self._is_shown[style.label_value] = style.is_visible
        self._tiles.clear()

    def set_overlay(self, overlay: OverlayStyle) -> None:
        """Change how strongly labels are drawn."""
        self._overlay = overlay
        self._tiles.clear()

    def set_spacing(self, spacing_mm: float) -> None:
        """Change the distance between the slices."""
        self._spacing_mm = spacing_mm

    def scroll(self, rows: int) -> None:
        """Show what is further up (negative) or down."""
        grid = self._grid()
        all_rows = -(-len(self.slice_indices) // grid.columns)
        self._first_row = int(np.clip(self._first_row + rows, 0, max(0, all_rows - grid.rows)))

    def resize(self, size_px: tuple[int, int], pixel_ratio: float = 1.0) -> None:
        """Lay the tiles out on a sheet of another size; on dense screens they have more pixels."""
        if (size_px, pixel_ratio) != (self._size_px, self._pixel_ratio):
            self._size_px, self._pixel_ratio = size_px, pixel_ratio
            self._tiles.clear()
        self.scroll(0)

    def nearest_tile(self, point_lps: Point) -> int | None:
        """The slice of the film that is nearest to a point; None without a CT."""
        if self._frame is None:
            return None
        here = self._frame.nearest_slice(point_lps)
        return min(self.slice_indices, key=lambda index: abs(index - here))

    def reveal(self, point_lps: Point) -> None:
        """Scroll until the slice nearest to a point is on the sheet."""
        nearest = self.nearest_tile(point_lps)
        if nearest is None:
            return
        grid = self._grid()
        row = self.slice_indices.index(nearest) // grid.columns
        if row < self._first_row:
            self.scroll(row - self._first_row)
        elif row >= self._first_row + grid.rows:
            self.scroll(row - self._first_row - grid.rows + 1)

    def tiles(self) -> tuple[FilmTile, ...]:
        """What is on the sheet now."""
        frame = self._frame
        if frame is None:
            return ()
        grid = self._grid()
        first = self._first_row * grid.columns
        shown = self.slice_indices[first : first + grid.rows * grid.columns]
        return tuple(
            FilmTile(
                slice_index,
                (place % grid.columns) * (grid.width_px + GAP_PX),
                (place // grid.columns) * (grid.height_px + GAP_PX),
                float(frame.place_of(slice_index)[0][2]),
            )
            for place, slice_index in enumerate(shown)
        )

    @property
    def tile_size_px(self) -> tuple[int, int]:
        """Width and height of every tile."""
        grid = self._grid()
        return grid.width_px, grid.height_px

    def point_at(self, point_px: tuple[float, float]) -> Point | None:
        """The patient point under a pixel of the sheet; None between tiles and beside the CT."""
        frame = self._frame
        if frame is None:
            return None
        width, height = self.tile_size_px
        for tile in self.tiles():
            x, y = point_px[0] - tile.left_px, point_px[1] - tile.top_px
            if -0.5 <= x < width - 0.5 and -0.5 <= y < height - 0.5:
                right, up = self._view().to_picture((x, y))
                index_kji = frame.picture_to_index((right, up), tile.slice_index)
                point_lps = frame.geometry.index_to_lps(index_kji)
                if frame.geometry.nearest_index(point_lps) is None:
                    return None
                return float(point_lps[0]), float(point_lps[1]), float(point_lps[2])
        return None

    def picture(self) -> NDArray[np.uint8]:
        """The sheet: RGB, shape (height, width, 3), the top row first."""
        width, height = self._size_px
        sheet = np.zeros((height, width, 3), np.uint8)
        for tile in self.tiles():
            pixels = self._tiles.get(tile.slice_index)
            if pixels is None:
                pixels = self._tiles[tile.slice_index] = self._draw(tile.slice_index)
            part = sheet[tile.top_px : tile.top_px + len(pixels), tile.left_px :][
                :, : pixels.shape[1]
            ]
            part[...] = pixels[: part.shape[0], : part.shape[1]]
        return sheet

    def _grid(self) -> _Grid:
        width, height = self._size_px
        columns = max(1, round(width / (TILE_WIDTH_PX * self._pixel_ratio)))
        tile_width = max(1, (width + GAP_PX) // columns - GAP_PX)
        left, right, bottom, top = self._bounds()
        tile_height = max(1, round(tile_width * (top - bottom) / (right - left)))
        rows = max(1, (height + GAP_PX) // (tile_height + GAP_PX))
        return _Grid(columns, rows, tile_width, tile_height)

    def _bounds(self) -> tuple[float, float, float, float]:
        if self._frame is None:
            return 0.0, 1.0, 0.0, 1.0
        return bounds_of_body(self._frame, self._frame.geometry, self._body)

    def _view(self) -> PictureView:
        return PictureView.fitting(self.tile_size_px, self._bounds())

    def _draw(self, slice_index: int) -> NDArray[np.uint8]:
        frame, volume = self._frame, self._volume
        assert frame is not None
        assert volume is not None
        (width, height), view = self.tile_size_px, self._view()
        (left, top), (right, bottom) = (
            view.to_picture((0, 0)),
            view.to_picture((width - 1, height - 1)),
        )
        step_right, step_up = frame.spacing_picture_mm
        columns = np.linspace(left, right, width) / step_right
        rows = np.linspace(top, bottom, height) / step_up
        grey_hu = sampled_linearly(frame.slice_of(volume.array, slice_index), rows, columns)
        low_hu = self._window_level.center_hu - self._window_level.width_hu / 2
        grey = np.clip((grey_hu - low_hu) / self._window_level.width_hu, 0, 1) * 255
        pixels = np.repeat(grey[..., None], 3, axis=2)
        if self._labels is not None and self._overlay.is_visible:
            labels = sampled_nearest(frame.slice_of(self._labels, slice_index), rows, columns)
            share = self._label_shares(np.where(self._is_shown[labels], labels, 0))[..., None]
            pixels = pixels * (1 - share) + self._colors[labels] * share
        return pixels.astype(np.uint8)

    def _label_shares(self, labels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """How much of each pixel is its label's colour: outlines more than what they enclose."""
        edge = np.zeros(labels.shape, np.bool_)
        for axis in (0, 1):
            for step in (-1, 1):
                edge |= labels != np.roll(labels, step, axis)
        share = np.where(labels > 0, self._overlay.fill_opacity, 0.0).astype(np.float32)
        share[edge & (labels > 0)] = self._overlay.outline_opacity
        return share
