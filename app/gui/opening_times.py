"""Measures the window as a user meets it: start, open, click; then closes it."""

from __future__ import annotations

import json
import time
from pathlib import Path

from PySide6.QtCore import QObject

from app.gui.main_window import MainWindow
from app.gui.window_logic import WindowLogic


class OpeningTimes(QObject):
    """Writes the seconds of each step to a JSON file and closes the window."""

    def __init__(
        self,
        window: MainWindow,
        logic: WindowLogic,
        begun_at: float,
        file: Path,
        *,
        opens_case: bool,
    ) -> None:
        """``begun_at`` is when the program was started, in seconds since the epoch."""
        super().__init__(window)
        self._opens_case = opens_case
        self._window = window
        self._logic = logic
        self._begun_at = begun_at
        self._file = file
        self._open_began = 0.0
        self._seconds: dict[str, float] = {}
        self._has_clicked = False

    def start(self) -> None:
        """Begin: the window is made, nothing is open; a case is opened next, or none."""
        self._open_began = time.perf_counter()
        self._window.painted_first.connect(self._on_painted_first)
        self._logic.case_shown.connect(self._on_case_shown)
        self._logic.workbench.segmentation.state_changed.connect(self._on_state_changed)
        self._logic.workbench.cases.failed.connect(self._finish)
        self._logic.workbench.segmentation.failed.connect(self._finish)

    def _on_painted_first(self) -> None:
        self._seconds["from_start_to_window"] = round(time.time() - self._begun_at, 3)
        self._seconds["processor_seconds_to_window"] = round(time.process_time(), 3)
        if not self._opens_case:
            self._finish()

    def _on_case_shown(self) -> None:
        if self._logic.views is not None:
            self._logic.views.case_view.after_picture(self._on_three_views)

    def _on_three_views(self) -> None:
        seconds = time.perf_counter() - self._open_began
        self._seconds["from_open_to_three_views"] = round(seconds, 3)
        self._on_state_changed()

    def _on_state_changed(self) -> None:
        segmentation = self._logic.workbench.segmentation
        if "from_open_to_three_views" not in self._seconds or not segmentation.is_ready:
            return
        last_s = segmentation.latency.last_s
        if last_s is not None:
            self._seconds["from_click_to_picture"] = round(last_s, 3)
            self._finish()
        elif not self._has_clicked and self._logic.views is not None:
            self._has_clicked = True
            segmentation.add_click(self._logic.views.cursor_lps, is_foreground=True)

    def _finish(self, _sentence: str = "") -> None:
        self._file.write_text(json.dumps(self._seconds), encoding="utf-8")
        session = self._logic.workbench.cases.session
        if session is not None:
            session.mark_saved(session.state)  # nobody is there to be asked
        self._window.close()
