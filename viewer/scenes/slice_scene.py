"""One plane of a CT: a slice with labels, crosshair, click markers and texts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkImageSlice, vtkImageSliceMapper, vtkRenderer

from imaging.clicks import Click
from imaging.editing.label_patch import LabelPatch
from imaging.labels import Box
from imaging.volume import Volume
from viewer.scenes.annotations import Annotations
from viewer.scenes.label_overlay import LabelOverlay
from viewer.scenes.markers import MARKER_FADE_MM, Marker, SliceMarkers
from viewer.scenes.picking import PictureView
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.slabs import Slab
from viewer.scenes.styles import PLANE_COLORS, TEXT_COLOR, OverlayStyle, StructureStyle
from viewer.scenes.view_state import Point
from viewer.scenes.vtk_bridge import slice_image
from viewer.scenes.window_level import DEFAULT_WINDOW_LEVEL, WindowLevel

_LINE_PLANES = {
    Plane.AXIAL: (Plane.CORONAL, Plane.SAGITTAL),
    Plane.CORONAL: (Plane.AXIAL, Plane.SAGITTAL),
    Plane.SAGITTAL: (Plane.AXIAL, Plane.CORONAL),
}
"""Which planes the horizontal and the vertical line of a crosshair stand for."""

_AXIS_NAMES = {"H": "z", "A": "y", "L": "x"}
_CAMERA_DISTANCE_MM = 100.0


class SliceScene:
    """A CT slice in one plane.

    Only the shown slice is copied, out of the volume's own array, so three scenes share one
    CT and a changed label costs one slice. Pictures are drawn in picture mm (see
    ``SliceFrame``). Nothing is rendered here: change the scene, then render its view.
    """

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        self.frame: SliceFrame | None = None
        self._volume: Volume | None = None
        self._labels: NDArray[np.uint8] | None = None
        self._preview: LabelPatch | None = None
        self._structures: tuple[StructureStyle, ...] = ()
        self._clicks: tuple[Click, ...] = ()
        self._dragged: tuple[Click, Point] | None = None
        self._slice_index = 0
        self._cursor_lps: Point = (0.0, 0.0, 0.0)
        self._slab = Slab()
        self._view = PictureView((1, 1))
        self._is_fitted = True
        self._body: Box | None = None
        self._pixels = np.zeros((1, 1), np.int16)
        self._image = slice_image(self._pixels, (1.0, 1.0))

        self.renderer = vtkRenderer()
        self.renderer.SetBackground(0.0, 0.0, 0.0)
        # The layers are drawn in order; sorting them by depth costs 19 ms a picture in software.
        self.renderer.SetUseOIT(False)
        self._mapper = vtkImageSliceMapper()
        self._mapper.BorderOn()  # the outermost voxels are drawn whole, not to their centres
        self._slice = vtkImageSlice()
        self._slice.SetMapper(self._mapper)
        self._slice.GetProperty().SetInterpolationTypeToLinear()
        self._slice.VisibilityOff()
        self.renderer.AddViewProp(self._slice)
        self._overlay = LabelOverlay(self.renderer)
        right_line, up_line = (PLANE_COLORS[line] for line in _LINE_PLANES[plane])
        self._markers = SliceMarkers(self.renderer, right_line, up_line)
        self.annotations = Annotations(self.renderer)
        self.renderer.GetActiveCamera().ParallelProjectionOn()
        self.set_window_level(DEFAULT_WINDOW_LEVEL)

    @property
    def renderers(self) -> tuple[vtkRenderer, ...]:
        """The scene's only layer."""
        return (self.renderer,)

    @property
    def slice_index(self) -> int:
        """Array index of the shown slice along ``frame.slice_axis``."""
        return self._slice_index

    @property
    def view(self) -> PictureView:
        """The part of the picture that was shown when the scene was last prepared."""
        return self._view

    @property
    def volume(self) -> Volume | None:
        """The CT that is shown; None if there is none."""
        return self._volume

    def show_volume(self, volume: Volume | None, body: Box | None = None) -> None:
        """Show another CT, at its middle and fitted; None shows nothing.

        ``body`` is what fitting shows whole (see ``body_box``); None for all of the CT.
        """
        self._volume = volume
        self._body = body
        self._labels = self._preview = None
        self._clicks, self._dragged = (), None
        self._overlay.clear()
        self._slice.SetVisibility(volume is not None)
        self.annotations.set_visible(volume is not None)
        if volume is None:
            self.frame = None
            self._markers.set_cursor(None)
            self._markers.set_markers(())
            return
        self.frame = frame = SliceFrame.of(self.plane, volume.geometry)
        width, height = frame.size_px
        self._pixels = np.empty((height, width), np.int16)
        self._image = slice_image(self._pixels, frame.spacing_picture_mm)
        self._mapper.SetInputData(self._image)
        self.annotations.set_letters(*frame.edge_letters)
        self.annotations.set_case_name(volume.name)
        self.fit()
        self._slice_index = -1
        middle_kji = (np.array(volume.geometry.shape) - 1) // 2
        self.set_cursor(volume.geometry.index_to_lps(middle_kji))

    def show_labels(self, labels: NDArray[np.uint8] | None) -> None:
        """Draw labels over the CT; an array on its grid which may change (``labels_changed``)."""
        if labels is not None and (
            self._volume is None or labels.shape != self._volume.array.shape
        ):
            raise ValueError("labels must have the shape of the volume that is shown")
        self._labels = labels
        if labels is None:
            self._overlay.clear()
        else:
            self._show_label_slice()

    def labels_changed(self, box: Box) -> bool:
        """Draw the labels again if the slice cuts the box; False if there was no need."""
        if self.frame is None or self._labels is None:
            return False
        part = box[self.frame.slice_axis]
        if not part.start <= self._slice_index < part.stop:
            return False
        self._show_label_slice()
        return True

    def set_preview(self, preview: LabelPatch | None) -> None:
        """Draw other labels in a box; ``labels_changed`` shows it, and whatever changes in it."""
        self._preview = preview

    def set_cursor(self, point_lps: Iterable[float]) -> None:
        """Move the crosshair, and show the slice that holds it."""
        x, y, z = (float(value) for value in point_lps)
        self._cursor_lps = (x, y, z)
        if self.frame is None or self._volume is None:
            return
        right, up = self.frame.lps_to_picture(self._cursor_lps)
        self._markers.set_cursor((float(right), float(up)))
        slice_index = self.frame.nearest_slice(self._cursor_lps)
        if slice_index != self._slice_index:
            self._slice_index = slice_index
            self._show_slice()

    def point_after_scroll(self, steps: int) -> Point | None:
        """The cursor moved by whole slices towards head, front or left; None without a CT.

        The crosshair stays where it is in the picture, and the ends are not passed.
        """
        if self.frame is None:
            return None
        wanted = self._slice_index + (steps if self.frame.is_slice_forward else -steps)
        return self.point_on_slice(wanted)

    def point_on_slice(self, slice_index: int) -> Point | None:
        """The cursor moved to another slice, the nearest one that exists."""
        if self.frame is None:
            return None
        index_kji = self.frame.geometry.lps_to_index(self._cursor_lps)
        index_kji[self.frame.slice_axis] = np.clip(slice_index, 0, self.frame.slice_count - 1)
        x, y, z = self.frame.geometry.index_to_lps(index_kji)
        return float(x), float(y), float(z)

    def scroll(self, steps: int) -> Point | None:
        """Move the cursor by whole slices; returns where it is now."""
        point_lps = self.point_after_scroll(steps)
        if point_lps is not None:
            self.set_cursor(point_lps)
        return point_lps

    def set_window_level(self, window_level: WindowLevel) -> None:
        """Change the grey scale."""
        grey = self._slice.GetProperty()
        grey.SetColorWindow(window_level.width_hu)
        grey.SetColorLevel(window_level.center_hu)
        self.annotations.set_window_level(
            f"W {window_level.width_hu:.0f}   L {window_level.center_hu:.0f}"
        )

    def set_slab(self, slab: Slab) -> None:
        """Change how many slices of the CT are seen at once; labels are the middle one's."""
        if slab != self._slab:
            self._slab = slab
            self._show_pixels()
            self._write_position()

    def set_structures(self, structures: Sequence[StructureStyle]) -> None:
        """Change colours and which structures are visible; also of the click markers."""
        self._structures = tuple(structures)
        self._overlay.set_structures(self._structures)
        self._place_markers()

    def set_overlay(self, overlay: OverlayStyle) -> None:
        """Change the labels' opacities, outline width or visibility."""
        self._overlay.set_overlay(overlay)

    def set_crosshair_visible(self, is_visible: bool) -> None:
        """Show or hide the crosshair."""
        self._markers.set_crosshair_visible(is_visible)

    def set_clicks(self, clicks: Iterable[Click]) -> None:
        """Show these clicks, each in its structure's colour."""
        self._clicks = tuple(clicks)
        self._place_markers()

    def click_at(self, point_px: tuple[float, float], reach_px: float) -> Click | None:
        """The click on this very slice whose marker is nearest to a pixel; None beside all."""
        nearest, nearest_px = None, reach_px
        for click in self._clicks:
            if self._distance_mm(click.point_lps) > 0 or self._is_hidden(click):
                continue
            at_px = self.project(click.point_lps)
            if at_px is not None:
                away_px = math.dist(at_px, point_px)
                if away_px <= nearest_px:
                    nearest, nearest_px = click, away_px
        return nearest

    def show_dragged(self, click: Click | None, point_lps: Point | None = None) -> None:
        """Draw a click at another place, LPS mm, until it is there; None ends that."""
        self._dragged = None if click is None or point_lps is None else (click, point_lps)
        self._place_markers()

    def fit(self) -> None:
        """Show the whole body, and keep it fitted while the view's size changes."""
        self._is_fitted = True

    def zoom(self, factor: float, about_px: tuple[float, float] | None = None) -> None:
        """Closer by ``factor``; what lies under a pixel stays there."""
        self._view = self._view.zoomed(factor, about_px)
        self._is_fitted = False

    def pan(self, dx_px: float, dy_px: float) -> None:
        """Push the picture to the right and down."""
        self._view = self._view.panned(dx_px, dy_px)
        self._is_fitted = False

    def pick(self, point_px: tuple[float, float]) -> Point | None:
        """The patient point under a pixel of the view; None beside the CT."""
        point_lps = self.point_at(point_px)
        if self.frame is None or point_lps is None:
            return None
        return None if self.frame.geometry.nearest_index(point_lps) is None else point_lps

    def point_at(self, point_px: tuple[float, float]) -> Point | None:
        """The patient point under a pixel of the view, also beside the CT; None without one."""
        if self.frame is None:
            return None
        point_picture_mm = self._view.to_picture(point_px)
        index_kji = self.frame.picture_to_index(point_picture_mm, self._slice_index)
        x, y, z = self.frame.geometry.index_to_lps(index_kji)
        return float(x), float(y), float(z)

    def project(self, point_lps: Iterable[float]) -> tuple[float, float] | None:
        """The pixel that shows a patient point, along the slice axis; None without a CT."""
        if self.frame is None:
            return None
        right, up = self.frame.lps_to_picture(np.array(tuple(point_lps)))
        return self._view.to_px((float(right), float(up)))

    def project_all(self, points_lps: NDArray[np.float64]) -> list[tuple[float, float]]:
        """The pixels that show patient points of shape (n, 3); none without a CT."""
        if self.frame is None:
            return []
        return [
            self._view.to_px((right, up)) for right, up in self.frame.lps_to_picture(points_lps)
        ]

    def prepare(self, size_px: tuple[int, int], pixel_ratio: float) -> None:
        """Lay everything out for a view of this size; called before each rendering."""
        self._view = self._view.resized(size_px)
        if self._is_fitted and self.frame is not None:
            self._view = PictureView.fitting(size_px, self._fitted_bounds(self.frame))
        right, up = self._view.center_picture_mm
        camera = self.renderer.GetActiveCamera()
        camera.SetFocalPoint(right, up, 0.0)
        camera.SetPosition(right, up, _CAMERA_DISTANCE_MM)
        camera.SetViewUp(0.0, 1.0, 0.0)
        camera.SetParallelScale(self._view.size_px[1] * self._view.mm_per_px / 2)
        camera.SetClippingRange(1.0, 2 * _CAMERA_DISTANCE_MM)
        self._overlay.prepare(pixel_ratio)
        self._markers.prepare(self._view, pixel_ratio)
        self.annotations.prepare(self._view, pixel_ratio)

    def _fitted_bounds(self, frame: SliceFrame) -> tuple[float, float, float, float]:
        return frame.bounds_picture_mm if self._body is None else frame.bounds_of_box(self._body)

    def _show_slice(self) -> None:
        if self.frame is None or self._volume is None:
            return
        self._show_pixels()
        self._show_label_slice()
        self._place_markers()
        self._write_position()

    def _show_pixels(self) -> None:
        if self.frame is None or self._volume is None:
            return
        self._slab.draw_into(self._pixels, self._volume.array, self.frame, self._slice_index)
        self._image.GetPointData().GetScalars().Modified()
        self._image.Modified()

    def _show_label_slice(self) -> None:
        if self.frame is None or self._labels is None:
            return
        labels = self.frame.slice_of(self._labels, self._slice_index)
        if self._preview is not None:
            labels = _with_preview(labels, self._preview, self.frame, self._slice_index)
        self._overlay.show_slice(labels, self.frame)

    def _place_markers(self) -> None:
        if self.frame is None:
            return
        colors = {style.name: style.color_rgb for style in self._structures if style.is_visible}
        markers = []
        for click in self._clicks:
            point_lps = click.point_lps
            if self._dragged is not None and self._dragged[0] is click:
                point_lps = self._dragged[1]
            distance_mm = self._distance_mm(point_lps)
            if distance_mm > MARKER_FADE_MM or self._is_hidden(click):
                continue
            right, up = self.frame.lps_to_picture(point_lps)
            color_rgb = colors.get(click.structure, TEXT_COLOR)
            markers.append(
                Marker((float(right), float(up)), distance_mm, color_rgb, click.is_foreground)
            )
        self._markers.set_markers(markers)

    def _distance_mm(self, point_lps: Point) -> float:
        """How far a point lies from the shown slice; 0 within its thickness."""
        if self.frame is None:
            return math.inf
        distance_mm = float(self.frame.distance_mm(point_lps, self._slice_index))
        return max(0.0, distance_mm - self.frame.slice_spacing_mm / 2)

    def _is_hidden(self, click: Click) -> bool:
        styles = (style for style in self._structures if style.name == click.structure)
        return any(not style.is_visible for style in styles)

    def _write_position(self) -> None:
        if self.frame is None:
            return
        center_kji = (np.array(self.frame.geometry.shape) - 1) / 2
        center_kji[self.frame.slice_axis] = self._slice_index
        axis = "LAH".index(self.plane.forward_letter)
        position_mm = self.frame.geometry.index_to_lps(center_kji)[axis]
        name = _AXIS_NAMES[self.plane.forward_letter]
        lines = (
            f"{self._slice_index + 1} / {self.frame.slice_count}",
            f"{name} {position_mm:.1f} mm",
            self._slab.text(self.frame, self._slice_index),
        )
        self.annotations.set_position("\n".join(lines).rstrip())


def _with_preview(
    labels: NDArray[np.uint8], preview: LabelPatch, frame: SliceFrame, slice_index: int
) -> NDArray[np.uint8]:
    """A slice of labels, as ``frame.slice_of`` gives it, with a preview in its place."""
    axis = frame.slice_axis
    part = preview.box[axis]
    if not part.start <= slice_index < part.stop:
        return labels
    shown = labels.copy()
    # Seen as a volume of one slice, so that the frame itself says which way the picture lies.
    stored = frame.unturned(shown)
    first, second = (one for other, one in enumerate(preview.box) if other != axis)
    stored[first, second] = np.take(preview.labels, slice_index - part.start, axis=axis)
    return shown
