"""`maskwright [PATH]`: the window."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import make_workbench, model_store
from app.display import has_display
from app.gui.application import run_application
from app.gui.main_window import MainWindow
from app.gui.opening_times import OpeningTimes
from app.gui.window_logic import WindowLogic
from app.headless_job import ImpossibleRequestError
from app.logs import crashes_to
from app.paths import AppPaths
from app.settings import SettingsStore
from imaging.errors import ModelError
from inference.model_package import ModelPackage
from inference.model_store import ModelStore

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the window shall do by itself, and then leave: nothing where both are None.

    ``measure`` is the file for the times of one click, ``trial`` the folder for the pictures of
    the whole job. ``started_at`` is when the program was started, in seconds since the epoch;
    without it the system says when the process began.
    """

    measure: Path | None = None
    trial: Path | None = None
    started_at: float | None = None

    def begin(self, window: MainWindow, logic: WindowLogic, *, opens_case: bool) -> None:
        """Start what is wanted; a case is opened next, or none."""
        if not self.is_wanted:
            return
        import psutil

        begun_at = self.started_at or psutil.Process().create_time()
        if self.measure is not None:
            times = OpeningTimes(window, logic, begun_at, self.measure, opens_case=opens_case)
            times.start()
        elif self.trial is not None:
            from app.gui.window_trial import WindowTrial

            WindowTrial(window, logic, begun_at, self.trial).start()

    @property
    def is_wanted(self) -> bool:
        """Whether the window shall do anything by itself."""
        return self.measure is not None or self.trial is not None


def open_window(
    path: Path | None,
    project: Path | None,
    sample: bool,
    model_id: str | None,
    rehearsal: Rehearsal,
    engine: str | None = None,
) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    ``path`` may be a project's folder as well as a CT.
    """
    if not has_display() and not os.environ.get("QT_QPA_PLATFORM"):
        raise ImpossibleRequestError(
            "There is no display to open a window on. `maskwright demo --out DIR` does the "
            "same job in pictures, and `maskwright segment` without any."
        )
    paths = AppPaths.of_user()
    package = _package(model_store(paths), model_id, SettingsStore(paths.settings_file))

    def when_made(window: MainWindow, logic: WindowLogic) -> None:
        opens_case = sample or path is not None or rehearsal.trial is not None
        rehearsal.begin(window, logic, opens_case=opens_case)
        if project is not None:
            logic.project.open_project(project)
        if path is not None:
            logic.project.open_named(path)
        elif opens_case:
            logic.files.open_sample()
        elif project is None and not rehearsal.is_wanted:
            window.painted_first.connect(logic.help.greet)

    with crashes_to(paths.crash_file):
        return run_application(
            lambda background, gui_thread: make_workbench(
                package, paths, background, gui_thread, engine
            ),
            when_made,
        )


def _package(store: ModelStore, model_id: str | None, settings: SettingsStore) -> ModelPackage:
    """The model that was named, else the one that the user chose, else the program's own."""
    chosen = settings.settings.model
    if model_id is not None or not chosen:
        return store.find(model_id)
    try:
        return store.find(chosen)
    except ModelError as error:
        logger.warning("the chosen model cannot be used: %s", error)
        return store.find(None)
