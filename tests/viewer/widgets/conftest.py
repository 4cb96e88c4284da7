"""A shown four-view widget with a small CT, and a mouse."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from imaging.geometry import VolumeGeometry
from imaging.structures import STRUCTURES
from imaging.volume import Volume
from viewer.scenes.styles import StructureStyle
from viewer.widgets.quad_view import QuadView


@pytest.fixture
def volume() -> Volume:
    """Soft tissue on a small grid, 40 mm in each direction."""
    geometry = VolumeGeometry.from_parts((20, 40, 40), (-20.0, -20.0, 100.0), (2.0, 1.0, 1.0))
    return Volume(np.full(geometry.shape, 40, np.int16), geometry)


@pytest.fixture
def quad(qtbot, volume):
    """The four views on screen, laid out and painted once."""
    quad = QuadView()
    qtbot.addWidget(quad)
    quad.resize(640, 560)
    quad.state.set_structures(StructureStyle.of(structure) for structure in STRUCTURES)
    quad.show_volume(volume)
    with qtbot.waitExposed(quad):
        quad.show()
    quad.volume_widget.refine()  # nothing follows any more
    quad.grab()
    yield quad
    quad.close()


class Mouse:
    """Sends mouse events straight to a widget, so that no real pointer can interfere."""

    def __init__(self, widget) -> None:
        self._widget = widget
        self._held = Qt.MouseButton.NoButton

    def _send(self, kind, position, button, modifiers) -> None:
        point = QPointF(*position)
        event = QMouseEvent(
            kind, point, self._widget.mapToGlobal(point), button, self._held, modifiers
        )
        QApplication.sendEvent(self._widget, event)

    def press(
        self,
        position,
        button=Qt.MouseButton.LeftButton,
        modifiers=Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self._held = button
        self._send(QEvent.Type.MouseButtonPress, position, button, modifiers)

    def move(self, position, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self._send(QEvent.Type.MouseMove, position, Qt.MouseButton.NoButton, modifiers)

    def release(
        self,
        position,
        button=Qt.MouseButton.LeftButton,
        modifiers=Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self._held = Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonRelease, position, button, modifiers)

    def click(self, position, **kind) -> None:
        self.press(position, **kind)
        self.release(position, **kind)

    def drag(self, start, end, **kind) -> None:
        self.press(start, **kind)
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        for position in (middle, end):
            self.move(position, kind.get("modifiers", Qt.KeyboardModifier.NoModifier))
        self.release(end, **kind)

    def double_click(self, position) -> None:
        self.click(position)
        self._held = Qt.MouseButton.LeftButton
        self._send(
            QEvent.Type.MouseButtonDblClick,
            position,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self.release(position)

    def wheel(self, position, angle, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        point = QPointF(*position)
        event = QWheelEvent(
            point,
            self._widget.mapToGlobal(point),
            QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self._widget, event)


@pytest.fixture
def mouse():
    """A mouse over a widget."""
    return Mouse
