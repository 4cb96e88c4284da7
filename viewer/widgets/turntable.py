"""Takes pictures of the 3D view while the patient turns once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from viewer.widgets.volume_widget import VolumeWidget

MAX_SIDE_PX = 720
"""Larger pictures are made smaller: a film is for slides, and sixty pictures are in it."""


class Turntable(QObject):
    """One picture each turn of the event loop, so that the window stays alive.

    The view follows what is taken and is where it was at the end; the mouse is kept from it.
    """

    progressed = Signal(float)
    """The share of the turn that is done, 0 to 1."""

    finished = Signal(object)
    """The pictures: a tuple of RGB arrays, shape (h, w, 3)."""

    def __init__(self, widget: VolumeWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._widget = widget
        self._pictures: list[NDArray[np.uint8]] = []
        self._count = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._take)

    @property
    def is_turning(self) -> bool:
        """Whether pictures are being taken."""
        return self._timer.isActive()

    def start(self, count: int) -> None:
        """Take so many pictures, all around."""
        self.cancel()
        self._pictures, self._count = [], count
        self._widget.setEnabled(False)
        self._timer.start()

    def cancel(self) -> None:
        """Turn back to where the view was, and forget the pictures."""
        if self.is_turning:
            self._stop()
            self._widget.scene.turn(-360.0 * len(self._pictures) / self._count)
            self._widget.request_render()
            self._pictures = []

    def _stop(self) -> None:
        self._timer.stop()
        self._widget.setEnabled(True)

    def _take(self) -> None:
        self._widget.refine()
        self._pictures.append(_pixels(self._widget.grab().toImage()))
        self._widget.scene.turn(360.0 / self._count)
        if len(self._pictures) < self._count:
            self.progressed.emit(len(self._pictures) / self._count)
            return
        self._stop()
        self._widget.request_render()
        pictures, self._pictures = tuple(self._pictures), []
        self.finished.emit(pictures)


def _pixels(image: QImage) -> NDArray[np.uint8]:
    if max(image.width(), image.height()) > MAX_SIDE_PX:
        image = image.scaled(
            MAX_SIDE_PX,
            MAX_SIDE_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return lines[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
