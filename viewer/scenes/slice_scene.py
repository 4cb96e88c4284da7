"""One plane of a CT: a slice with labels, crosshair, click markers and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkImageSlice, vtkImageSliceMapper, vtkRenderer

from imaging.clicks import Click
from imaging.editing.label_patch import LabelPatch
from imaging.labels import Box
from imaging.volume import Volume
from viewer.scenes.annotations import Annotations, position_text
from viewer.scenes.before_after import BeforeAfter
from viewer.scenes.body import bounds_of_body
from viewer.scenes.label_overlay import LabelOverlay
from viewer.scenes.markers import SliceMarkers
from viewer.scenes.picking import PictureView
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.slabs import Slab
from viewer.scenes.slice_clicks import SliceClicks
from viewer.scenes.slice_content import SliceContent
from viewer.scenes.styles import LINE_PLANES, PLANE_COLORS, OverlayStyle, StructureStyle
from viewer.scenes.turned_planes import TurnedPlanes
from viewer.scenes.view_state import Point
from viewer.scenes.vtk_bridge import slice_image
from viewer.scenes.window_level import DEFAULT_WINDOW_LEVEL, WindowLevel

_CAMERA_DISTANCE_MM = 100.0


class SliceScene:
    """A CT slice in one plane.

    Only the shown slice is copied, out of the volume's own array, so three scenes share one
    CT and a changed label costs one slice, and that only when the view is rendered: a cursor
    that moves through three planes costs each view its own slice. Pictures are drawn in picture
    mm (see ``SliceFrame``). Nothing is rendered here: change the scene, then render its view.
    """

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        self.frame: SliceFrame | None = None
        self._content = SliceContent()
        self._turned: TurnedPlanes | None = None
        self._wipe_picture_mm = 0.0
        self._clicks = SliceClicks()
        self._slice_index = 0
        self._cursor_lps: Point = (0.0, 0.0, 0.0)
        self._slab = Slab()
        self._view = PictureView((1, 1))
        self._is_fitted = True
        self._coarsest_fit = 0.0
        self._body: Box | None = None
        self._stale: set[Callable[[], None]] = set()
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
        right_line, up_line = (PLANE_COLORS[line] for line in LINE_PLANES[plane])
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
        return self._content.volume

    @property
    def is_oblique(self) -> bool:
        """Whether the slices do not follow the CT's own."""
        return self.frame is not None and self._content.is_oblique(self.frame)

    def show_volume(self, volume: Volume | None, body: Box | None = None) -> None:
        """Show another CT, at its middle and fitted; None shows nothing.

        ``body`` is what fitting shows whole (see ``body_box``); None for all of the CT.
        """
        self._content.show_volume(volume)
        self._body = body
        self._turned = None
        self._clicks.clear()
        self._overlay.clear()
        self._slice.SetVisibility(volume is not None)
        self.annotations.set_visible(volume is not None)
        if volume is None:
            self.frame = None
            self._markers.set_cursor(None)
            self._markers.set_markers(())
            return
        self._take_frame(SliceFrame.of(self.plane, volume.geometry))
        self.annotations.set_case_name(volume.name)
        self.fit()
        middle_kji = (np.array(volume.geometry.shape) - 1) // 2
        self.set_cursor(volume.geometry.index_to_lps(middle_kji))

    def show_labels(self, labels: NDArray[np.uint8] | None) -> None:
        """Draw labels over the CT; an array on its grid which may change (``labels_changed``)."""
        self._content.show_labels(labels)
        if labels is None:
            self._overlay.clear()
        else:
            self._stale.add(self._draw_labels)

    def labels_changed(self, box: Box) -> bool:
        """Draw the labels again if the slice cuts the box; False if there was no need."""
        if self.frame is None or not self._content.has_labels:
            return False
        self._content.labels_changed()
        part = box[self.frame.slice_axis]
        if not self.is_oblique and not part.start <= self._slice_index < part.stop:
            return False
        self._stale.add(self._draw_labels)
        return True

    def set_preview(self, preview: LabelPatch | None) -> None:
        """Draw other labels in a box; ``labels_changed`` shows it, and whatever changes in it."""
        self._content.preview = preview

    def set_comparison(self, comparison: BeforeAfter | None) -> None:
        """Draw other labels beside or against those that are shown; None for these alone."""
        self._content.comparison = comparison
        self._stale.add(self._draw_labels)

    def turn(self, turned: TurnedPlanes | None) -> None:
        """Lie in the patient in another way, through the cursor; None follows the CT's axes."""
        volume = self._content.volume
        if volume is None or self.frame is None:
            return
        kept_lps = self.point_at(self._view.center_px)
        self._turned = turned
        frame = turned.frame(self.plane, self._cursor_lps) if turned is not None else None
        if frame is not None or self.is_oblique:
            frame = frame or SliceFrame.of(self.plane, volume.geometry)
            self._take_frame(frame)
            if kept_lps is not None:
                right, up = frame.lps_to_picture(kept_lps)
                self._view = replace(self._view, center_picture_mm=(float(right), float(up)))
        self._show_lines()
        self.set_cursor(self._cursor_lps)

    def set_cursor(self, point_lps: Iterable[float]) -> None:
        """Move the crosshair, and show the slice that holds it."""
        x, y, z = (float(value) for value in point_lps)
        self._cursor_lps = (x, y, z)
        if self.frame is None:
            return
        right, up = self.frame.lps_to_picture(self._cursor_lps)
        self._markers.set_cursor((float(right), float(up)))
        slice_index = self.frame.nearest_slice(self._cursor_lps)
        if slice_index != self._slice_index:
            self._slice_index = slice_index
            self._stale |= {self._draw_pixels, self._draw_labels, self._place_markers}
            self._write_position()

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
            self._stale.add(self._draw_pixels)
            self._write_position()

    def set_structures(self, structures: Sequence[StructureStyle]) -> None:
        """Change colours and which structures are visible; also of the click markers."""
        self._overlay.set_structures(structures)
        self._clicks.set_structures(structures)
        is_shown = np.zeros(256, np.bool_)
        is_shown[[style.label_value for style in structures if style.is_visible]] = True
        self._content.is_shown = is_shown
        if self._content.comparison is not None:
            self._stale.add(self._draw_labels)
        self._stale.add(self._place_markers)

    def set_overlay(self, overlay: OverlayStyle) -> None:
        """Change the labels' opacities, outline width or visibility."""
        self._overlay.set_overlay(overlay)

    def set_crosshair_visible(self, is_visible: bool) -> None:
        """Show or hide the crosshair."""
        self._markers.set_crosshair_visible(is_visible)

    def set_clicks(self, clicks: Iterable[Click]) -> None:
        """Show these clicks, each in its structure's colour."""
        self._clicks.set_clicks(clicks)
        self._stale.add(self._place_markers)

    def click_at(self, point_px: tuple[float, float], reach_px: float) -> Click | None:
        """The click on this very slice whose marker is nearest to a pixel; None beside all."""
        if self.frame is None:
            return None
        return self._clicks.at(point_px, reach_px, self._view, self.frame, self._slice_index)

    def show_dragged(self, click: Click | None, point_lps: Point | None = None) -> None:
        """Draw a click at another place, LPS mm, until it is there; None ends that."""
        self._clicks.set_dragged(click, point_lps)
        self._stale.add(self._place_markers)

    def fit(self) -> None:
        """Show the whole body, and keep it fitted while the view's size changes."""
        self._is_fitted = True

    def fitted(self, size_px: tuple[int, int]) -> PictureView:
        """What fitting shows in a view of this size, were it this scene alone."""
        volume = self._content.volume
        if self.frame is None or volume is None:
            return PictureView(size_px)
        bounds = bounds_of_body(self.frame, volume.geometry, self._body)
        return PictureView.fitting(size_px, bounds)

    def set_coarsest_fit(self, mm_per_px: float) -> None:
        """Fit no closer than at this scale; 0 for as close as can be."""
        self._coarsest_fit = mm_per_px

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
        volume = self._content.volume
        if volume is None or point_lps is None:
            return None
        return None if volume.geometry.nearest_index(point_lps) is None else point_lps

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
            view = self.fitted(size_px)
            self._view = replace(view, mm_per_px=max(view.mm_per_px, self._coarsest_fit))
        if self._content.comparison is not None and self._wipe_line_mm() != self._wipe_picture_mm:
            self._stale.add(self._draw_labels)
        stale, self._stale = self._stale, set()
        for draw in stale:
            draw()
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

    def _take_frame(self, frame: SliceFrame) -> None:
        self.frame = frame
        width, height = frame.size_px
        self._pixels = np.empty((height, width), np.int16)
        self._image = slice_image(self._pixels, frame.spacing_picture_mm)
        self._mapper.SetInputData(self._image)
        self._slice_index = -1
        self._show_lines()

    def _show_lines(self) -> None:
        """Letters at the edges, and which way the crosshair's lines run."""
        turned = self._turned
        if self.frame is None:
            return
        if turned is None:
            self.annotations.set_letters(*self.frame.edge_letters)
            self._markers.set_directions((1.0, 0.0), (0.0, 1.0))
            return
        right_line, up_line = (turned.line_in(self.plane, p) for p in LINE_PLANES[self.plane])
        self._markers.set_directions(right_line, up_line)
        letters = turned.axes[self.plane].edge_letters if self.is_oblique else None
        self.annotations.set_letters(*(letters or self.frame.edge_letters))

    def _wipe_line_mm(self) -> float:
        comparison = self._content.comparison
        share = 0.0 if comparison is None else comparison.wipe_share
        return self._view.to_picture((share * self._view.size_px[0] - 0.5, 0.0))[0]

    def _draw_pixels(self) -> None:
        if self.frame is None:
            return
        self._content.draw_pixels(self._pixels, self.frame, self._slice_index, self._slab)
        self._image.GetPointData().GetScalars().Modified()
        self._image.Modified()

    def _draw_labels(self) -> None:
        if self.frame is None:
            return
        self._wipe_picture_mm = self._wipe_line_mm()
        labels = self._content.labels_of(self.frame, self._slice_index, self._wipe_picture_mm)
        if labels is not None:
            self._overlay.show_slice(labels, self.frame)

    def _place_markers(self) -> None:
        if self.frame is not None:
            self._markers.set_markers(self._clicks.markers(self.frame, self._slice_index))

    def _write_position(self) -> None:
        if self.frame is not None:
            tilt_degrees = self._turned.tilt_degrees(self.plane) if self._turned else 0.0
            text = position_text(self.frame, self._slice_index, self._slab, tilt_degrees)
            self.annotations.set_position(text)
