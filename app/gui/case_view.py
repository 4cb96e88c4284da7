"""Shows the open case in the four views and keeps them up to date."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from app.controllers.case_session import CaseSession
from app.controllers.follower import Follower
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.replay_film import ReplayFilm
from app.controllers.runner import CallInGuiThread
from imaging.editing.label_patch import LabelPatch
from imaging.labels import Box, whole_box
from imaging.structures import all_structures, structure_by_value
from viewer.scenes.live_surface import LiveSurface
from viewer.scenes.styles import StructureStyle
from viewer.widgets.quad_view import QuadView

Surface = Any
"""VTK's poly data or None, which only the viewer looks into."""


class CaseView(QObject):
    """Between a case and its pictures; surfaces are built on the pool."""

    def __init__(
        self, views: QuadView, pool: Executor, call_in_gui_thread: CallInGuiThread
    ) -> None:
        super().__init__(views)
        self.views = views
        self._pool = pool
        self._call_in_gui_thread = call_in_gui_thread
        self._session: CaseSession | None = None
        self._surfaces: dict[int, LiveSurface] = {}
        self._followers: dict[int, Follower[Surface]] = {}
        self._changed_boxes: list[Box] = []
        self._shows_others = False
        self._film: ReplayFilm | None = None
        self._awaited: Callable[[], None] | None = None
        self._unpainted: set[QObject] = set()
        for widget in views.slice_widgets.values():
            widget.rendered.connect(partial(self._on_rendered, widget))

    @property
    def is_building(self) -> bool:
        """Whether the surface of an edit is still on its way to the 3D view."""
        return any(follower.is_busy for follower in self._followers.values())

    def show_case(self, session: CaseSession) -> None:
        """Show a case, and follow it until the next one."""
        if self._session is not None:
            self._follow(self._session, on=False)
        keeps_place = self._session is not None and self._session.volume is session.volume
        self._session = session
        for follower in self._followers.values():
            follower.close()
        self._surfaces, self._followers, self._changed_boxes = {}, {}, []
        cursor_lps = self.views.state.cursor_lps
        self.views.show_volume(session.volume)
        if keeps_place:
            self.views.state.set_cursor(cursor_lps)
        self._shows_others = False
        self.views.comparison.show(None)
        self._leave_film()
        self.views.show_labels(session.labels.array)
        self._follow(session, on=True)
        self._on_structures_changed()
        self._on_clicks_changed()
        self._on_masks_changed(
            frozenset(s.label_value for s in session.structures if session.volume_ml(s.name))
        )

    def show_film(self, film: ReplayFilm | None) -> None:
        """Draw a replay's labels and clicks in place of the case's; None draws the case again."""
        session = self._session
        if session is None or film is self._film:
            return
        self._leave_film()
        self._film = film
        if film is not None:
            film.labels.changed.connect(self.views.labels_changed)
        self.end_comparison()
        self.views.show_labels(self._base_labels(session))
        self._on_structures_changed()
        self._on_clicks_changed()

    def follow_film(self) -> None:
        """Show the clicks up to where the film is now; its labels are followed as they change."""
        self._on_clicks_changed()

    def show_comparison(
        self, before: NDArray[np.uint8], after: NDArray[np.uint8], titles: tuple[str, str]
    ) -> None:
        """Compare two label maps, uint8 on the CT's grid, in place of the mask."""
        if self._session is not None:
            self._shows_others = True
            self.views.show_labels(after)
            self.views.comparison.show(LabelPatch(whole_box(before), before), titles)

    def show_before(self, before: LabelPatch | None) -> None:
        """Compare the mask with labels that it had; None ends that."""
        if before is None or self._shows_others:
            self.end_comparison()
        self.views.comparison.show(before)

    def end_comparison(self) -> None:
        """Draw the mask alone again."""
        self.views.comparison.show(None)
        if self._shows_others and self._session is not None:
            self._shows_others = False
            self.views.show_labels(self._base_labels(self._session))

    def after_picture(self, function: Callable[[], None]) -> None:
        """Call ``function`` once the visible slices show what changed just now."""
        visible = [w for w in self.views.slice_widgets.values() if w.isVisible()]
        if not visible:
            function()
            return
        self._awaited = function
        self._unpainted = set(visible)
        for widget in visible:
            widget.request_render()

    def _on_rendered(self, widget: QObject) -> None:
        if self._awaited is None:
            return
        self._unpainted.discard(widget)
        if not self._unpainted:
            function, self._awaited = self._awaited, None
            QTimer.singleShot(0, function)  # not inside the paint event

    def _follow(self, session: CaseSession, *, on: bool) -> None:
        pairs = (
            (session.labels.changed, self._on_labels_changed),
            (session.clicks_changed, self._on_clicks_changed),
            (session.structures_changed, self._on_structures_changed),
            (session.masks_changed, self._on_masks_changed),
        )
        for signal, slot in pairs:
            if on:
                signal.connect(slot)
            else:
                signal.disconnect(slot)

    def _on_labels_changed(self, box: Box) -> None:
        if self._shows_others:
            self.end_comparison()  # what is drawn in must be seen
        self._changed_boxes.append(box)
        self.views.labels_changed(box)

    def _on_clicks_changed(self) -> None:
        if self._film is not None:
            self.views.set_clicks(self._film.clicks)
        elif self._session is not None:
            self.views.set_clicks(self._session.shown_clicks)

    def _base_labels(self, session: CaseSession) -> NDArray[np.uint8]:
        return session.labels.array if self._film is None else self._film.labels.array

    def _leave_film(self) -> None:
        if self._film is not None:
            self._film.labels.changed.disconnect(self.views.labels_changed)
            self._film = None

    def _on_structures_changed(self) -> None:
        session = self._session
        if session is not None:
            styles = [
                StructureStyle.of(structure, is_visible=session.is_visible(structure.name))
                for structure in all_structures()
            ]
            self.views.state.set_structures(styles)

    def _on_masks_changed(self, label_values: frozenset[int]) -> None:
        session = self._session
        if session is None:
            return
        boxes, self._changed_boxes = self._changed_boxes, []
        for label_value in label_values:
            if structure_by_value(label_value) is None:
                continue
            if label_value not in self._surfaces:
                self._follow_surface(session, label_value)
            for box in boxes:
                self._surfaces[label_value].mark(box)
            self._followers[label_value].follow()

    def _follow_surface(self, session: CaseSession, label_value: int) -> None:
        surface = LiveSurface(session.labels.array, label_value, session.volume.geometry)
        self._surfaces[label_value] = surface
        self._followers[label_value] = Follower(
            surface.surface,
            partial(self._on_surface, label_value),
            self._pool,
            self._call_in_gui_thread,
        )

    def _on_surface(self, label_value: int, future: Future[Surface]) -> None:
        try:
            surface = result_of(future, "Building the 3D surface")
        except WorkFailedError:
            return  # it is in the log; the planes are right, and the next edit tries again
        self.views.set_surface(label_value, surface)
