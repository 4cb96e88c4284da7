"""Connects the four views with tools, grey windows, label opacity and layout."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.controllers.case_session import CaseSession
from app.controllers.hover import point_text
from app.controllers.outcome import result_of
from app.controllers.runner import NewestWinsRunner
from app.gui.caliper_logic import CALIPER_TOOLS, CaliperLogic
from app.gui.caliper_logic import HINTS as CALIPER_HINTS
from app.gui.case_view import CaseView
from app.gui.compare_logic import CompareLogic
from app.gui.drawing_logic import DRAWING_TOOLS, REFINE, DrawingLogic
from app.gui.drawing_logic import HINTS as DRAWING_HINTS
from app.gui.film_logic import FilmLogic
from app.gui.layout_logic import LayoutLogic
from app.gui.main_window import MainWindow
from app.gui.picture_logic import PictureLogic
from app.gui.rendering_logic import RenderingLogic
from app.gui.slab_logic import SlabLogic
from app.gui.turning_logic import HINT as TURN_HINT
from app.gui.turning_logic import TURN, TurningLogic
from app.gui.turntable_logic import TurntableLogic
from app.gui.workbench import Workbench
from imaging.measures import point_inside
from viewer.scenes.view_state import Point
from viewer.scenes.window_level import CT_PRESETS, WindowLevel
from viewer.widgets.interaction_mode import InteractionMode
from viewer.widgets.translation import tr, tr_sentence, translatable

_MODES = {
    "navigate": InteractionMode.NAVIGATE,
    "foreground": InteractionMode.PLACE_FOREGROUND,
    "background": InteractionMode.PLACE_BACKGROUND,
    REFINE: InteractionMode.NAVIGATE,
    TURN: InteractionMode.TURN,
    **dict.fromkeys(DRAWING_TOOLS, InteractionMode.DRAW),
    **dict.fromkeys(CALIPER_TOOLS, InteractionMode.MEASURE),
}
_HINTS = {
    "navigate": translatable("Click into a plane to move the crosshair."),
    "foreground": translatable("Click what belongs to the {name}. With Ctrl: what does not."),
    "background": translatable("Click what does not belong to the {name}. With Ctrl: what does."),
    TURN: TURN_HINT,
    **DRAWING_HINTS,
    **CALIPER_HINTS,
}


class ViewLogic(QObject):
    """What the user does in and to the views."""

    def __init__(self, window: MainWindow, case_view: CaseView, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._case_view = case_view
        self._views = case_view.views
        self._bench = workbench
        self._session: CaseSession | None = None
        self._finding: NewestWinsRunner[Point | None] = NewestWinsRunner(
            workbench.background.pool, workbench.gui_thread.call
        )
        self._tool = "navigate"
        self._hovered_lps: Point | None = None
        self._drawing = DrawingLogic(window, case_view.views, workbench)
        self._calipers = CaliperLogic(window, case_view.views)
        self._slab = SlabLogic(window, case_view.views.state)
        self._pictures = PictureLogic(window, case_view.views, workbench.settings)
        self._compare = CompareLogic(window, case_view, workbench.settings)
        self._rendering = RenderingLogic(window, case_view.views, workbench)
        self._turning = TurningLogic(window, case_view.views)
        self._turntable = TurntableLogic(window, case_view.views, workbench)
        self._film = FilmLogic(window, case_view.views, workbench.settings)
        self._layout = LayoutLogic(window, case_view.views, workbench.settings)
        self._views.click_requested.connect(self._on_click_requested)
        self._views.click_moved.connect(workbench.segmentation.move_click)
        self._views.hovered.connect(self._on_hovered)
        self._views.state.window_level_changed.connect(self._on_window_level_changed)
        workbench.segmentation.segmented.connect(self._on_segmented)
        workbench.segmentation.found_so_far.changed.connect(self._views.show_preview)
        window.side.clicks.go_to_requested.connect(self._views.state.set_cursor)
        self._connect_actions()
        self._connect_controls()

    @property
    def widget(self) -> QWidget:
        """The four views."""
        return self._views

    @property
    def case_view(self) -> CaseView:
        """What keeps the views up to date."""
        return self._case_view

    @property
    def cursor_lps(self) -> Point:
        """Where the crosshair is."""
        return self._views.state.cursor_lps

    def show_case(self, session: CaseSession) -> None:
        """Show a case in the views."""
        is_other_ct = self._session is not None and self._session.volume is not session.volume
        self._session = session
        session.structures_changed.connect(self._show_hint)
        session.history_changed.connect(self._show_hovered)
        if is_other_ct and self._tool in DRAWING_TOOLS:
            self._window.actions_by_key["navigate"].trigger()  # the first click shall not paint
        self._case_view.show_case(session)
        self._drawing.show_case(session)
        self._slab.show_case()
        self._pictures.show_case()
        self._compare.show_case(session)
        self._rendering.show_case(session)
        self._turntable.show_case()
        self._views.take_keys()
        self._show_hint()

    def go_to(self, point_lps: Point) -> None:
        """Move the crosshair."""
        self._views.state.set_cursor(point_lps)

    def release(self) -> None:
        """Free the views' graphics memory."""
        self._pictures.release()
        self._rendering.release()
        self._turntable.release()
        self._views.release()

    def _connect_actions(self) -> None:
        actions = self._window.actions_by_key
        for key in _MODES:
            actions[key].triggered.connect(partial(self._choose_tool, key))
        actions["toggle_labels"].toggled.connect(self._on_toggle_labels)
        actions["toggle_crosshair"].toggled.connect(self._views.set_crosshair_visible)
        actions["toggle_case_name"].toggled.connect(self._on_toggle_case_name)
        actions["toggle_frames"].toggled.connect(self._views.set_planes_visible)
        actions["see_through"].toggled.connect(self._views.set_see_through)
        actions["reset_views"].triggered.connect(lambda: self._views.fit())
        actions["solo"].triggered.connect(lambda: self._show_only_active())
        actions["go_to_structure"].triggered.connect(lambda: self._go_to_structure())
        actions["full_screen"].toggled.connect(self._on_full_screen)
        actions["navigate"].setChecked(True)
        actions["toggle_labels"].setChecked(True)
        actions["toggle_crosshair"].setChecked(True)
        actions["toggle_frames"].setChecked(True)
        actions["toggle_case_name"].setChecked(self._bench.settings.settings.shows_case_name)

    def _connect_controls(self) -> None:
        settings = self._bench.settings.settings
        top, menus = self._window.top, self._window.menus
        top.preset_chosen.connect(self._choose_preset)
        menus.preset_chosen.connect(self._choose_preset)
        top.window_fields.typed.connect(self._on_window_typed)
        top.show_opacities(settings.fill_opacity, settings.outline_opacity)
        self._set_fill(settings.fill_opacity)
        self._set_outline(settings.outline_opacity)
        top.fill_opacity_changed.connect(self._set_fill)
        top.outline_opacity_changed.connect(self._set_outline)
        self._choose_preset(settings.preset)

    def _choose_tool(self, key: str, _checked: bool = True) -> None:
        self._tool = key
        self._views.set_mode(_MODES[key])
        self._drawing.choose_tool(key)
        self._calipers.choose_tool(key)
        self._show_hint()

    def _show_hint(self) -> None:
        name = tr_sentence(self._session.active.name if self._session else "structure")
        hint = tr(_HINTS[self._tool], name=name)
        self._window.side.tools.set_hint(hint)
        self._window.status.show_hint(hint)

    def _on_click_requested(self, point_lps: Point, is_foreground: bool) -> None:
        self._bench.segmentation.add_click(point_lps, is_foreground=is_foreground)

    def _on_segmented(self, name: str) -> None:
        """Go to what was found, unless the crosshair is in it already."""
        session = self._session
        if session is None or session.active.name != name:
            return
        index_kji = session.volume.geometry.nearest_index(self.cursor_lps)
        if index_kji is None or session.labels.array[index_kji] != session.active.label_value:
            self._go_to_structure()

    def _on_hovered(self, point_lps: Point | None) -> None:
        self._hovered_lps = point_lps
        self._show_hovered()

    def _show_hovered(self) -> None:
        """What lies under the pointer; also after an edit, while it rests."""
        session, point_lps = self._session, self._hovered_lps
        text = point_text(session, point_lps, tr_sentence) if session and point_lps else ""
        self._window.status.show_cursor(text)

    def _choose_preset(self, name: str) -> None:
        if name in CT_PRESETS:
            self._views.state.set_window_level(CT_PRESETS[name])
            self._on_window_level_changed(CT_PRESETS[name])
            store = self._bench.settings
            store.change(store.settings.model_copy(update={"preset": name}))

    def _on_window_typed(self, window_level: WindowLevel) -> None:
        self._views.state.set_window_level(window_level)
        self._views.take_keys()

    def _on_window_level_changed(self, window_level: WindowLevel) -> None:
        name = next((name for name, other in CT_PRESETS.items() if other == window_level), None)
        self._window.top.show_preset(name)
        self._window.top.window_fields.show_window_level(window_level)
        self._window.menus.show_preset(name)

    def _set_fill(self, share: float) -> None:
        state, store = self._views.state, self._bench.settings
        state.set_overlay(replace(state.overlay, fill_opacity=share))
        store.change(store.settings.model_copy(update={"fill_opacity": share}))

    def _set_outline(self, share: float) -> None:
        state, store = self._views.state, self._bench.settings
        state.set_overlay(replace(state.overlay, outline_opacity=share))
        store.change(store.settings.model_copy(update={"outline_opacity": share}))

    def _on_toggle_labels(self, visible: bool) -> None:
        state = self._views.state
        state.set_overlay(replace(state.overlay, is_visible=visible))

    def _on_toggle_case_name(self, visible: bool) -> None:
        self._views.set_case_name_visible(visible)
        store = self._bench.settings
        store.change(store.settings.model_copy(update={"shows_case_name": visible}))

    def _on_full_screen(self, wanted: bool) -> None:
        if wanted:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def _show_only_active(self) -> None:
        if self._session is not None:
            self._session.toggle_solo(self._session.active.name)

    def _go_to_structure(self) -> None:
        session = self._session
        if session is None:
            return
        labels, value = session.labels.array, session.active.label_value
        self._finding.submit(
            lambda _cancelled: point_inside(labels, value, session.volume.geometry),
            lambda future: self._on_found(future, session),
        )

    def _on_found(self, future: Future[Point | None], session: CaseSession) -> None:
        point_lps = result_of(future, "Looking for the structure")
        if point_lps is not None and session is self._session:
            self._views.state.set_cursor(point_lps)
