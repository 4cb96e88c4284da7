"""A hand that a script moves: mouse and wheel events for one picture, as a user makes them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from viewer.widgets.slice_widget import WHEEL_STEP

Pixel = tuple[float, float]

MOVES_PER_STROKE = 30
STEP_PX = 6.0
"""A quick hand: 6 pixels from one event to the next, 125 times a second, are 75 cm/s on a desk."""


class ScriptedHand:
    """Sends events to one picture; each is handled before the call returns."""

    def __init__(self, picture: QWidget) -> None:
        self._picture = picture

    def enter(self) -> None:
        """Come in: from now on this is the view under the pointer."""
        point = QPointF(self._picture.rect().center())
        anywhere = QPointF(self._picture.mapToGlobal(point))
        for widget in (self._picture.parentWidget(), self._picture):
            if widget is not None:
                QApplication.sendEvent(widget, QEnterEvent(point, point, anywhere))

    def leave(self) -> None:
        """Go away."""
        for widget in (self._picture, self._picture.parentWidget()):
            if widget is not None:
                QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))

    def wheel(self, notches: int) -> None:
        """Turn the wheel."""
        point = QPointF(self._picture.rect().center())
        event = QWheelEvent(
            point,
            self._picture.mapToGlobal(point),
            QPoint(),
            QPoint(0, WHEEL_STEP * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self._picture, event)

    def send(self, kind: QEvent.Type, at: Pixel) -> None:
        """Press, move or release the left button at a pixel of the picture."""
        is_move = kind is QEvent.Type.MouseMove
        is_up = kind is QEvent.Type.MouseButtonRelease
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        point = QPointF(*at)
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(
            kind,
            point,
            self._picture.mapToGlobal(point),
            none if is_move else left,
            none if is_up else left,
            modifiers,
        )
        QApplication.sendEvent(self._picture, event)

    def click(self, at: Pixel) -> None:
        """Press and release."""
        self.send(QEvent.Type.MouseButtonPress, at)
        self.send(QEvent.Type.MouseButtonRelease, at)


def stroke_around(center: Pixel, number: int) -> list[tuple[QEvent.Type, Pixel]]:
    """The events of a stroke: a curve around a pixel, another for each number."""
    angles = 0.7 * number + np.arange(MOVES_PER_STROKE) * STEP_PX / 60.0
    radii = 30.0 + 30.0 * np.arange(MOVES_PER_STROKE) / MOVES_PER_STROKE
    points = [
        (center[0] + float(r * np.cos(a)), center[1] + float(r * np.sin(a)))
        for r, a in zip(radii, angles, strict=True)
    ]
    return [
        (QEvent.Type.MouseButtonPress, points[0]),
        *((QEvent.Type.MouseMove, point) for point in points[1:]),
        (QEvent.Type.MouseButtonRelease, points[-1]),
    ]
