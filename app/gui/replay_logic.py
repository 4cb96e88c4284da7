"""Connects the player in the versions panel with the replay and with the views."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.controllers.case_opener import OpenCase
from app.controllers.replay_controller import ReplayController, ReplayEnd
from app.controllers.replay_film import ReplayFilm
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from viewer.widgets.translation import tr, tr_sentence

if TYPE_CHECKING:
    from app.gui.view_logic import ViewLogic

PLAY_MS = 800
"""Time to see what a step changed before the next one is shown."""


class ReplayLogic(QObject):
    """The model plays as fast as it can; what is shown follows at a pace for people."""

    def __init__(
        self, window: MainWindow, workbench: Workbench, views: Callable[[], ViewLogic | None]
    ) -> None:
        super().__init__(window)
        bench = workbench.project
        self._window = window
        self._views = views
        self._versions = bench.versions
        self._box = window.review.versions.player
        self._end: ReplayEnd | None = None
        self.replays = ReplayController(
            bench.projects,
            bench.opener,
            bench.versions,
            workbench.background.pool,
            workbench.background.inference,
            workbench.gui_thread.call,
            workbench.activities,
            predictor=lambda: workbench.segmentation.predictor,
            model_used=lambda: bench.versions.model_used(),
            engine=lambda: workbench.segmentation.engine,
        )
        self._timer = QTimer(self)
        self._timer.setInterval(PLAY_MS)
        self._timer.timeout.connect(self._show_next)
        bench.opener.case_opened.connect(self._on_case_opened)
        workbench.cases.case_opened.connect(lambda _session: self.replays.close())
        bench.versions.compared.connect(lambda _comparison: self.replays.close())
        self._connect_box()
        self._connect_replays()

    def _connect_box(self) -> None:
        self._window.review.versions.replay_requested.connect(self.replays.start)
        self._box.position_requested.connect(self._go_to)
        self._box.playing_toggled.connect(self._on_playing)
        self._box.difference_toggled.connect(self._show_difference)
        self._box.take_over_requested.connect(self.replays.take_over)
        self._box.close_requested.connect(self.replays.close)

    def _connect_replays(self) -> None:
        replays, banner = self.replays, self._window.banner
        replays.started.connect(self._on_started)
        replays.stepped.connect(self._box.follow_film)
        replays.ended.connect(self._on_ended)
        replays.closed.connect(self._on_closed)
        replays.noticed.connect(banner.show_notice)
        replays.failed.connect(banner.show_error)

    def _on_case_opened(self, opened: OpenCase) -> None:
        opened.session.step_taken.connect(self._close_after_step)

    def _close_after_step(self, *_step: object) -> None:
        """What is drawn in must be seen."""
        self.replays.close()

    def _on_started(self, film: ReplayFilm) -> None:
        self._end = None
        self._window.review.versions.show_comparison(None)
        self._box.show_film(film)
        self._window.review.reveal(self._box)
        views = self._views()
        if views is not None:
            views.case_view.show_film(film)
        self._box.play.setChecked(True)

    def _on_ended(self, end: ReplayEnd) -> None:
        self._end = end
        why_not = self._versions.why_not_save
        self._box.show_end(end, why_not_take_over=why_not and tr_sentence(why_not))
        self._window.review.reveal(self._box)

    def _on_closed(self) -> None:
        self._timer.stop()
        self._end = None
        self._box.show_film(None)
        views = self._views()
        if views is not None:
            views.case_view.show_film(None)

    def _on_playing(self, is_playing: bool) -> None:
        film = self.replays.film
        if not is_playing or film is None:
            self._timer.stop()
            return
        if film.position == film.step_count:
            self._go_to(0)
        self._timer.start()

    def _show_next(self) -> None:
        film = self.replays.film
        if film is not None and film.position < len(film.steps):
            self._go_to(film.position + 1)
        elif not self.replays.is_playing:  # nothing more will come
            self._box.play.setChecked(False)

    def _go_to(self, position: int) -> None:
        """Show the labels after so many steps, at the place of the last of them."""
        film, views = self.replays.film, self._views()
        if film is None or views is None:
            return
        self._show_difference(False)
        was_at = film.position
        film.go_to(position)
        views.case_view.follow_film()
        self._box.follow_film()
        if film.position != was_at and film.shown is not None and film.shown.point_lps is not None:
            views.go_to(film.shown.point_lps)

    def _show_difference(self, wanted: bool) -> None:
        views = self._views()
        if views is None or (wanted and self._end is None):
            return
        self._box.buttons[0].setChecked(wanted)
        if wanted and self._end is not None:
            if self._end.point_lps is not None:
                views.go_to(self._end.point_lps)  # first: a wipe begins at the crosshair
            views.case_view.show_comparison(
                self._end.before, self._end.after, (tr("Kept"), tr("Replayed"))
            )
        else:
            views.case_view.end_comparison()
