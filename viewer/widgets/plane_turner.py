"""Turns the planes about the crosshair, and makes them straight again."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from imaging.volume import Volume
from viewer.scenes.planes import Plane
from viewer.scenes.styles import PLANE_COLORS
from viewer.scenes.turned_planes import TurnedPlanes
from viewer.scenes.view_state import ViewState
from viewer.scenes.volume_scene import VolumeScene
from viewer.widgets.interaction_mode import InteractionMode
from viewer.widgets.scene_widget import DRAG_START_PX
from viewer.widgets.slice_widget import SliceWidget

MIN_REACH_PX = 24.0
"""A press nearer to the crosshair moves it: so near, a pixel is too large an angle."""

_HANDLE_SHARE = 0.34
"""How far from the crosshair the handles lie, of the view's shorter side."""

_HANDLE_RADIUS_PX = 5.0


class PlaneTurner(QObject):
    """Owner of how the planes lie; every CT begins with its own slices.

    In ``InteractionMode.TURN`` a left drag around the crosshair turns the two other planes about
    it, as its lines turn with the pointer; a left click moves the crosshair as ever.
    """

    turned = Signal()
    """The planes lie in another way."""

    def __init__(
        self,
        widgets: Mapping[Plane, SliceWidget],
        volume_scene: VolumeScene,
        state: ViewState,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._widgets = widgets
        self._volume_scene = volume_scene
        self.state = state
        self._straight: TurnedPlanes | None = None
        self._planes: TurnedPlanes | None = None
        for widget in widgets.values():
            _TurningHand(widget, self)

    @property
    def planes(self) -> TurnedPlanes | None:
        """How the planes lie; None without a CT."""
        return self._planes

    @property
    def is_turned(self) -> bool:
        """Whether any plane does not follow the CT's own slices."""
        return self._planes is not None and bool(self._planes.turned)

    def show_volume(self, volume: Volume | None) -> None:
        """Begin with the CT's own slices."""
        self._straight = None if volume is None else TurnedPlanes.straight(volume.geometry)
        self._planes = self._straight

    def turn_to(self, planes: TurnedPlanes) -> None:
        """Let the planes lie in another way, through the crosshair."""
        self._planes = planes
        shown = planes if planes.turned else None
        frames = {}
        for plane, widget in self._widgets.items():
            widget.scene.turn(shown)
            if widget.scene.frame is not None:
                frames[plane] = widget.scene.frame
        self._volume_scene.set_frames(frames)
        self.turned.emit()

    def straighten(self) -> None:
        """Show the CT's own slices again."""
        if self._straight is not None and self.is_turned:
            self.turn_to(self._straight)


class _TurningHand(QObject):
    """The left button of one view in turning mode, and the handles there."""

    def __init__(self, widget: SliceWidget, turner: PlaneTurner) -> None:
        super().__init__(widget)
        self._widget = widget
        self._turner = turner
        self._held: tuple[TurnedPlanes, float] | None = None
        self._press = QPointF()
        self._has_moved = False
        widget.installEventFilter(self)
        widget.add_painter_over(self._paint)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True for what the view itself is not to see."""
        del watched
        if self._widget.mode is not InteractionMode.TURN or not isinstance(event, QMouseEvent):
            return False
        kind, is_left = event.type(), event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and is_left and not event.modifiers():
            return self._take_hold(event.position())
        if kind == QEvent.Type.MouseMove and self._held is not None:
            self._turn(event.position())
            return True
        if kind == QEvent.Type.MouseButtonRelease and is_left and self._held is not None:
            self._held = None
            point_lps = self._widget.scene.pick(self._px(self._press))
            if not self._has_moved and point_lps is not None:
                self._turner.state.set_cursor(point_lps)
            return True
        return False

    def _take_hold(self, position: QPointF) -> bool:
        planes, arm = self._turner.planes, self._arm(position)
        if planes is None or arm is None or math.hypot(*arm) < MIN_REACH_PX:
            return False
        self._press, self._has_moved = position, False
        self._held = planes, math.atan2(arm[1], arm[0])
        return True

    def _turn(self, position: QPointF) -> None:
        arm = self._arm(position)
        if (position - self._press).manhattanLength() >= DRAG_START_PX:
            self._has_moved = True
        if self._held is not None and arm is not None and self._has_moved:
            planes, start_rad = self._held
            angle_rad = math.atan2(arm[1], arm[0]) - start_rad
            self._turner.turn_to(planes.turned_in(self._widget.scene.plane, angle_rad))

    def _center(self) -> QPointF | None:
        at_px = self._widget.scene.project(self._turner.state.cursor_lps)
        ratio = self._widget.devicePixelRatioF()
        return None if at_px is None else QPointF(at_px[0] / ratio, at_px[1] / ratio)

    def _arm(self, position: QPointF) -> tuple[float, float] | None:
        """From the crosshair to a position: to the right and up."""
        center = self._center()
        if center is None:
            return None
        return position.x() - center.x(), center.y() - position.y()

    def _px(self, position: QPointF) -> tuple[float, float]:
        ratio = self._widget.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio

    def _paint(self, painter: QPainter) -> None:
        planes, center = self._turner.planes, self._center()
        if self._widget.mode is not InteractionMode.TURN or planes is None or center is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plane = self._widget.scene.plane
        reach = _HANDLE_SHARE * min(self._widget.width(), self._widget.height())
        for other in set(Plane) - {plane}:
            right, up = planes.line_in(plane, other)
            painter.setPen(QPen(QColor(12, 14, 18), 1.5))
            painter.setBrush(QColor(*PLANE_COLORS[other]))
            for side in (-reach, reach):
                at = center + QPointF(side * right, -side * up)
                painter.drawEllipse(at, _HANDLE_RADIUS_PX, _HANDLE_RADIUS_PX)
