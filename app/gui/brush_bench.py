"""Strokes in real views, timed from the mouse's event to the picture."""

from __future__ import annotations

import time
from concurrent.futures import Executor
from dataclasses import dataclass

from PySide6.QtCore import QEvent

from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController, DrawnSlice
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.gui.application import make_application
from app.gui.case_view import CaseView
from app.gui.gui_thread import GuiThread
from app.gui.scripted_hand import ScriptedHand, stroke_around
from imaging.editing.brush import Brush
from imaging.history import Change
from imaging.labels import LabelEdit
from viewer.scenes.planes import Plane
from viewer.scenes.view_state import Point
from viewer.widgets.draw_cursor import DrawCursor
from viewer.widgets.interaction_mode import InteractionMode
from viewer.widgets.quad_view import QuadView

VIEWS_SIZE_PX = (1136, 760)
"""What the views have of a window of 1440 x 860."""


@dataclass(frozen=True, slots=True)
class BrushTimes:
    """Milliseconds, one for each event; see ``BrushBench``."""

    stroke_ms: tuple[float, ...]
    release_ms: tuple[float, ...]
    undo_ms: tuple[float, ...]


class BrushBench:
    """The four views on a case, and a hand that draws in the axial one."""

    def __init__(self, session: CaseSession, pool: Executor) -> None:
        self._application = make_application()
        self._session = session
        self._gui_thread = GuiThread()
        self._views = QuadView()
        self._case_view = CaseView(self._views, pool, self._gui_thread.call)
        self._drawing = DrawingController(lambda: session)
        self._axial = self._views.slice_widgets[Plane.AXIAL]
        self._rendered = 0
        self._axial.rendered.connect(self._on_rendered)
        self._hand = ScriptedHand(self._axial)
        self._views.resize(*VIEWS_SIZE_PX)
        self._views.show()
        self._case_view.show_case(session)
        self._views.set_mode(InteractionMode.DRAW)
        self._views.set_draw_cursor(DrawCursor(session.active.color_rgb, 10.0))
        self._views.stroke_began.connect(self._on_began)
        self._views.stroke_moved.connect(self._drawing.move)
        self._views.stroke_ended.connect(self._drawing.end)
        self._drawing.preview_changed.connect(self._views.show_preview)
        self._hand.enter()
        self.settle()

    def settle(self, quiet_s: float = 0.5) -> None:
        """Let everything that waits be drawn."""
        until_s = time.perf_counter() + quiet_s
        while time.perf_counter() < until_s:
            self._application.processEvents()

    def times(self, strokes: int, brush: Brush, around_lps: Point) -> BrushTimes:
        """Draw strokes near a point, each in another slice, and undo each."""
        self._drawing.set_options(DrawingOptions(brush))
        stroke_ms: list[float] = []
        release_ms: list[float] = []
        undo_ms: list[float] = []
        self._views.state.set_cursor(around_lps)
        self.settle()
        for number in range(strokes):
            self._axial.scroll_slices(1 if number % 2 else -1)
            self.settle(0.02)
            center = self._axial.scene.project(around_lps) or (0.0, 0.0)
            for kind, at in stroke_around(center, number):
                started_s = time.perf_counter()
                self._hand.send(kind, at)
                elapsed_ms = self._until_picture(started_s)
                (release_ms if kind is QEvent.Type.MouseButtonRelease else stroke_ms).append(
                    elapsed_ms
                )
            self.settle(0.02)
            started_s = time.perf_counter()
            self._session.undo()
            undo_ms.append(self._until_picture(started_s))
        return BrushTimes(tuple(stroke_ms), tuple(release_ms), tuple(undo_ms))

    def undo_ms(self, edit: LabelEdit) -> float:
        """Do an edit, let the window come to rest, and undo it: until the picture shows that."""
        clicks = self._session.clicks.clicks
        self._session.do(Change("edit", edit, clicks, clicks))
        while self._case_view.is_building:
            self.settle(0.02)
        self.settle(0.05)
        started_s = time.perf_counter()
        self._session.undo()
        elapsed_ms = self._until_picture(started_s)
        self.settle(0.05)
        return elapsed_ms

    def close(self) -> None:
        """Free the views."""
        self._views.release()
        self._views.close()

    def _on_rendered(self) -> None:
        self._rendered += 1

    def _on_began(self, plane: Plane, point_lps: Point, _is_inverted: bool) -> None:
        frame = self._views.slice_scenes[plane].frame
        if frame is not None:
            self._drawing.begin(
                DrawingTool.BRUSH, point_lps, DrawnSlice(frame.slice_axis, "slice 1")
            )

    def _until_picture(self, started_s: float) -> float:
        """Milliseconds until the axial view shows what changed, or all is done without a change."""
        rendered = self._rendered
        self._application.processEvents()
        if self._rendered == rendered:  # the scheduler lets the others wait, never this one
            self._axial.request_render()
            self._application.processEvents()
        return 1000 * (time.perf_counter() - started_s)
