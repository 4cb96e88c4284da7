"""Does the main job in the window by itself, keeps pictures of it, and leaves.

An installed program proves so that it works on a computer that holds nothing else: no Python, no
tools that press buttons. What a user does with the mouse is done by mouse events.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.gui.main_window import MainWindow
from app.gui.window_logic import WindowLogic
from viewer.scenes.planes import Plane
from viewer.scenes.view_state import Point

REPORT = "window.json"
MASK = "mask.nii.gz"

LOOK_MS = 50
QUIET_LOOKS = 20
"""What is found at rest so often is at rest: surfaces and the last frames are drawn, too."""

LIMIT_S = 1200.0
"""Longer than any step takes on a slow, busy computer that tries its engines for the first time."""


class WindowTrial(QObject):
    """Opened, segmented, two clicks, saved; a picture of each, and a report, in one folder."""

    def __init__(self, window: MainWindow, logic: WindowLogic, begun_at: float, out: Path) -> None:
        """``begun_at`` is when the program was started, in seconds since the epoch."""
        super().__init__(window)
        self._window = window
        self._logic = logic
        self._begun_at = begun_at
        self._out = out
        self._report: dict[str, object] = {}
        self._steps = self._all_steps()
        self._step_began = time.monotonic()
        self._quiet_looks = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin: the window is made, and a case is opened next."""
        self._out.mkdir(parents=True, exist_ok=True)
        bench = self._logic.workbench
        bench.cases.failed.connect(self._give_up)
        bench.segmentation.failed.connect(self._give_up)
        self._window.painted_first.connect(self._on_painted_first)
        self._timer.start(LOOK_MS)

    def _on_painted_first(self) -> None:
        self._report["from_start_to_window_s"] = round(time.time() - self._begun_at, 3)

    def _all_steps(self) -> Iterator[None]:
        """The job; at each ``yield`` all that was begun is waited for."""
        bench = self._logic.workbench
        self._keep("opened")
        self._window.actions_by_key["segment"].trigger()
        yield
        self._keep("segmented")
        for number, is_foreground in enumerate((True, False), start=1):
            point_lps = self._point_to_click(is_foreground=is_foreground)
            if point_lps is None:
                self._give_up("There is no mask to click into or beside.")
                return
            self._show(point_lps, is_foreground=is_foreground)
            yield
            self._click(point_lps)
            yield
            self._report[f"click_{number}_s"] = bench.segmentation.latency.last_s
            self._keep(f"click-{number}")
        bench.cases.save_labels(self._out / MASK)
        yield
        self._keep("saved")
        session = bench.cases.session
        if session is None or session.is_modified or len(session.settled_clicks) != number:
            self._give_up("The clicks were not answered, or the mask was not saved.")
            return
        self._leave(0)

    def _look(self) -> None:
        """Do the next step once nothing moves any more."""
        if time.monotonic() - self._step_began > LIMIT_S:
            self._give_up(f"A step took more than {LIMIT_S:.0f} s.")
            return
        self._quiet_looks = self._quiet_looks + 1 if self._is_at_rest() else 0
        if self._quiet_looks < QUIET_LOOKS:
            return
        self._quiet_looks = 0
        self._step_began = time.monotonic()
        next(self._steps, None)

    def _is_at_rest(self) -> bool:
        bench, views = self._logic.workbench, self._logic.views
        if views is None or bench.cases.session is None or not bench.segmentation.is_ready:
            return False
        works = bench.activities.current is not None or bench.cases.is_saving
        return not (works or bench.segmentation.is_answering or views.case_view.is_building)

    def _point_to_click(self, *, is_foreground: bool) -> Point | None:
        """Deep in the mask, or where something beside it is most unlike it."""
        from app.demo import point_beside
        from imaging.measures import inner_point_lps

        session = self._logic.workbench.cases.session
        if session is None:
            return None
        mask = session.labels.mask(session.active.label_value)
        if is_foreground:
            return inner_point_lps(mask, session.volume.geometry)
        return point_beside(mask, session.volume)

    def _show(self, point_lps: Point, *, is_foreground: bool) -> None:
        self._logic.prepare_views().case_view.views.state.set_cursor(point_lps)
        self._window.actions_by_key["foreground" if is_foreground else "background"].trigger()

    def _click(self, point_lps: Point) -> None:
        widget = self._logic.prepare_views().case_view.views.slice_widgets[Plane.AXIAL]
        place = widget.scene.project(point_lps)
        if place is None:
            self._give_up("The point to click at is not on the slice that was shown for it.")
            return
        at, left, none = QPointF(*place), Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        for kind, held in (
            (QEvent.Type.MouseButtonPress, left),
            (QEvent.Type.MouseButtonRelease, none),
        ):
            key = Qt.KeyboardModifier.NoModifier
            event = QMouseEvent(kind, at, widget.mapToGlobal(at), left, held, key)
            QApplication.sendEvent(widget, event)

    def _keep(self, name: str) -> None:
        self._window.grab().save(str(self._out / f"window-{name}.png"))
        since = round(time.time() - self._begun_at, 1)
        self._report[f"{name.replace('-', '_')}_after_s"] = since

    def _give_up(self, sentence: str) -> None:
        self._keep("failed")
        self._report["failed"] = sentence
        self._leave(1)

    def _leave(self, exit_code: int) -> None:
        self._timer.stop()
        bench = self._logic.workbench
        session = bench.cases.session
        self._report["engine"] = bench.segmentation.engine
        self._report["clicks"] = 0 if session is None else len(session.settled_clicks)
        text = json.dumps(self._report, indent=2, default=str)
        (self._out / REPORT).write_text(text + "\n", encoding="utf-8")
        if session is not None:
            session.mark_saved(session.state)  # nobody is there to be asked
        self._window.close()
        QCoreApplication.exit(exit_code)
