"""Mouse of the 3D view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from viewer.scenes.volume_scene import VolumeScene
from viewer.widgets.scene_widget import SceneWidget
from viewer.widgets.slice_widget import WHEEL_STEP, ZOOM_PER_STEP
from viewer.widgets.translation import tr

ZOOM_PER_PX = 1.006


class VolumeWidget(SceneWidget):
    """The 3D scene under the mouse.

    Left drag turns, middle drag or Shift+left drag pans, wheel or right drag zooms, double
    click asks to be maximised.
    """

    def __init__(self, scene: VolumeScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.scene = scene
        self._last = QPointF()
        self.setObjectName("volume_3d")
        self.setAccessibleName(tr("3D view"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        self._last = event.position()
        self.scene.set_smooth_edges(False)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag: now there is time for a better picture."""
        self.scene.set_smooth_edges(True)
        self.request_render()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn, pan or zoom."""
        step = event.position() - self._last
        self._last = event.position()
        buttons, modifiers = event.buttons(), event.modifiers()
        is_left = bool(buttons & Qt.MouseButton.LeftButton)
        has_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if buttons & Qt.MouseButton.MiddleButton or (is_left and has_shift):
            ratio = self.devicePixelRatioF()
            self.scene.pan(step.x() * ratio, step.y() * ratio)
        elif is_left:
            self.scene.rotate(step.x(), step.y())
        elif buttons & Qt.MouseButton.RightButton:
            self.scene.zoom(ZOOM_PER_PX ** -step.y())
        else:
            return
        self.request_render()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        self.scene.zoom(ZOOM_PER_STEP ** (event.angleDelta().y() / WHEEL_STEP))
        self.request_render()
        event.accept()
