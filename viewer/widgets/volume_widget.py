"""Mouse of the 3D view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from viewer.scenes.volume_scene import VolumeScene
from viewer.widgets.scene_widget import DRAG_START_PX, SceneWidget
from viewer.widgets.slice_widget import WHEEL_STEP, ZOOM_PER_STEP
from viewer.widgets.translation import tr

ZOOM_PER_PX = 1.006

REFINE_DELAY_MS = 250
"""Smooth edges and all rays of the CT are drawn once nothing moved in any view for this long."""


class VolumeWidget(SceneWidget):
    """The 3D scene under the mouse.

    A left click goes to the surface under the pointer. Left drag turns, middle drag or Shift+left
    drag pans, wheel or right drag zooms, double click asks to be maximised. While anything
    changes, edges are drawn as they fall and the CT with few rays: in software OpenGL smooth
    edges take as long as the surfaces themselves.
    """

    picked = Signal(object)
    """A left click on a surface, or on the CT: the patient point (LPS mm)."""

    def __init__(self, scene: VolumeScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.scene = scene
        self._last = QPointF()
        self._press = QPointF()
        self._has_moved = False
        self._refining = QTimer(self)
        self._refining.setSingleShot(True)
        self._refining.setInterval(REFINE_DELAY_MS)
        self._refining.timeout.connect(self._refine_at_rest)
        self.setObjectName("volume_3d")
        self.setAccessibleName(tr("3D view"))

    def request_render(self) -> None:
        """Show the scene as it is now soon, and finely once all views rest."""
        self._draw_finely(False)
        self._refining.start()
        super().request_render()

    def refine(self) -> None:
        """Draw finely at the next paint: nothing moves, or a picture is taken."""
        self._refining.stop()
        self._draw_finely(True)
        super().request_render()

    def release(self) -> None:
        """Free the graphics memory; the widget keeps its last picture."""
        self._refining.stop()
        super().release()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        self._press = self._last = event.position()
        self._has_moved = False
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; a click goes to a surface."""
        if event.button() == Qt.MouseButton.LeftButton and not self._has_moved:
            point_lps = self.scene.pick(self._event_px(event))
            if point_lps is not None:
                self.picked.emit(point_lps)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn, pan or zoom."""
        step = event.position() - self._last
        self._last = event.position()
        if (self._last - self._press).manhattanLength() >= DRAG_START_PX:
            self._has_moved = True
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

    def _refine_at_rest(self) -> None:
        if self.quiet_ms >= REFINE_DELAY_MS:
            self.refine()
        else:
            self._refining.start()

    def _draw_finely(self, is_wanted: bool) -> None:
        self.scene.set_smooth_edges(is_wanted)
        if self.scene.ct.is_shown:
            self.scene.ct.set_coarse(not is_wanted)
