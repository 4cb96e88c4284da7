"""Draws calipers over a slice: their lines, handles and values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.widgets.translation import tr_sentence

LINE_WIDTH_PX = 1.6
SHADE_WIDTH_PX = 3.4
"""A dark line under the bright one, so that it shows on bone as well as on air."""

HANDLE_RADIUS_PX = 3.5
REACH_PX = 8.0
"""A press this near to a handle or line is on it."""

TEXT_SIZE_PX = 12
TEXT_GAP_PX = 9.0
TEXT_PADDING_PX = 3.0
_COLOR = QColor(255, 214, 102)
_CHOSEN_COLOR = QColor(255, 244, 214)
_SHADE = QColor(10, 12, 16, 190)
_TEXT_GROUND = QColor(10, 12, 16, 165)


@dataclass(frozen=True, slots=True)
class CaliperShape:
    """A caliper in a widget's own pixels."""

    handles: tuple[QPointF, ...]
    line: tuple[QPointF, ...]
    texts: tuple[str, ...]
    is_chosen: bool

    def handle_at(self, point: QPointF) -> int | None:
        """The nearest handle within reach."""
        away, number = min((_distance(h, point), n) for n, h in enumerate(self.handles))
        return number if away <= REACH_PX else None

    def is_hit(self, point: QPointF) -> bool:
        """Whether a point is on the line."""
        pairs = zip(self.line, self.line[1:], strict=False)
        return any(_distance_to_segment(point, *pair) <= REACH_PX for pair in pairs)


def paint_caliper(painter: QPainter, shape: CaliperShape, bounds: QRectF) -> None:
    """Draw one; its text stays within ``bounds``."""
    color = _CHOSEN_COLOR if shape.is_chosen else _COLOR
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(_SHADE, SHADE_WIDTH_PX), QPen(color, LINE_WIDTH_PX)):
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(list(shape.line)))
    painter.setPen(QPen(_SHADE, 1.0))
    painter.setBrush(color)
    radius_px = HANDLE_RADIUS_PX * (1.25 if shape.is_chosen else 1.0)
    for handle in shape.handles:
        painter.drawEllipse(handle, radius_px, radius_px)
    if shape.texts:
        _paint_texts(painter, shape, color, bounds)


def _paint_texts(painter: QPainter, shape: CaliperShape, color: QColor, bounds: QRectF) -> None:
    texts = [tr_sentence(text) for text in shape.texts]
    font = QFont(painter.font())
    font.setPixelSize(TEXT_SIZE_PX)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    width = max(metrics.horizontalAdvance(text) for text in texts) + 2 * TEXT_PADDING_PX
    height = metrics.height() * len(texts) + 2 * TEXT_PADDING_PX
    is_angle = len(shape.handles) == 3
    near = shape.handles[1:2] if is_angle else shape.line
    rightmost, leftmost = max(near, key=QPointF.x), min(near, key=QPointF.x)
    # An angle says it at its corner, on the side without legs; the others on their right.
    legs = sum(leg.x() - rightmost.x() for leg in shape.handles) if is_angle else 0.0
    at, left = rightmost, rightmost.x() + TEXT_GAP_PX
    if legs > 0 or left + width > bounds.right():
        at, left = leftmost, leftmost.x() - TEXT_GAP_PX - width
    box = QRectF(left, at.y() - height / 2, width, height)
    box.moveLeft(min(max(box.left(), bounds.left()), max(bounds.right() - width, 0.0)))
    box.moveTop(min(max(box.top(), bounds.top()), max(bounds.bottom() - height, 0.0)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_TEXT_GROUND)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(color)
    inner = box.adjusted(TEXT_PADDING_PX, TEXT_PADDING_PX, 0, -TEXT_PADDING_PX)
    painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, "\n".join(texts))


def _distance(first: QPointF, second: QPointF) -> float:
    return math.hypot(first.x() - second.x(), first.y() - second.y())


def _distance_to_segment(point: QPointF, start: QPointF, end: QPointF) -> float:
    along = end - start
    length_squared = QPointF.dotProduct(along, along)
    if length_squared == 0:
        return _distance(point, start)
    share = QPointF.dotProduct(point - start, along) / length_squared
    return _distance(point, start + along * min(max(share, 0.0), 1.0))


def as_points(positions: Sequence[tuple[float, float]], pixel_ratio: float) -> tuple[QPointF, ...]:
    """Pixels of a rendered view as points of its widget."""
    # A rendered pixel's centre lies half a pixel from its edge; a widget counts edges.
    return tuple(QPointF((x + 0.5) / pixel_ratio, (y + 0.5) / pixel_ratio) for x, y in positions)
