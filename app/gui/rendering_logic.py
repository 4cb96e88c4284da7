"""Connects the actions of the CT in 3D with the 3D view."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from app.controllers.case_session import CaseSession
from app.controllers.follower import Follower
from app.controllers.outcome import WorkFailedError, result_of
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from viewer.scenes.ct_rendering import CT_LOOKS, CtCut
from viewer.scenes.planes import Plane
from viewer.scenes.pooled_ct import pooled_ct
from viewer.widgets.quad_view import QuadView
from viewer.widgets.translation import tr

LOOK_PREFIX, NO_LOOK = "ct_look_", ""
CUT_KEYS = {f"cut_{plane.value}": plane for plane in Plane}


class RenderingLogic(QObject):
    """How the CT is seen in 3D, and where it is cut open; the next case is seen alike."""

    def __init__(self, window: MainWindow, views: QuadView, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._widget = views.volume_widget
        self._ct = views.volume_scene.ct
        self._workbench = workbench
        self._settings = workbench.settings
        self._session: CaseSession | None = None
        self._pooling: Follower[Any] | None = None
        self._cut = CtCut()
        actions = window.actions_by_key
        for name in (NO_LOOK, *CT_LOOKS):
            actions[look_key(name)].triggered.connect(partial(self._choose, name))
        actions["next_ct_look"].triggered.connect(_without_arguments(self._choose_next))
        for key in (*CUT_KEYS, "cut_other_side"):
            actions[key].triggered.connect(_without_arguments(self._change_cut))
        self._show_look()

    def show_case(self, session: CaseSession) -> None:
        """Show another CT in the same way."""
        self.release()
        self._session = session
        self._show_look()

    def release(self) -> None:
        """Wait for nothing any more."""
        if self._pooling is not None:
            self._pooling.close()
            self._pooling = None

    @property
    def _name(self) -> str:
        name = self._settings.settings.ct_look
        return name if name in CT_LOOKS else NO_LOOK

    def _choose(self, name: str, _checked: bool = True) -> None:
        kept = self._settings.settings
        self._settings.change(kept.model_copy(update={"ct_look": name}))
        self._show_look()

    def _choose_next(self) -> None:
        names = (NO_LOOK, *CT_LOOKS)
        self._choose(names[(names.index(self._name) + 1) % len(names)])

    def _show_look(self) -> None:
        self._window.actions_by_key[look_key(self._name)].setChecked(True)
        self._ct.set_look(CT_LOOKS.get(self._name))
        if self._name and not self._ct.has_ct:
            self._pool()
        self._widget.request_render()

    def _pool(self) -> None:
        """Make the coarse CT on the pool; the view shows it as soon as it is there."""
        if self._session is None or self._pooling is not None:
            return
        bench = self._workbench
        self._pooling = Follower(
            partial(pooled_ct, self._session.volume),
            self._on_pooled,
            bench.background.pool,
            bench.gui_thread.call,
        )
        self._pooling.follow()

    def _on_pooled(self, future: Future[Any]) -> None:
        self._pooling = None
        try:
            ct = result_of(future, "Preparing the CT for 3D")
        except WorkFailedError as error:
            self._window.banner.show_error(str(error))
            return
        self._ct.set_ct(ct)
        self._widget.request_render()

    def _change_cut(self) -> None:
        actions = self._window.actions_by_key
        planes = frozenset(plane for key, plane in CUT_KEYS.items() if actions[key].isChecked())
        self._cut = CtCut(planes, actions["cut_other_side"].isChecked())
        self._ct.set_cut(self._cut)
        self._widget.request_render()
        if planes and not self._name:
            self._window.banner.show_notice(
                tr("This cuts the CT in 3D open: choose in View, CT in 3D, how it is shown.")
            )


def look_key(name: str) -> str:
    """The key of the action that chooses a look; empty for the surfaces alone."""
    return LOOK_PREFIX + (name or "none")


def _without_arguments(handler: Callable[[], object]) -> Callable[[bool], None]:
    def slot(_checked: bool = False) -> None:
        handler()

    return slot
