"""Saves one turn of the 3D view as a film."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.activities import Activity
from app.controllers.outcome import WorkFailedError, result_of
from app.gui.file_dialogs import with_ending
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from viewer.scenes.turning_film import FILM_SUFFIXES, FRAMES, write_film
from viewer.widgets.quad_view import QuadView
from viewer.widgets.translation import tr
from viewer.widgets.turntable import Turntable
from viewer.widgets.view_grid import VOLUME_KEY

ACTIVITY = "turntable"


class TurntableLogic(QObject):
    """The view turns while its pictures are taken; the file is written in the background."""

    def __init__(self, window: MainWindow, views: QuadView, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._views = views
        self._workbench = workbench
        self._activities = workbench.activities
        self._path: Path | None = None
        self._turntable = Turntable(views.volume_widget, self)
        self._turntable.progressed.connect(self._show_progress)
        self._turntable.finished.connect(self._on_finished)
        window.actions_by_key["save_turntable"].triggered.connect(self._on_triggered)

    def show_case(self) -> None:
        """Give up a film of the case before."""
        self._cancel()

    def release(self) -> None:
        """Take no more pictures."""
        self._turntable.cancel()
        self._activities.finish(ACTIVITY)

    def _on_triggered(self, _checked: bool = False) -> None:
        if self._path is not None:
            self._window.banner.show_notice(tr("The film before is not yet finished."))
            return
        folder = self._workbench.settings.settings.last_folder or str(Path.home())
        self._path = ask_where_to_save_film(self._window, Path(folder) / "3d-turn.gif")
        if self._path is None:
            return
        if not self._views.volume_widget.isVisible():
            self._views.maximise(VOLUME_KEY)
        self._show_progress(0.0)
        self._turntable.start(FRAMES)

    def _show_progress(self, share: float) -> None:
        self._activities.show(ACTIVITY, Activity(tr("Turning for the film"), share, self._cancel))

    def _cancel(self) -> None:
        self._path = None
        self.release()

    def _on_finished(self, pictures: tuple[Any, ...]) -> None:
        self._views.take_keys()
        path = self._path
        if path is None:
            return
        self._activities.show(ACTIVITY, Activity(tr("Writing the film")))
        bench = self._workbench
        future = bench.background.pool.submit(write_film, pictures, path)
        future.add_done_callback(
            lambda done: bench.gui_thread.call(lambda: self._on_written(path, done))
        )

    def _on_written(self, path: Path, future: Future[None]) -> None:
        self._path = None
        self._activities.finish(ACTIVITY)
        try:
            result_of(future, "Writing the film")
        except WorkFailedError as error:
            self._window.banner.show_error(str(error))
        else:
            self._window.banner.show_done(tr("Saved the film {name}.", name=path.name))


def ask_where_to_save_film(parent: QWidget, proposal: Path) -> Path | None:
    """Where to save a film; None if the user changes their mind."""
    kinds = {".gif": "Animated GIF", ".png": "Animated PNG", ".webp": "Animated WebP"}
    filters = ";;".join(f"{kinds[suffix]} (*{suffix})" for suffix in FILM_SUFFIXES)
    name, chosen = QFileDialog.getSaveFileName(
        parent, tr("Save turning film"), str(proposal), filters
    )
    if not name:
        return None
    suffix = next((suffix for suffix in FILM_SUFFIXES if f"*{suffix}" in chosen), ".gif")
    return with_ending(parent, Path(name), tuple(FILM_SUFFIXES), suffix)
