"""Times a window on a project as a reviewer meets it: the list, then one case after the other."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer

from app.gui.main_window import MainWindow
from app.gui.window_logic import WindowLogic

WATCHED_EVERY_MS = 20


class NextCaseTimes(QObject):
    """Goes through the first cases by the window's own action, then closes the window.

    Attributes:
        list_s: from opening the project to its list.
        first_case_s: from asking for a case that must be read to the picture of its slices.
        next_case_s: the same for each further case, which was read in advance.
        problem: why it stopped early; empty if it did not.
    """

    def __init__(self, window: MainWindow, logic: WindowLogic, cases: int) -> None:
        super().__init__(window)
        self.list_s = 0.0
        self.first_case_s = 0.0
        self.next_case_s: list[float] = []
        self.problem = ""
        self._window = window
        self._logic = logic
        self._left = cases
        self._asked_s = time.perf_counter()
        self._watch = QTimer(self, interval=WATCHED_EVERY_MS)
        self._watch.timeout.connect(self._go_on_when_read)
        project = logic.workbench.project
        project.projects.listed.connect(self._on_listed)
        project.projects.failed.connect(self._stop)
        project.opener.failed.connect(self._stop)
        logic.case_shown.connect(self._on_shown)

    def _on_listed(self) -> None:
        if not self.list_s:
            self.list_s = time.perf_counter() - self._asked_s
            self._ask()

    def _ask(self) -> None:
        self._asked_s = time.perf_counter()
        self._window.actions_by_key["next_undone"].trigger()

    def _on_shown(self) -> None:
        if self._logic.views is not None:
            self._logic.views.case_view.after_picture(self._on_picture)

    def _on_picture(self) -> None:
        seconds = time.perf_counter() - self._asked_s
        if self.first_case_s:
            self.next_case_s.append(seconds)
        else:
            self.first_case_s = seconds
        self._left -= 1
        if self._left:
            self._watch.start()
        else:
            self._stop()

    def _go_on_when_read(self) -> None:
        if self._logic.workbench.project.opener.is_next_read:
            self._watch.stop()
            self._ask()

    def _stop(self, sentence: str = "") -> None:
        self._watch.stop()
        self.problem = sentence
        self._window.close()
