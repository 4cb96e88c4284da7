"""The 3D view: surfaces of the structures, the volume's outline and the three slices' frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkCamera,
    vtkCellPicker,
    vtkPolyDataMapper,
    vtkRenderer,
)

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from viewer.scenes.ct_rendering import CtRendering
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.styles import PLANE_COLORS, Rgb, StructureStyle
from viewer.scenes.view_state import Point
from viewer.scenes.vtk_bridge import segments_from_array

OUTLINE_COLOR: Rgb = (86, 94, 106)
CUBE_SIDE_PX = 92
DEGREES_PER_PX = 0.5
FIT_MARGIN = 1.06
"""A fitted volume leaves this little room at the edges."""

_BOX_EDGES = (
    (0, 1),
    (0, 2),
    (0, 4),
    (1, 3),
    (1, 5),
    (2, 3),
    (2, 6),
    (3, 7),
    (4, 5),
    (4, 6),
    (5, 7),
    (6, 7),
)


class VolumeScene:
    """Structures as surfaces in the patient, LPS mm, first seen from the front.

    Surfaces are made elsewhere (``LiveSurface``, on any thread) and only put in place here.
    """

    def __init__(self) -> None:
        self._geometry: VolumeGeometry | None = None
        self._frames: dict[Plane, SliceFrame] = {}
        self._surfaces: dict[int, vtkActor] = {}
        self._styles: dict[int, StructureStyle] = {}
        self._opacity = 1.0
        self._has_planes = True
        self._size_px = (1, 1)
        self._is_fitted = True
        self._cursor_lps = np.zeros(3)
        self._has_moved = False
        self._picker = vtkCellPicker()
        self._picker.SetTolerance(0.0)
        self._picker.PickFromListOn()

        self.renderer = vtkRenderer()
        self.set_smooth_edges(True)
        self.renderer.GradientBackgroundOn()
        self.renderer.SetBackground(0.045, 0.052, 0.062)
        self.renderer.SetBackground2(0.115, 0.13, 0.155)
        self._outline = _line_actor(OUTLINE_COLOR)
        self.ct = CtRendering(self.renderer)
        self._planes = {plane: _line_actor(PLANE_COLORS[plane]) for plane in Plane}
        for actor in (self._outline, *self._planes.values()):
            actor.VisibilityOff()
            self.renderer.AddViewProp(actor)
        self._cube_renderer = vtkRenderer()
        self._cube_renderer.InteractiveOff()
        self._cube_renderer.AddViewProp(_orientation_cube())
        self._cube_renderer.DrawOff()

    @property
    def renderers(self) -> tuple[vtkRenderer, ...]:
        """The patient, and the orientation cube over it."""
        return self.renderer, self._cube_renderer

    @property
    def surface_values(self) -> frozenset[int]:
        """Label values of the structures that have a surface now."""
        return frozenset(self._surfaces)

    def show_volume(self, volume: Volume | None) -> None:
        """Show another patient, without surfaces, from the front; None shows nothing."""
        self.clear_surfaces()
        self.ct.set_ct(None)
        self._geometry = None if volume is None else volume.geometry
        self._cube_renderer.SetDraw(volume is not None)
        self._outline.SetVisibility(volume is not None)
        self.set_planes_visible(self._has_planes)
        if volume is None:
            self._frames = {}
            return
        geometry = volume.geometry
        self._frames = {plane: SliceFrame.of(plane, geometry) for plane in Plane}
        corners_lps = geometry.corners_lps()
        _set_lines(self._outline, corners_lps[np.array(_BOX_EDGES)])
        self.set_cursor(geometry.index_to_lps((np.array(geometry.shape) - 1) // 2))
        self.fit()

    def set_cursor(self, point_lps: Iterable[float]) -> None:
        """Move the frames of the three slices to a point, when the view is rendered next."""
        self._cursor_lps = np.array(tuple(point_lps))
        self._has_moved = True

    def set_frames(self, frames: Mapping[Plane, SliceFrame]) -> None:
        """Let the slices lie in other ways."""
        self._frames = dict(frames)
        self._has_moved = True

    def pick(self, point_px: tuple[float, float]) -> Point | None:
        """The nearest point of a surface, or of the CT, under a pixel; None beside all."""
        self._picker.InitializePickList()
        for actor in self._surfaces.values():
            if actor.GetVisibility():
                self._picker.AddPickList(actor)
        if self.ct.is_shown:
            self._picker.AddPickList(self.ct.prop)
        x, y = point_px[0] + 0.5, self._size_px[1] - point_px[1] - 0.5
        if not self._picker.Pick(x, y, 0.0, self.renderer):
            return None
        right, behind, above = self._picker.GetPickPosition()
        return float(right), float(behind), float(above)

    def set_planes_visible(self, is_visible: bool) -> None:
        """Show or hide the frames of the three slices."""
        self._has_planes = is_visible
        for actor in self._planes.values():
            actor.SetVisibility(is_visible and self._geometry is not None)

    def set_surface(self, label_value: int, surface: vtkPolyData | None) -> None:
        """Put a surface (points in LPS mm) in place of the last one; None takes it away."""
        actor = self._surfaces.pop(label_value, None)
        if surface is None:
            if actor is not None:
                self.renderer.RemoveViewProp(actor)
            return
        if actor is None:
            actor = _surface_actor()
            self.renderer.AddViewProp(actor)
        actor.GetMapper().SetInputData(surface)
        self._surfaces[label_value] = actor
        self._apply_style(label_value)

    def clear_surfaces(self) -> None:
        """Take all surfaces away."""
        for actor in self._surfaces.values():
            self.renderer.RemoveViewProp(actor)
        self._surfaces = {}

    def set_structures(self, structures: Sequence[StructureStyle]) -> None:
        """Change colours and which structures are visible."""
        self._styles = {style.label_value: style for style in structures}
        for label_value in self._surfaces:
            self._apply_style(label_value)

    def set_surface_opacity(self, opacity: float) -> None:
        """See through all surfaces: 1 is solid."""
        self._opacity = opacity
        self.renderer.SetUseDepthPeeling(opacity < 1)
        self.renderer.SetMaximumNumberOfPeels(4)
        for label_value in self._surfaces:
            self._apply_style(label_value)

    def set_smooth_edges(self, is_smooth: bool) -> None:
        """Smooth the edges of surfaces; in software OpenGL that halves the frame rate."""
        self.renderer.SetUseFXAA(is_smooth)

    def fit(self) -> None:
        """Face the patient from the front, the whole volume in view."""
        self._is_fitted = True

    def _leave_fit(self) -> None:
        """From here on the camera is moved by hand."""
        self._place_fitted_camera()
        self._is_fitted = False

    def _place_fitted_camera(self) -> None:
        """Put a fitted camera as near as the corners of the volume allow in this view."""
        if not self._is_fitted or self._geometry is None:
            return
        corners_lps = self._geometry.corners_lps()
        center_lps = corners_lps.mean(axis=0)
        beside, behind, above = np.abs(corners_lps - center_lps).max(axis=0)
        camera = self.renderer.GetActiveCamera()
        up_per_mm = np.tan(np.deg2rad(camera.GetViewAngle() / 2))
        right_per_mm = up_per_mm * self._size_px[0] / self._size_px[1]
        distance_mm = behind + FIT_MARGIN * max(beside / right_per_mm, above / up_per_mm)
        camera.SetFocalPoint(*center_lps)
        camera.SetPosition(*(center_lps - (0, distance_mm, 0)))
        camera.SetViewUp(0, 0, 1)

    def rotate(self, dx_px: float, dy_px: float) -> None:
        """Turn the patient like a ball under the pointer, dragged right and down."""
        self._leave_fit()
        camera = self.renderer.GetActiveCamera()
        camera.Azimuth(-dx_px * DEGREES_PER_PX)
        camera.Elevation(dy_px * DEGREES_PER_PX)
        camera.OrthogonalizeViewUp()

    def turn(self, degrees: float) -> None:
        """Turn the patient about their own head-foot axis, as on a turntable."""
        self._leave_fit()
        camera = self.renderer.GetActiveCamera()
        center_lps = np.array(camera.GetFocalPoint())
        cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
        rotation = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
        arm = np.array(camera.GetPosition()) - center_lps
        camera.SetPosition(*(center_lps + rotation @ arm))
        camera.SetViewUp(*(rotation @ np.array(camera.GetViewUp())))

    def zoom(self, factor: float) -> None:
        """Closer by ``factor``."""
        self._leave_fit()
        self.renderer.GetActiveCamera().Dolly(factor)

    def pan(self, dx_px: float, dy_px: float) -> None:
        """Push the patient to the right and down."""
        self._leave_fit()
        camera = self.renderer.GetActiveCamera()
        view_height_mm = 2 * camera.GetDistance() * np.tan(np.deg2rad(camera.GetViewAngle() / 2))
        mm_per_px = view_height_mm / self._size_px[1]
        up = np.array(camera.GetViewUp())
        right = np.cross(camera.GetDirectionOfProjection(), up)
        shift_lps = (-dx_px * right + dy_px * up) * mm_per_px
        camera.SetFocalPoint(*(np.array(camera.GetFocalPoint()) + shift_lps))
        camera.SetPosition(*(np.array(camera.GetPosition()) + shift_lps))

    def prepare(self, size_px: tuple[int, int], pixel_ratio: float) -> None:
        """Lay everything out for a view of this size; called before each rendering."""
        self._size_px = size_px
        if self._has_moved:
            self._place_frames()
        self._place_fitted_camera()
        self.renderer.ResetCameraClippingRange()
        self.ct.prepare(size_px)
        for actor in (self._outline, *self._planes.values()):
            actor.GetProperty().SetLineWidth(pixel_ratio)
        side = CUBE_SIDE_PX * pixel_ratio
        width, height = min(1.0, side / size_px[0]), min(1.0, side / size_px[1])
        self._cube_renderer.SetViewport(1 - width, 0.0, 1.0, height)
        _look_alike(self._cube_renderer, self.renderer.GetActiveCamera())

    def _place_frames(self) -> None:
        self._has_moved = False
        places = {}
        for plane, frame in self._frames.items():
            index = frame.nearest_slice(self._cursor_lps)
            _set_lines(self._planes[plane], _frame_lines(frame, index))
            places[plane] = frame.place_of(index)
        self.ct.set_planes(places)

    def _apply_style(self, label_value: int) -> None:
        actor = self._surfaces[label_value]
        style = self._styles.get(label_value)
        actor.SetVisibility(style is not None and style.is_visible)
        if style is not None:
            actor.GetProperty().SetColor(*(part / 255 for part in style.color_rgb))
        actor.GetProperty().SetOpacity(self._opacity)


def _line_actor(color_rgb: Rgb) -> vtkActor:
    actor = vtkActor()
    actor.SetMapper(vtkPolyDataMapper())
    actor.GetProperty().SetColor(*(part / 255 for part in color_rgb))
    actor.GetProperty().LightingOff()
    return actor


def _surface_actor() -> vtkActor:
    actor = vtkActor()
    mapper = vtkPolyDataMapper()
    mapper.ScalarVisibilityOff()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetInterpolationToPhong()
    look.SetAmbient(0.12)
    look.SetDiffuse(0.85)
    look.SetSpecular(0.18)
    look.SetSpecularPower(24)
    return actor


def _set_lines(actor: vtkActor, ends_lps: NDArray[np.float64]) -> None:
    actor.GetMapper().SetInputData(segments_from_array(ends_lps))


def _frame_lines(frame: SliceFrame, slice_index: int) -> NDArray[np.float64]:
    left, right, bottom, top = frame.bounds_picture_mm
    corners = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
    corners_lps = frame.geometry.index_to_lps(frame.picture_to_index(corners, slice_index))
    return np.stack([corners_lps, np.roll(corners_lps, -1, axis=0)], axis=1)


def _orientation_cube() -> vtkAnnotatedCubeActor:
    cube = vtkAnnotatedCubeActor()
    cube.SetXPlusFaceText("L")
    cube.SetXMinusFaceText("R")
    cube.SetYPlusFaceText("P")
    cube.SetYMinusFaceText("A")
    cube.SetZPlusFaceText("H")
    cube.SetZMinusFaceText("F")
    cube.SetFaceTextScale(0.6)
    cube.SetZFaceTextRotation(-90)
    cube.GetCubeProperty().SetColor(0.2, 0.23, 0.27)
    cube.GetTextEdgesProperty().SetColor(0.42, 0.46, 0.52)
    cube.GetTextEdgesProperty().SetLineWidth(1)
    for face in (
        cube.GetXPlusFaceProperty(),
        cube.GetXMinusFaceProperty(),
        cube.GetYPlusFaceProperty(),
        cube.GetYMinusFaceProperty(),
        cube.GetZPlusFaceProperty(),
        cube.GetZMinusFaceProperty(),
    ):
        face.SetColor(0.86, 0.89, 0.92)
        face.SetAmbient(1)
        face.SetDiffuse(0)
    return cube


def _look_alike(renderer: vtkRenderer, leader: vtkCamera) -> None:
    """Turn a renderer's camera like another one, around its own origin."""
    camera = renderer.GetActiveCamera()
    camera.SetFocalPoint(0, 0, 0)
    camera.SetPosition(*(-4.0 * np.array(leader.GetDirectionOfProjection())))
    camera.SetViewUp(*leader.GetViewUp())
    renderer.ResetCameraClippingRange()
