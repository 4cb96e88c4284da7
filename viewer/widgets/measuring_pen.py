"""Measuring with the left button in a slice view: draws, moves and chooses calipers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent

from viewer.scenes.caliper_board import CaliperBoard
from viewer.scenes.calipers import Caliper, CaliperKind, outline_lps
from viewer.scenes.view_state import Point
from viewer.widgets.caliper_painter import CaliperShape, as_points, paint_caliper
from viewer.widgets.interaction_mode import InteractionMode
from viewer.widgets.scene_widget import DRAG_START_PX
from viewer.widgets.slice_widget import SliceWidget

_CTRL = Qt.KeyboardModifier.ControlModifier


class MeasuringPen(QObject):
    """Takes over a slice view's left button while the view is in measuring mode.

    A new caliper is drawn by dragging from point to point, or by a click for each point. A
    handle or line of one that is there can be dragged. Esc gives a draft up. A caliper
    belongs to one slice, so nothing scrolls while one is drawn.
    """

    def __init__(self, widget: SliceWidget, board: CaliperBoard) -> None:
        super().__init__(widget)
        self._widget = widget
        self._board = board
        self._kind = CaliperKind.RULER
        self._press = QPointF()
        self._is_down = self._has_moved = self._is_first = False
        self._held: tuple[Caliper, int | None, Point] | None = None
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
        board.changed.connect(self._on_board_changed)

    def set_kind(self, kind: CaliperKind) -> None:
        """What a new caliper measures."""
        self._kind = kind

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True for what the view itself is not to see."""
        del watched
        if self._widget.mode is not InteractionMode.MEASURE:
            return False
        handler = self._handlers.get(event.type())
        return handler(event) if handler is not None else False

    @property
    def _draft(self) -> Caliper | None:
        """What is being drawn in this very view and slice."""
        draft, scene = self._board.draft, self._widget.scene
        is_here = (
            draft is not None
            and draft.plane is scene.plane
            and draft.slice_index == scene.slice_index
        )
        return draft if is_here else None

    def _on_press(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False  # pans
        if self._widget.scene.is_oblique:
            self._widget.own_slice_needed.emit()
            return True
        point_lps = self._widget.point_at(event)
        if point_lps is None:
            return True
        self._press = event.position()
        self._is_down, self._has_moved = True, False
        self._is_first = self._draft is None
        if not self._is_first:
            self._move_last(point_lps)
        elif not self._take_hold(event.position(), point_lps):
            scene = self._widget.scene
            self._board.choose(None)
            points_lps = (point_lps, point_lps)
            self._board.set_draft(Caliper(self._kind, scene.plane, scene.slice_index, points_lps))
        return True

    def _on_move(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if (event.position() - self._press).manhattanLength() >= DRAG_START_PX:
            self._has_moved = True
        point_lps = self._widget.point_at(event)
        if point_lps is None:
            return False
        if self._held is not None and self._has_moved:
            caliper, number, start_lps = self._held
            if caliper.slice_index != self._widget.scene.slice_index:
                return False  # the slice went on, by keys or a film
            if number is None:
                changed = caliper.moved(np.subtract(point_lps, start_lps))
            else:
                changed = caliper.with_point(number, point_lps)
            self._board.change_chosen(changed)
        elif self._draft is not None and (self._has_moved or not self._is_down):
            self._move_last(point_lps)
        return False  # the view says what lies under the pointer

    def _on_release(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        if not self._is_down:
            return False
        self._is_down = False
        self._held = None
        draft = self._draft
        if draft is None or (self._is_first and not self._has_moved):
            return True  # a click set the first point: the next one follows the pointer
        if draft.points_lps[-1] == draft.points_lps[-2]:
            return True  # a second click in the same place
        if len(draft.points_lps) == draft.kind.point_count:
            self._board.keep_draft()
        else:
            last_lps = draft.points_lps[-1]
            self._board.set_draft(replace(draft, points_lps=(*draft.points_lps, last_lps)))
        return True

    def _on_wheel(self, event: QEvent) -> bool:
        zooms = isinstance(event, QWheelEvent) and event.modifiers() & _CTRL
        return not zooms and (self._draft is not None or self._held is not None)

    def _on_key(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or self._draft is None:
            return False
        if event.key() == Qt.Key.Key_Escape:
            event.accept()  # before it becomes a shortcut of the window
            if event.type() == QEvent.Type.KeyPress:
                self._board.set_draft(None)
            return True
        return event.type() == QEvent.Type.KeyPress

    def _move_last(self, point_lps: Point) -> None:
        draft = self._draft
        if draft is not None:
            self._board.set_draft(replace(draft, points_lps=(*draft.points_lps[:-1], point_lps)))

    def _take_hold(self, position: QPointF, point_lps: Point) -> bool:
        """Take what lies under the pointer, a handle before a line; False if nothing does."""
        shapes = self._shapes()[::-1]  # the topmost first
        for caliper, shape in shapes:
            number = shape.handle_at(position)
            if number is not None:
                return self._hold(caliper, number, point_lps)
        for caliper, shape in shapes:
            if shape.is_hit(position):
                return self._hold(caliper, None, point_lps)
        return False

    def _hold(self, caliper: Caliper, number: int | None, point_lps: Point) -> bool:
        self._board.choose(caliper)
        self._held = (caliper, number, point_lps)
        return True

    def _shapes(self) -> list[tuple[Caliper, CaliperShape]]:
        """All that is on this slice, as it lies in the widget."""
        scene, ratio = self._widget.scene, self._widget.devicePixelRatioF()
        if scene.volume is None or scene.is_oblique:
            return []
        shapes = []
        for caliper in self._board.on_slice(scene.plane, scene.slice_index):
            line = scene.project_all(outline_lps(caliper, scene.volume.geometry))
            shape = CaliperShape(
                as_points(scene.project_all(np.array(caliper.points_lps)), ratio),
                as_points(line, ratio),
                self._board.lines_of(caliper),
                is_chosen=caliper == self._board.chosen,
            )
            shapes.append((caliper, shape))
        return sorted(shapes, key=lambda pair: pair[1].is_chosen)  # the chosen one on top

    def _paint(self, painter: QPainter) -> None:
        bounds = QRectF(self._widget.rect()).adjusted(2, 2, -2, -2)
        for _, shape in self._shapes():
            paint_caliper(painter, shape, bounds)

    def _on_board_changed(self) -> None:
        self._widget.update()  # nothing is rendered for that
