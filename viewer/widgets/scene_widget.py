"""Shows a scene in a window: renders off screen and paints the pixels."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSinglePointEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.scenes.offscreen import OffscreenView, Scene
from viewer.widgets.render_turns import RenderTurns

DRAG_START_PX = 4
"""A press that moves less than this is a click."""


class SceneWidget(QWidget):
    """A plain widget with a scene's picture.

    The scene renders into memory and Qt paints the result, so it looks and works the same on
    every Qt platform, also on ``offscreen``. In software OpenGL one slice of 512 x 512 was shown
    96 times a second this way, 47 by an OpenGL widget and 29 by pyvistaqt's interactor, which
    also takes 1.3 s to import; reading the pixels back costs 0.5 ms. Nothing is rendered
    before Qt paints, so any number of ``request_render`` in one turn of the event loop costs
    one rendering.
    """

    maximise_requested = Signal()
    """The user double-clicked."""

    entered = Signal()
    """The pointer came in."""

    rendered = Signal()
    """The scene as it is now was rendered."""

    def __init__(
        self, scene: Scene, parent: QWidget | None = None, *, multi_samples: int = 0
    ) -> None:
        super().__init__(parent)
        self._view: OffscreenView | None = OffscreenView(scene, (1, 1), multi_samples=multi_samples)
        self._picture = QImage()
        self._is_stale = True
        self._turns: RenderTurns | None = None
        self._render_ms = 0.0
        self._painters_over: list[Callable[[QPainter], None]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.WheelFocus)
        self.setMouseTracking(True)

    @property
    def render_ms(self) -> float:
        """How long the last rendering took; 0 before the first one."""
        return self._render_ms

    @property
    def is_stale(self) -> bool:
        """Whether the scene has changed since it was rendered last."""
        return self._is_stale

    def take_turns(self, turns: RenderTurns) -> None:
        """Be rendered when it is this view's turn, not whenever Qt paints."""
        self._turns = turns

    @property
    def quiet_ms(self) -> float:
        """For how long neither this view nor one it takes turns with was asked for."""
        return math.inf if self._turns is None else self._turns.quiet_ms

    def request_render(self) -> None:
        """Show the scene as it is now soon: at the next paint, or when it is this view's turn."""
        self._is_stale = True
        if self._turns is None:
            self.update()
        else:
            self._turns.request(self)

    def show_anew(self) -> None:
        """Show nothing until what the scene shows now is rendered: it is of another patient."""
        self._picture = QImage()
        self.request_render()

    def add_painter_over(self, paint: Callable[[QPainter], None]) -> None:
        """Let ``paint`` draw over the picture, in the widget's pixels, whenever it is shown."""
        self._painters_over.append(paint)

    def release(self) -> None:
        """Free the graphics memory; the widget keeps its last picture."""
        if self._view is not None:
            self._view.close()
            self._view = None

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(480, 400)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; render before if something changed and it is this view's turn."""
        del event
        painter = QPainter(self)
        try:
            if self._is_stale and self._view is not None:
                if self._turns is None or self._turns.has_turn(self) or self._is_grab(painter):
                    self._render(self._view)
                else:
                    self._turns.request(self)
            self._paint(painter)
        finally:
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Render in the new size soon."""
        super().resizeEvent(event)
        self.request_render()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Keys are for the view under the pointer, as the wheel is."""
        super().enterEvent(event)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.entered.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to be made large, or small again."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.maximise_requested.emit()

    def _is_grab(self, painter: QPainter) -> bool:
        """Whether the picture goes elsewhere than to the screen: somebody wants it now."""
        store = self.backingStore()
        screen = None if store is None else store.paintDevice()
        device = painter.paintEngine().paintDevice()
        return screen is None or (
            shiboken6.getCppPointer(device) != shiboken6.getCppPointer(screen)
        )

    def _paint(self, painter: QPainter) -> None:
        picture = self._picture
        if picture.size() == self._size_px():
            painter.drawImage(QPointF(0, 0), picture)
        else:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if picture.isNull():
            return
        if picture.size() != self._size_px():
            # As high as the new picture will show it, until that one has its turn.
            width = picture.width() * self.height() / picture.height()
            left = (self.width() - width) / 2
            painter.drawImage(QRectF(left, 0, width, self.height()), picture)
        for paint in self._painters_over:
            painter.save()
            paint(painter)
            painter.restore()

    def _size_px(self) -> QSize:
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def _render(self, view: OffscreenView) -> None:
        ratio = self.devicePixelRatioF()
        view.resize(self._size_px().toTuple(), ratio)
        started_s = time.perf_counter()
        pixels = view.render()
        self._render_ms = 1000 * (time.perf_counter() - started_s)
        height_px, width_px, _ = pixels.shape
        picture = QImage(
            pixels.data, width_px, height_px, 4 * width_px, QImage.Format.Format_RGBX8888
        )
        # Flipping copies, so the picture does not refer to the pixels any more.
        self._picture = picture.flipped(Qt.Orientation.Vertical)
        self._picture.setDevicePixelRatio(ratio)
        self._is_stale = False
        self.rendered.emit()

    def _to_px(self, position: QPointF) -> tuple[float, float]:
        """A widget position as a pixel of the view, which is rendered first if that has a new size.

        A hand that is quicker than the view's turn would hit another place otherwise.
        """
        if self._view is not None and self._picture.size() != self._size_px():
            self._render(self._view)
            self.update()
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio

    def _event_px(self, event: QSinglePointEvent) -> tuple[float, float]:
        return self._to_px(event.position())
