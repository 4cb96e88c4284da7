"""Connects pen, tool options and views with the controllers that edit by hand."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawnSlice
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.controllers.refining_controller import RefiningRequest
from app.gui.main_window import MainWindow
from app.gui.tool_actions import REFINE_PREFIX, TOOL_ACTIONS
from app.gui.workbench import Workbench
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.view_state import Point
from viewer.widgets.draw_cursor import DrawCursor
from viewer.widgets.quad_view import QuadView
from viewer.widgets.translation import tr, tr_sentence, translatable

DRAWING_TOOLS = {tool.value: tool for tool in DrawingTool}
REFINE = "refine"

HINTS = {
    "brush": translatable(
        "Paint the {name}. Ctrl erases, Shift+wheel changes the size, Esc gives up."
    ),
    "eraser": translatable(
        "Erase the {name}. Ctrl paints, Shift+wheel changes the size, Esc gives up."
    ),
    "lasso": translatable("Draw around what belongs to the {name}. Ctrl cuts, Esc gives up."),
    "cut": translatable("Draw around what does not belong to the {name}. Ctrl adds, Esc gives up."),
    "fill": translatable("Click into a closed outline of the {name} to fill it."),
    "refine": translatable("Choose what to do with the {name} below. Clicks move the crosshair."),
}


class DrawingLogic(QObject):
    """What the user does with the tools."""

    def __init__(self, window: MainWindow, views: QuadView, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._views = views
        self._tools = workbench.tools
        self._session: CaseSession | None = None
        self._tool: str | None = None
        self._plane = Plane.AXIAL
        self._connect_views()
        self._connect_panels()
        self._connect_actions()

    def show_case(self, session: CaseSession) -> None:
        """Follow another case."""
        if self._session is not None:
            self._session.structures_changed.disconnect(self._on_structures_changed)
            self._session.step_taken.disconnect(self._tools.refining.drop_preview)
        self._tools.forget_case()
        self._session = session
        session.structures_changed.connect(self._on_structures_changed)
        session.step_taken.connect(self._tools.refining.drop_preview)
        self._on_structures_changed()

    def choose_tool(self, key: str) -> None:
        """A tool of the window was chosen, perhaps none of these."""
        if key != REFINE:
            self._tools.refining.drop_preview()
        self._tool = key
        tool, side = DRAWING_TOOLS.get(key), self._window.side
        if tool is not None or key == REFINE:
            side.show_tool_options(self._window.actions_by_key[key].text(), tool)
        else:
            side.hide_tool_options()
        self._show_cursor()

    def _connect_views(self) -> None:
        drawing, views = self._tools.drawing, self._views
        views.stroke_began.connect(self._on_stroke_began)
        views.stroke_moved.connect(drawing.move)
        views.stroke_ended.connect(drawing.end)
        views.stroke_cancelled.connect(drawing.cancel)
        views.size_requested.connect(drawing.resize)
        for controller in (drawing, self._tools.refining):
            controller.preview_changed.connect(views.show_preview)
            controller.noticed.connect(self._window.banner.show_notice)
        self._tools.refining.failed.connect(self._window.banner.show_error)
        for plane, widget in views.slice_widgets.items():
            widget.hovered.connect(partial(self._on_hovered, plane))

    def _connect_panels(self) -> None:
        form, refine = self._window.side.tool_options.drawing, self._window.side.tool_options.refine
        drawing = self._tools.drawing
        form.show_options(drawing.options)
        form.options_changed.connect(drawing.set_options)
        drawing.options_changed.connect(self._on_options_changed)
        refine.preview_requested.connect(lambda: self._refine(is_preview=True))
        refine.apply_requested.connect(lambda: self._refine(is_preview=False))
        refine.changed.connect(self._on_refine_changed)
        self._tools.refining.state_changed.connect(self._show_refine_state)

    def _connect_actions(self) -> None:
        actions = self._window.actions_by_key
        drawing = self._tools.drawing
        actions["larger_brush"].triggered.connect(lambda: drawing.resize(1.0))
        actions["smaller_brush"].triggered.connect(lambda: drawing.resize(-1.0))
        for spec in TOOL_ACTIONS:
            if spec.key.startswith(REFINE_PREFIX):
                key = spec.key.removeprefix(REFINE_PREFIX)
                actions[spec.key].triggered.connect(partial(self._on_refinement_chosen, key))

    def _on_stroke_began(self, plane: Plane, point_lps: Point, is_inverted: bool) -> None:
        scene = self._views.slice_scenes[plane]
        tool = DRAWING_TOOLS.get(self._tool or "")
        if tool is None or scene.frame is None:
            return
        number = scene.slice_index + 1
        # Part of the step's name, which the journal keeps: English, like all that is kept.
        title = f"slice {number}" if plane is Plane.AXIAL else f"{plane.value} slice {number}"
        place = DrawnSlice(scene.frame.slice_axis, title)
        self._tools.drawing.begin(tool.opposite if is_inverted else tool, point_lps, place)

    def _on_hovered(self, plane: Plane, point_lps: Point | None) -> None:
        if point_lps is not None:
            self._plane = plane

    def _on_options_changed(self, options: DrawingOptions) -> None:
        self._window.side.tool_options.drawing.show_options(options)
        self._tools.refining.drop_preview()
        self._show_cursor()

    def _on_structures_changed(self) -> None:
        if self._session is not None:
            self._window.side.tool_options.drawing.show_structures(self._session)
            self._window.side.tool_options.refine.show_case(self._session)
        self._show_cursor()
        self._show_refine_state()

    def _show_cursor(self) -> None:
        tool = DRAWING_TOOLS.get(self._tool or "")
        if tool is None or self._session is None:
            self._views.set_draw_cursor(None)
            return
        radius_mm = self._tools.drawing.options.brush.radius_mm if tool.is_brush else None
        self._views.set_draw_cursor(
            DrawCursor(
                self._session.active.color_rgb,
                radius_mm,
                has_line=tool.is_line,
                takes_away=tool.takes_away,
            )
        )

    # The whole mask's tools

    def _on_refinement_chosen(self, key: str, _checked: bool = False) -> None:
        """Run a tool that asks nothing; show what another one asks."""
        refine = self._window.side.tool_options.refine
        refine.choose(key)
        if refine.refinement.asks_something:
            self._window.actions_by_key[REFINE].trigger()
        else:
            self._refine(is_preview=False)

    def _on_refine_changed(self) -> None:
        self._tools.refining.drop_preview()
        self._show_refine_state()

    def _refine(self, *, is_preview: bool) -> None:
        refine = self._window.side.tool_options.refine
        maximised = self._views.maximised
        plane = maximised if isinstance(maximised, Plane) else self._plane
        if self._session is None:
            return
        frame = SliceFrame.of(plane, self._session.volume.geometry)  # also of an oblique plane
        request = RefiningRequest(
            refine.refinement,
            refine.numbers,
            refine.other,
            self._views.state.cursor_lps,
            frame.slice_axis,
            frame.is_slice_forward,
        )
        refining = self._tools.refining
        (refining.preview if is_preview else refining.apply)(request)

    def _show_refine_state(self) -> None:
        refine, session = self._window.side.tool_options.refine, self._session
        why_not = None
        if session is None:
            why_not = tr("Open a CT first.")
        elif refine.refinement.needs_mask and not session.volume_ml(session.active.name):
            why_not = tr(
                "The {name} is empty: draw or segment it first.",
                name=tr_sentence(session.active.name),
            )
        refine.show_state(
            is_busy=self._tools.refining.is_busy,
            has_preview=self._tools.refining.has_preview,
            why_not=why_not,
        )
