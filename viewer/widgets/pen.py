"""Drawing with the left button in a slice view: begins, moves and ends strokes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent

from viewer.widgets.draw_cursor import DrawCursor, paint_cursor
from viewer.widgets.interaction_mode import InteractionMode
from viewer.widgets.slice_widget import WHEEL_STEP, SliceWidget

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier


class Pen(QObject):
    """Takes over a slice view's left button while the view is in drawing mode.

    Left drag: draw; with Ctrl the opposite. Shift+wheel: size. Esc: give the stroke up. A
    stroke belongs to one slice, so nothing scrolls while the pen is down.
    """

    began = Signal(object, bool)
    """The pen went down: patient point (LPS mm, may lie beside the CT), is_inverted."""

    moved = Signal(object)
    """The pen moved on to a patient point (LPS mm, may lie beside the CT)."""

    ended = Signal()
    cancelled = Signal()

    size_requested = Signal(float)
    """The brush is to be larger by so many steps; negative for smaller."""

    def __init__(self, widget: SliceWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._cursor: DrawCursor | None = None
        self._at: QPointF | None = None
        self._way: list[QPointF] = []
        self._is_inverted = False
        self._handlers = {
            QEvent.Type.MouseButtonPress: self._on_press,
            QEvent.Type.MouseButtonDblClick: self._on_press,
            QEvent.Type.MouseMove: self._on_move,
            QEvent.Type.MouseButtonRelease: self._on_release,
            QEvent.Type.Wheel: self._on_wheel,
            QEvent.Type.ShortcutOverride: self._on_key,
            QEvent.Type.KeyPress: self._on_key,
        }
        widget.installEventFilter(self)
        widget.add_painter_over(self._paint)

    @property
    def is_down(self) -> bool:
        """Whether a stroke is being drawn."""
        return bool(self._way)

    def set_cursor(self, cursor: DrawCursor | None) -> None:
        """What the pointer looks like; None while there is nothing to draw with."""
        self._cursor = cursor
        self._widget.update()

    def cancel(self) -> None:
        """Lift the pen as if it had never touched."""
        if self.is_down:
            self._way.clear()
            self._widget.update()
            self.cancelled.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True for what the view itself is not to see."""
        del watched
        if self._widget.mode is not InteractionMode.DRAW or self._cursor is None:
            return False
        if event.type() == QEvent.Type.Leave and not self.is_down:
            self._at = None
            self._widget.update()
        handler = self._handlers.get(event.type())
        return handler(event) if handler is not None else False

    def _on_press(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return self.is_down
        if event.modifiers() & _SHIFT:
            return False  # pans
        if self._widget.scene.is_oblique:
            self._widget.own_slice_needed.emit()
            return True
        point_lps = self._widget.point_at(event)
        if point_lps is None:
            return True
        self._at = event.position()
        self._way = [event.position()]
        self._is_inverted = bool(event.modifiers() & _CTRL)
        self.began.emit(point_lps, self._is_inverted)
        self._widget.update()
        return True

    def _on_move(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        self._at = event.position()
        self._widget.update()  # the ring follows; nothing is rendered for that
        if not self.is_down:
            return False
        self._way.append(event.position())
        self.moved.emit(self._widget.point_at(event))
        return False  # the view says what lies under the pointer

    def _on_release(self, event: QEvent) -> bool:
        if not self.is_down:
            return False
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            self._way.clear()
            self._widget.update()
            self.ended.emit()
        return True

    def _on_wheel(self, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and event.modifiers() & _SHIFT:
            angle = event.angleDelta()
            # Some systems turn the wheel sideways while Shift is held.
            self.size_requested.emit((angle.y() or angle.x()) / WHEEL_STEP)
            return True
        return self.is_down

    def _on_key(self, event: QEvent) -> bool:
        if not self.is_down or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape:
            event.accept()  # before it becomes a shortcut of the window
            if event.type() == QEvent.Type.KeyPress:
                self.cancel()
            return True
        return event.type() == QEvent.Type.KeyPress

    def _paint(self, painter: QPainter) -> None:
        is_drawing_mode = self._widget.mode is InteractionMode.DRAW
        if self._cursor is None or self._at is None or not is_drawing_mode:
            return
        paint_cursor(
            painter,
            self._cursor,
            self._at,
            self._way,
            self._widget.scene.view.mm_per_px * self._widget.devicePixelRatioF(),
            is_inverted=self.is_down and self._is_inverted,
        )
