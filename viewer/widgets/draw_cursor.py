"""The pointer of the drawing tools: a ring as large as the brush, or the line drawn so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from viewer.scenes.styles import Rgb

LINE_WIDTH_PX = 1.6
SHADE_WIDTH_PX = 3.2
"""A dark line under the coloured one, so that it shows on bone as well as on air."""

MIN_RING_RADIUS_PX = 2.0
CROSS_PX = 4.0
FILL_OPACITY = 36
_SHADE = QColor(10, 12, 16, 170)


@dataclass(frozen=True, slots=True)
class DrawCursor:
    """What the pointer looks like over a slice.

    Attributes:
        color_rgb: of the structure that is drawn.
        radius_mm: of the brush's ring; None for a tool without a size.
        has_line: whether the way of the pointer is shown as a closed line.
        takes_away: whether the tool removes; then the line is dashed.
    """

    color_rgb: Rgb
    radius_mm: float | None = None
    has_line: bool = False
    takes_away: bool = False


def paint_cursor(
    painter: QPainter,
    cursor: DrawCursor,
    at: QPointF,
    way: Sequence[QPointF],
    mm_per_px: float,
    *,
    is_inverted: bool,
) -> None:
    """Draw the pointer at a place of a widget, and the ``way`` that it went while pressed.

    It is painted over the picture that is there already: the slice need not be rendered when
    the pointer moves, so the ring is never behind the hand. ``mm_per_px`` counts the widget's
    own pixels.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    takes_away = cursor.takes_away != is_inverted
    color = QColor(*cursor.color_rgb)
    if cursor.has_line and len(way) > 1:
        _paint_line(painter, QPolygonF(list(way)), color, takes_away=takes_away)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(color, takes_away=takes_away):
        painter.setPen(pen)
        if cursor.radius_mm is None:
            painter.drawLine(at - QPointF(CROSS_PX, 0), at + QPointF(CROSS_PX, 0))
            painter.drawLine(at - QPointF(0, CROSS_PX), at + QPointF(0, CROSS_PX))
        else:
            radius_px = max(cursor.radius_mm / mm_per_px, MIN_RING_RADIUS_PX)
            painter.drawEllipse(at, radius_px, radius_px)


def _paint_line(painter: QPainter, line: QPolygonF, color: QColor, *, takes_away: bool) -> None:
    inside = QColor(color)
    inside.setAlpha(FILL_OPACITY)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(inside)
    painter.drawPolygon(line, Qt.FillRule.WindingFill)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(color, takes_away=takes_away):
        painter.setPen(pen)
        painter.drawPolyline(line)


def _pens(color: QColor, *, takes_away: bool) -> tuple[QPen, QPen]:
    line = QPen(color, LINE_WIDTH_PX)
    if takes_away:
        line.setDashPattern([3.0, 2.5])
    return QPen(_SHADE, SHADE_WIDTH_PX), line
