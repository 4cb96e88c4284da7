"""A sheet of axial slices under the mouse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from imaging.labels import Box
from imaging.volume import Volume
from viewer.scenes.film_sheet import FilmSheet, FilmTile
from viewer.scenes.planes import Plane
from viewer.scenes.styles import PLANE_COLORS, TEXT_COLOR
from viewer.scenes.view_state import ViewState
from viewer.widgets.slice_widget import WHEEL_STEP
from viewer.widgets.translation import tr

_BACK = QColor(12, 14, 18, 170)
_KEY_ROWS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -3,
    Qt.Key.Key_PageDown: 3,
}


class FilmWidget(QWidget):
    """Slices from head to feet. A click goes there; the wheel scrolls; Ctrl+wheel spreads them.

    Nothing is drawn while it is not seen.
    """

    maximise_requested = Signal()
    """The user double-clicked: they want to see the planes at this place."""

    entered = Signal()
    """The pointer came in."""

    spacing_requested = Signal(int)
    """The slices are to lie so many usual steps farther apart."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = FilmSheet()
        self._state = state
        self._wheel_rest = 0.0
        self.setObjectName("film")
        self.setAccessibleName(tr("Film of axial slices"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setFocusPolicy(Qt.FocusPolicy.WheelFocus)
        state.cursor_moved.connect(self._on_cursor_moved)
        state.window_level_changed.connect(self._on_state_changed)
        state.overlay_changed.connect(self._on_state_changed)
        state.structures_changed.connect(self._on_state_changed)
        self._on_state_changed()

    def show_volume(self, volume: Volume | None, body: Box | None) -> None:
        """Show another CT; ``body`` is what each slice shows whole."""
        self.sheet.show_volume(volume, body)
        self.update()

    def show_labels(self, labels: NDArray[np.uint8] | None) -> None:
        """Draw labels: an array on the CT's grid which may change (``labels_changed``)."""
        self.sheet.show_labels(labels)
        self.update()

    def labels_changed(self, box: Box) -> None:
        """Draw the labels of a box anew."""
        self.sheet.labels_changed(box)
        self.update()

    def set_spacing(self, spacing_mm: float) -> None:
        """Change the distance between the slices; the crosshair's stays in sight."""
        self.sheet.set_spacing(spacing_mm)
        self.sheet.reveal(self._state.cursor_lps)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the crosshair."""
        super().showEvent(event)
        self._follow_size()
        self.sheet.reveal(self._state.cursor_lps)

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(480, 400)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet as it is now."""
        del event
        ratio = self._follow_size()
        pixels = self.sheet.picture()
        height, width, _ = pixels.shape
        picture = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        painter = QPainter(self)
        painter.drawImage(QRectF(0, 0, width / ratio, height / ratio), picture)
        current = self.sheet.nearest_tile(self._state.cursor_lps)
        for tile in self.sheet.tiles():
            self._paint_frame(painter, tile, ratio, is_current=tile.slice_index == current)
        painter.end()

    def _paint_frame(
        self, painter: QPainter, tile: FilmTile, ratio: float, *, is_current: bool
    ) -> None:
        width, height = (side / ratio for side in self.sheet.tile_size_px)
        place = QRectF(tile.left_px / ratio, tile.top_px / ratio, width, height)
        text = f"{tile.slice_index + 1}   z {tile.position_mm:.1f}"
        plate = painter.fontMetrics().boundingRect(text).adjusted(-4, -1, 4, 1)
        plate.moveTopLeft(place.topLeft().toPoint())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(plate, _BACK)
        painter.setPen(QColor(*TEXT_COLOR))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
        if is_current:
            painter.setPen(QPen(QColor(*PLANE_COLORS[Plane.AXIAL]), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place.adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the left button was pressed."""
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        ratio = self.devicePixelRatioF()
        point_lps = self.sheet.point_at(
            (event.position().x() * ratio, event.position().y() * ratio)
        )
        if point_lps is not None:
            self._state.set_cursor(point_lps)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the planes."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or spread the slices with Ctrl."""
        event.accept()
        self._wheel_rest += event.angleDelta().y() / WHEEL_STEP
        steps = int(self._wheel_rest)
        if not steps:
            return
        self._wheel_rest -= steps
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.spacing_requested.emit(-steps)
        else:
            self._scroll(-steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll by keys."""
        rows = _KEY_ROWS.get(Qt.Key(event.key()))
        if rows is None:
            super().keyPressEvent(event)
        else:
            self._scroll(rows)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Keys are for the view under the pointer."""
        super().enterEvent(event)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.entered.emit()

    def _follow_size(self) -> float:
        """Lay the sheet out for this widget; returns the screen's pixels for one of Qt's."""
        ratio = self.devicePixelRatioF()
        size_px = round(self.width() * ratio), round(self.height() * ratio)
        self.sheet.resize(size_px, ratio)
        return ratio

    def _scroll(self, rows: int) -> None:
        self.sheet.scroll(rows)
        self.update()

    def _on_state_changed(self, _what: object = None) -> None:
        self.sheet.set_window_level(self._state.window_level)
        self.sheet.set_overlay(self._state.overlay)
        self.sheet.set_structures(self._state.structures)
        self.update()

    def _on_cursor_moved(self, _point_lps: object) -> None:
        if self.isVisible():
            self.sheet.reveal(self._state.cursor_lps)
            self.update()
