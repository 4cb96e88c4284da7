"""Pictures of the tools that correct by hand, on a synthetic patient, while they are in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from take_pictures import Photographer

    from viewer.widgets.slice_widget import SliceWidget

SEED = 1
SHAPE, SPACING_MM = (60, 192, 192), (4.0, 1.9, 1.9)
WINDOW_SIZE_PX = (1150, 735)
"""Smaller than in other pictures, so that five of them stay small files."""

LABELLED = (1, 2, 4, 5, 6, 7)
TURN = np.linspace(0.0, 5.8, 60)

Place = tuple[float, float]
"""A pixel of the widget, counted from the middle of the spleen."""

STROKES: dict[str, list[Place]] = {
    "brush": [(-16.0 + 2 * step, -34.0 + 2 * step) for step in range(25)],
    "eraser": [(0.0 + step, 5.0) for step in range(20)],
    "lasso": [(float(45 * np.cos(a)), float(38 * np.sin(a))) for a in TURN],
    "cut": [(float(-20 + 30 * np.cos(a)), float(38 * np.sin(a))) for a in TURN],
}
"""What the hand does with each tool."""


def take_tools(camera: Photographer) -> None:
    """Each drawing tool with its pen down, then a preview of a tool for the whole mask."""
    from app.controllers.case_session import CaseSession
    from imaging.phantom import make_phantom

    patient = make_phantom(SEED, shape=SHAPE, spacing_kji_mm=SPACING_MM)
    labels = np.where(np.isin(patient.labels, LABELLED), patient.labels, 0).astype(np.uint8)
    old = camera.bench.cases.session
    if old is not None:
        old.mark_saved(old.state)  # nobody is there to be asked
    session = CaseSession(patient.volume, ("spleen", "pancreas", "liver"), labels=labels)
    usual_size = camera.window.size()
    camera.window.resize(*WINDOW_SIZE_PX)
    camera.bench.cases.adopt(session)
    camera.wait()
    camera.press("go_to_structure")
    hand = _Hand(camera)
    for key, way in STROKES.items():
        camera.press(key)
        hand.draw(way)
        camera.keep(f"tool-{key}")
        hand.lift(way[-1])
        camera.press("undo")  # the next one begins with the same mask
    camera.press("refine", "refine_grow")
    camera.window.side.tool_options.refine.preview_requested.emit()
    camera.keep("tool-refine")
    camera.press("navigate")
    camera.window.resize(usual_size)


class _Hand:
    """Presses and moves the left button in the axial view."""

    def __init__(self, camera: Photographer) -> None:
        from viewer.scenes.planes import Plane

        views = camera.logic.prepare_views().case_view.views
        self._widget: SliceWidget = views.slice_widgets[Plane.AXIAL]
        self._center = self._widget.scene.project(views.state.cursor_lps) or (0.0, 0.0)

    def draw(self, way: Sequence[Place]) -> None:
        """Put the pen down and move it along."""
        from PySide6.QtCore import QEvent

        self._send(QEvent.Type.MouseButtonPress, way[0])
        for place in way[1:]:
            self._send(QEvent.Type.MouseMove, place)

    def lift(self, place: Place) -> None:
        """Lift the pen."""
        from PySide6.QtCore import QEvent

        self._send(QEvent.Type.MouseButtonRelease, place)

    def _send(self, kind: QEvent.Type, place: Place) -> None:
        from PySide6.QtCore import QEvent, QPointF, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind is QEvent.Type.MouseMove else left
        held = none if kind is QEvent.Type.MouseButtonRelease else left
        point = QPointF(self._center[0] + place[0], self._center[1] + place[1])
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
        at = self._widget.mapToGlobal(point)
        QApplication.sendEvent(self._widget, QMouseEvent(kind, point, at, button, held, modifiers))
