"""Mouse and keys of a slice view."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from imaging.clicks import Click
from viewer.scenes.markers import MARKER_RADIUS_PX
from viewer.scenes.slice_scene import SliceScene
from viewer.scenes.view_state import Point, ViewState
from viewer.scenes.window_level import WindowLevel
from viewer.widgets.interaction_mode import InteractionMode
from viewer.widgets.scene_widget import DRAG_START_PX, SceneWidget
from viewer.widgets.translation import tr, tr_sentence

WHEEL_STEP = 120
"""Qt's angle of one notch, in eighths of a degree."""

ZOOM_PER_STEP = 1.2
MARKER_REACH_PX = MARKER_RADIUS_PX + 1.5
"""A press this near to a marker's middle is on it."""

WINDOW_SHARE_PER_PX = 1 / 300
"""A drag over 300 pixels changes the window by its own width."""


class _Drag(Enum):
    NONE = auto()
    CURSOR = auto()
    PLACE = auto()
    MARKER = auto()
    PAN = auto()
    WINDOW_LEVEL = auto()


class SliceWidget(SceneWidget):
    """A slice under the mouse.

    Left: move the crosshair, or place a click (``mode``). Left drag on a click's marker: move the
    click; Esc gives that up. Right drag: sideways changes the
    window's width, upwards makes the picture brighter. Middle drag or Shift+left drag: pan.
    Wheel, Page Up/Down and arrow keys: scroll. Ctrl+wheel: zoom about the pointer. Double
    click: ask to be maximised (not while placing clicks).
    """

    picked = Signal(object)
    """A left click in navigate mode, with the patient point (LPS mm)."""

    click_requested = Signal(object, bool)
    """A left click in a placing mode: patient point (LPS mm), is_foreground."""

    click_moved = Signal(object, object)
    """The marker of a ``Click`` was dragged to a patient point (LPS mm)."""

    hovered = Signal(object)
    """The patient point (LPS mm) under the pointer, None beside the CT."""

    zoomed = Signal()
    """The user zoomed; the scene's view is the new one."""

    own_slice_needed = Signal()
    """A tool was used that works on the CT's own slices, and this one is oblique."""

    def __init__(self, scene: SliceScene, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.scene = scene
        self._state = state
        self._mode = InteractionMode.NAVIGATE
        self._drag = _Drag.NONE
        self._has_moved = False
        self._dragged: Click | None = None
        self._dropped_at: Point | None = None
        self._press = QPointF()
        self._last = QPointF()
        self._start_window = state.window_level
        self._wheel_rest = 0.0
        self.setObjectName(f"slice_{scene.plane.value}")
        self.setAccessibleName(tr("{title} view", title=tr_sentence(scene.plane.title)))

    @property
    def mode(self) -> InteractionMode:
        """What the left button does."""
        return self._mode

    @property
    def cursor_lps(self) -> Point:
        """Where the crosshair is."""
        return self._state.cursor_lps

    def set_mode(self, mode: InteractionMode) -> None:
        """Change what the left button does."""
        self._mode = mode
        self._show_pointer()

    def scroll_slices(self, steps: int) -> None:
        """Move the shared cursor by whole slices; positive towards head, front or left."""
        point_lps = self.scene.point_after_scroll(steps)
        if point_lps is not None:
            self._state.set_cursor(point_lps)
            self._hover(self._last)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin what the button and the keys stand for."""
        self._press = self._last = event.position()
        self._has_moved = False
        self._end_marker_drag()
        self._drag = self._drag_of(event)
        if self._drag is _Drag.WINDOW_LEVEL:
            self._start_window = self._state.window_level
        if self._drag is _Drag.CURSOR:
            self._move_cursor(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with a drag, and say what is under the pointer."""
        step = event.position() - self._last
        self._last = event.position()
        if (self._last - self._press).manhattanLength() >= DRAG_START_PX:
            self._has_moved = True
        match self._drag:
            case _Drag.CURSOR if self._has_moved:
                self._move_cursor(event)
            case _Drag.PAN:
                ratio = self.devicePixelRatioF()
                self.scene.pan(step.x() * ratio, step.y() * ratio)
                self.request_render()
            case _Drag.MARKER if self._has_moved:
                self._drag_marker()
            case _Drag.WINDOW_LEVEL:
                self._drag_window_level(event.position() - self._press)
            case _:
                pass
        self._hover(event.position())
        self._show_pointer()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; a press that did not move is a click at where it was pressed."""
        drag, self._drag = self._drag, _Drag.NONE
        if drag is _Drag.MARKER:
            if self._has_moved:
                self._drop_marker()
                return
            self._end_marker_drag()
            drag = _Drag.PLACE if self._mode.is_placing else _Drag.CURSOR
        if self._has_moved or event.button() != Qt.MouseButton.LeftButton:
            return
        point_lps = self.scene.pick(self._to_px(self._press))
        if point_lps is None:
            return
        if drag is _Drag.CURSOR:
            self._state.set_cursor(point_lps)
            self.picked.emit(point_lps)
        elif drag is _Drag.PLACE:
            has_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            is_foreground = (self._mode is InteractionMode.PLACE_FOREGROUND) != has_ctrl
            # The other planes follow, so that the answer to the click is seen in all of them.
            self._state.set_cursor(point_lps)
            self.click_requested.emit(point_lps, is_foreground)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Maximise; while placing, two quick clicks are two clicks."""
        if self._mode.is_placing:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or zoom with Ctrl; touch pads send fractions of a step."""
        steps = event.angleDelta().y() / WHEEL_STEP
        event.accept()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.scene.zoom(ZOOM_PER_STEP**steps, self._event_px(event))
            self.request_render()
            self.zoomed.emit()
            return
        self._last = event.position()
        self._wheel_rest += steps
        whole = int(self._wheel_rest)
        if whole:
            self._wheel_rest -= whole
            self.scroll_slices(whole)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll by keys, or give up moving a click."""
        if self._drag is _Drag.MARKER and event.key() == Qt.Key.Key_Escape:
            self._end_marker_drag()
            self._drag = _Drag.NONE
            return
        steps = {
            Qt.Key.Key_PageUp: 1,
            Qt.Key.Key_PageDown: -1,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
        }.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self.scroll_slices(steps)

    def event(self, event: QEvent) -> bool:
        """While a marker is dragged Esc is for this view, whatever it is a shortcut of."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and self._drag is _Drag.MARKER
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def _drag_of(self, event: QMouseEvent) -> _Drag:
        if event.button() == Qt.MouseButton.RightButton:
            return _Drag.WINDOW_LEVEL
        if event.button() == Qt.MouseButton.MiddleButton:
            return _Drag.PAN
        if event.button() != Qt.MouseButton.LeftButton:
            return _Drag.NONE
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return _Drag.PAN
        if not event.modifiers():
            self._dragged = self._marker_at(event.position())
            if self._dragged is not None:
                return _Drag.MARKER
        return _Drag.PLACE if self._mode.is_placing else _Drag.CURSOR

    def point_at(self, event: QMouseEvent) -> Point | None:
        """The patient point (LPS mm) under an event, also beside the CT; None without one."""
        return self.scene.point_at(self._event_px(event))

    def _move_cursor(self, event: QMouseEvent) -> None:
        point_lps = self.scene.pick(self._event_px(event))
        if point_lps is not None:
            self._state.set_cursor(point_lps)

    def _marker_at(self, position: QPointF) -> Click | None:
        reach_px = MARKER_REACH_PX * self.devicePixelRatioF()
        return self.scene.click_at(self._to_px(position), reach_px)

    def _drag_marker(self) -> None:
        """Draw the marker under the pointer; beside the CT it stays where it was last."""
        point_lps = self.scene.pick(self._to_px(self._last))
        if point_lps is not None and self._dragged is not None:
            self._dropped_at = point_lps
            self.scene.show_dragged(self._dragged, point_lps)
            self.request_render()

    def _drop_marker(self) -> None:
        click, point_lps = self._dragged, self._dropped_at
        self._end_marker_drag()
        if click is not None and point_lps is not None:
            self._state.set_cursor(point_lps)
            self.click_moved.emit(click, point_lps)

    def _end_marker_drag(self) -> None:
        if self._dropped_at is not None:
            self.scene.show_dragged(None)
            self.request_render()
        self._dragged = self._dropped_at = None

    def _show_pointer(self) -> None:
        """Say what the left button would do here."""
        if self._drag is _Drag.MARKER:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._drag is _Drag.NONE and self._mode is InteractionMode.DRAW:
            shape = Qt.CursorShape.BlankCursor  # the pen draws its own
        elif self._mode is InteractionMode.TURN:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._mode is InteractionMode.MEASURE:
            shape = Qt.CursorShape.CrossCursor
        elif self._drag is _Drag.NONE and self._marker_at(self._last) is not None:
            shape = Qt.CursorShape.OpenHandCursor
        else:
            is_placing = self._mode.is_placing
            shape = Qt.CursorShape.CrossCursor if is_placing else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)

    def _drag_window_level(self, way: QPointF) -> None:
        start = self._start_window
        per_px_hu = max(1.0, start.width_hu * WINDOW_SHARE_PER_PX)
        window_level: WindowLevel = start.dragged(way.x() * per_px_hu, way.y() * per_px_hu)
        self._state.set_window_level(window_level)

    def _hover(self, position: QPointF) -> None:
        self.hovered.emit(self.scene.pick(self._to_px(position)))
