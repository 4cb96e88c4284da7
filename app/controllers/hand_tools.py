"""The controllers of all that is done by hand, together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from app.controllers.activities import Activities
from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController
from app.controllers.refining_controller import RefiningController
from app.controllers.runner import CallInGuiThread


@dataclass(frozen=True, slots=True)
class HandTools:
    """Strokes of the pen, and tools that work on a whole mask."""

    drawing: DrawingController
    refining: RefiningController

    @classmethod
    def make(
        cls,
        session: Callable[[], CaseSession | None],
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
    ) -> HandTools:
        """Both, on the open case; the heavy work runs on ``executor``."""
        drawing = DrawingController(session)
        refining = RefiningController(session, drawing, executor, call_in_gui_thread, activities)
        return cls(drawing, refining)

    def forget_case(self) -> None:
        """Another case opens: give up what is unfinished."""
        self.drawing.cancel()
        self.refining.close_case()
