"""Axial, coronal, sagittal and 3D side by side, sharing one cursor and one grey scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget
from vtkmodules.vtkCommonDataModel import vtkPolyData

from imaging.clicks import Click
from imaging.editing.label_patch import LabelPatch
from imaging.labels import Box
from imaging.volume import Volume
from viewer.scenes.body import body_box
from viewer.scenes.caliper_board import CaliperBoard
from viewer.scenes.calipers import CaliperKind
from viewer.scenes.planes import Plane
from viewer.scenes.slabs import Slab
from viewer.scenes.slice_scene import SliceScene
from viewer.scenes.styles import PLANE_COLORS, VOLUME_COLOR, OverlayStyle, StructureStyle
from viewer.scenes.view_state import Point, ViewState
from viewer.scenes.volume_scene import VolumeScene
from viewer.scenes.window_level import WindowLevel
from viewer.widgets.comparison_view import ComparisonView
from viewer.widgets.draw_cursor import DrawCursor
from viewer.widgets.film_widget import FilmWidget
from viewer.widgets.interaction_mode import InteractionMode
from viewer.widgets.measuring_pen import MeasuringPen
from viewer.widgets.pen import Pen
from viewer.widgets.plane_turner import PlaneTurner
from viewer.widgets.render_scheduler import RenderScheduler
from viewer.widgets.scene_widget import SceneWidget
from viewer.widgets.slice_widget import SliceWidget
from viewer.widgets.translation import tr, tr_sentence
from viewer.widgets.view_grid import FILM_KEY, VOLUME_KEY, Arrangement, Layout, ViewGrid, ViewKey
from viewer.widgets.view_pane import ViewPane
from viewer.widgets.volume_widget import VolumeWidget
from viewer.widgets.zoom_link import ZoomLink

SEE_THROUGH_OPACITY = 0.45


class QuadView(QWidget):
    """The four views of a case.

    It follows a ``ViewState`` and tells nobody what to do with a click: the controller
    connects to the signals. Call ``release`` before the window goes away.
    """

    picked = Signal(object)
    """A left click in navigate mode, with the patient point (LPS mm)."""

    click_requested = Signal(object, bool)
    """The user wants a click: patient point (LPS mm), is_foreground."""

    click_moved = Signal(object, object)
    """The marker of a ``Click`` was dragged to a patient point (LPS mm)."""

    hovered = Signal(object)
    """The patient point (LPS mm) under the pointer, None beside the CT."""

    stroke_began = Signal(object, object, bool)
    """The pen went down: ``Plane``, patient point (LPS mm, may lie beside the CT), is_inverted."""

    stroke_moved = Signal(object)
    """The pen moved on to a patient point (LPS mm, may lie beside the CT)."""

    stroke_ended = Signal()
    stroke_cancelled = Signal()

    size_requested = Signal(float)
    """The brush is to be larger by so many steps; negative for smaller."""

    arrangement_changed = Signal(object)
    """The ``Arrangement`` of the views."""

    def __init__(self, state: ViewState | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state or ViewState()
        self.slice_scenes = {plane: SliceScene(plane) for plane in Plane}
        self.volume_scene = VolumeScene()
        self.slice_widgets = {
            plane: SliceWidget(scene, self.state) for plane, scene in self.slice_scenes.items()
        }
        self.calipers = CaliperBoard()
        widgets = self.slice_widgets.items()
        self._pens = {plane: Pen(widget) for plane, widget in widgets}
        self._measuring = [MeasuringPen(widget, self.calipers) for _, widget in widgets]
        self.comparison = ComparisonView(self.slice_widgets.values(), self)
        self.volume_widget = VolumeWidget(self.volume_scene)
        self.film = FilmWidget(self.state)
        self.turner = PlaneTurner(self.slice_widgets, self.volume_scene, self.state, self)
        self.zoom_link = ZoomLink(self.slice_widgets.values(), self.state, self)
        self._scheduler = RenderScheduler(self)
        self._scheduler.turns.govern(self._widgets())
        self._mode = InteractionMode.NAVIGATE
        self._arrangement = Arrangement()
        self._entered: ViewKey | None = None
        self._panes = self._make_panes()
        self._grid = ViewGrid(self, self._panes)
        self._grid.arrange(self._arrangement)
        self._connect()

    @property
    def mode(self) -> InteractionMode:
        """What the left button does in the slices."""
        return self._mode

    def set_mode(self, mode: InteractionMode) -> None:
        """Change what the left button does in the slices."""
        self._mode = mode
        self.cancel_stroke()
        self.calipers.set_draft(None)
        for widget in self.slice_widgets.values():
            widget.set_mode(mode)

    def set_caliper_kind(self, kind: CaliperKind) -> None:
        """What is measured in ``InteractionMode.MEASURE``."""
        self.calipers.set_draft(None)
        for pen in self._measuring:
            pen.set_kind(kind)

    def show_volume(self, volume: Volume | None) -> None:
        """Show another CT, without labels, clicks and surfaces; the cursor goes to its middle."""
        body = None if volume is None else body_box(volume)
        for scene in self.slice_scenes.values():
            scene.show_volume(volume, body)
        self.film.show_volume(volume, body)
        self.volume_scene.show_volume(volume)
        self.turner.show_volume(volume)
        self.calipers.show_volume(volume)
        if volume is not None:
            middle_kji = (np.array(volume.geometry.shape) - 1) // 2
            self.state.set_cursor(volume.geometry.index_to_lps(middle_kji))
        self._follow_sliders()
        self.zoom_link.fit()
        for widget in self._widgets():
            widget.show_anew()

    def show_labels(self, labels: NDArray[np.uint8] | None) -> None:
        """Draw labels over the CT: an array on its grid, not copied, shape (k, j, i)."""
        for plane, scene in self.slice_scenes.items():
            scene.show_labels(labels)
            self.slice_widgets[plane].request_render()
        self.film.show_labels(labels)

    def labels_changed(self, box: Box) -> None:
        """Draw the labels again where a slice cuts the box."""
        for plane, scene in self.slice_scenes.items():
            if scene.labels_changed(box):
                self.slice_widgets[plane].request_render()
        self.film.labels_changed(box)

    def show_preview(self, preview: LabelPatch | None, box: Box) -> None:
        """Draw other labels in a part of the map; they look different from before in ``box``.

        None draws the map itself again. The view under the pointer comes first.
        """
        changed = []
        for plane, scene in self.slice_scenes.items():
            scene.set_preview(preview)
            if scene.labels_changed(box):
                changed.append(self.slice_widgets[plane])
        self._scheduler.request(changed, leader=self._pointed_at())

    def set_draw_cursor(self, cursor: DrawCursor | None) -> None:
        """What the pointer looks like in the slices while drawing; None for no such tool."""
        for pen in self._pens.values():
            pen.set_cursor(cursor)

    def cancel_stroke(self) -> None:
        """Lift the pen as if it had never touched."""
        for pen in self._pens.values():
            pen.cancel()

    def set_clicks(self, clicks: Iterable[Click]) -> None:
        """Show these click markers."""
        clicks = tuple(clicks)
        for plane, scene in self.slice_scenes.items():
            scene.set_clicks(clicks)
            self.slice_widgets[plane].request_render()

    def set_crosshair_visible(self, is_visible: bool) -> None:
        """Show or hide the crosshair in the slices."""
        for plane, scene in self.slice_scenes.items():
            scene.set_crosshair_visible(is_visible)
            self.slice_widgets[plane].request_render()

    def set_case_name_visible(self, is_visible: bool) -> None:
        """Show or hide the case's name in the slices."""
        for plane, scene in self.slice_scenes.items():
            scene.annotations.set_case_name_visible(is_visible)
            self.slice_widgets[plane].request_render()

    def set_planes_visible(self, is_visible: bool) -> None:
        """Show or hide the frames of the slices in the 3D view."""
        self.volume_scene.set_planes_visible(is_visible)
        self.volume_widget.request_render()

    def set_see_through(self, is_wanted: bool) -> None:
        """Let what lies behind a surface show in the 3D view."""
        self.volume_scene.set_surface_opacity(SEE_THROUGH_OPACITY if is_wanted else 1.0)
        self.volume_widget.request_render()

    def set_surface(self, label_value: int, surface: vtkPolyData | None) -> None:
        """Put a structure's surface into the 3D view (see ``surface_from_labels``)."""
        self.volume_scene.set_surface(label_value, surface)
        self.volume_widget.request_render()

    def fit(self) -> None:
        """Show the whole body in all views again."""
        for scene in self.slice_scenes.values():
            scene.fit()
        self.volume_scene.fit()
        self.zoom_link.fit()
        self.request_render()

    @property
    def arrangement(self) -> Arrangement:
        """Which views are seen, and where."""
        return self._arrangement

    @property
    def maximised(self) -> ViewKey | None:
        """The view that fills the widget; None for all four."""
        return self._arrangement.maximised

    def maximise(self, which: ViewKey | None) -> None:
        """Let one view fill the widget; None shows all four as they were."""
        self.arrange(replace(self._arrangement, maximised=which))

    def set_layout(self, layout: Layout) -> None:
        """Show all views, in this layout."""
        self.arrange(replace(self._arrangement, layout=layout, maximised=None))

    def arrange(self, arrangement: Arrangement) -> None:
        """Place, show and hide the views."""
        if arrangement == self._arrangement:
            return
        self._arrangement = arrangement
        self._grid.arrange(arrangement)
        self.take_keys()
        self.arrangement_changed.emit(arrangement)

    def take_keys(self) -> None:
        """Let the large view have the keys, or the axial one; the pointer changes that."""
        self._panes[self._arrangement.leader].picture.setFocus()

    @property
    def current(self) -> ViewKey:
        """The view that the pointer was in last, or the one that is seen in its place."""
        entered = self._entered
        if entered is not None and not self._panes[entered].isHidden():
            return entered
        return self._arrangement.leader

    def picture_of(self, key: ViewKey) -> QWidget:
        """The picture of a view, without header and slider."""
        return self._panes[key].picture

    def set_title(self, key: ViewKey, title: str) -> None:
        """Say in a view's header what it shows."""
        self._panes[key].set_title(title)

    def request_render(self) -> None:
        """Show all scenes as they are now at the next paint."""
        for widget in self._widgets():
            widget.request_render()

    def release(self) -> None:
        """Free the graphics memory of all views; nothing is rendered after it."""
        self._scheduler.stop()
        for widget in self._widgets():
            widget.release()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Free the graphics memory if this is a window of its own."""
        self.release()
        super().closeEvent(event)

    def _widgets(self) -> tuple[SceneWidget, ...]:
        return (*self.slice_widgets.values(), self.volume_widget)

    def _pointed_at(self) -> SceneWidget | None:
        for pane in self._panes.values():
            if isinstance(pane.picture, SceneWidget) and pane.isVisible() and pane.underMouse():
                return pane.picture
        return None

    def _make_panes(self) -> dict[ViewKey, ViewPane]:
        self.setObjectName("quad_view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("#quad_view { background: #2a2f38; }")
        panes: dict[ViewKey, ViewPane] = {}
        for plane, widget in self.slice_widgets.items():
            pane = ViewPane(
                tr_sentence(plane.title), PLANE_COLORS[plane], widget, self, has_slider=True
            )
            pane.slider_moved.connect(partial(self._on_slider, plane))
            panes[plane] = pane
        panes[FILM_KEY] = ViewPane(
            tr("Film of axial slices"), PLANE_COLORS[Plane.AXIAL], self.film, self, has_slider=False
        )
        panes[VOLUME_KEY] = ViewPane("3D", VOLUME_COLOR, self.volume_widget, self, has_slider=False)
        for key, pane in panes.items():
            pane.maximise_requested.connect(partial(self._on_maximise, key))
            pane.picture.entered.connect(partial(self._on_entered, key))
            pane.large_requested.connect(partial(self._on_large, key))
        return panes

    def _connect(self) -> None:
        for widget in self.slice_widgets.values():
            widget.picked.connect(self.picked)
            widget.click_requested.connect(self.click_requested)
            widget.click_moved.connect(self.click_moved)
            widget.hovered.connect(self.hovered)
        for plane, pen in self._pens.items():
            pen.began.connect(partial(self.stroke_began.emit, plane))
            pen.moved.connect(self.stroke_moved)
            pen.ended.connect(self.stroke_ended)
            pen.cancelled.connect(self.stroke_cancelled)
            pen.size_requested.connect(self.size_requested)
        self.turner.turned.connect(self._on_turned)
        self.volume_widget.picked.connect(self.state.set_cursor)
        self.state.cursor_moved.connect(self._on_cursor_moved)
        self.state.window_level_changed.connect(self._on_window_level_changed)
        self.state.overlay_changed.connect(self._on_overlay_changed)
        self.state.slab_changed.connect(self._on_slab_changed)
        self.state.structures_changed.connect(self._on_structures_changed)
        self._on_window_level_changed(self.state.window_level)
        self._on_overlay_changed(self.state.overlay)
        self._on_slab_changed(self.state.slab)
        self._on_structures_changed(self.state.structures)

    def _follow_sliders(self) -> None:
        for plane, scene in self.slice_scenes.items():
            frame = scene.frame
            if frame is None:
                self._panes[plane].set_steps(0, 0)
                continue
            count, index = frame.slice_count, scene.slice_index
            step = index if frame.is_slice_forward else count - 1 - index
            self._panes[plane].set_steps(count, step)

    def _on_slider(self, plane: Plane, step: int) -> None:
        scene = self.slice_scenes[plane]
        if scene.frame is None:
            return
        last = scene.frame.slice_count - 1
        point_lps = scene.point_on_slice(step if scene.frame.is_slice_forward else last - step)
        if point_lps is not None:
            self.state.set_cursor(point_lps)

    def _on_maximise(self, key: ViewKey) -> None:
        self.maximise(None if self.maximised == key else key)

    def _on_entered(self, key: ViewKey) -> None:
        self._entered = key

    def _on_large(self, key: ViewKey) -> None:
        self.arrange(replace(self._arrangement, large=key))

    def _on_cursor_moved(self, point_lps: Point) -> None:
        for scene in self.slice_scenes.values():
            scene.set_cursor(point_lps)
        self.volume_scene.set_cursor(point_lps)
        self._follow_sliders()
        self._scheduler.request(self._widgets(), leader=self._pointed_at())

    def _on_turned(self) -> None:
        self._follow_sliders()
        self._scheduler.request(self._widgets(), leader=self._pointed_at())

    def _on_window_level_changed(self, window_level: WindowLevel) -> None:
        for scene in self.slice_scenes.values():
            scene.set_window_level(window_level)
        self._scheduler.request(self.slice_widgets.values(), leader=self._pointed_at())

    def _on_overlay_changed(self, overlay: OverlayStyle) -> None:
        for plane, scene in self.slice_scenes.items():
            scene.set_overlay(overlay)
            self.slice_widgets[plane].request_render()

    def _on_slab_changed(self, slab: Slab) -> None:
        for scene in self.slice_scenes.values():
            scene.set_slab(slab)
        self._scheduler.request(self.slice_widgets.values(), leader=self._pointed_at())

    def _on_structures_changed(self, structures: tuple[StructureStyle, ...]) -> None:
        for scene in self.slice_scenes.values():
            scene.set_structures(structures)
        self.volume_scene.set_structures(structures)
        self.request_render()
