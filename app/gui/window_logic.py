"""Connects the window with the controllers: what each action does, what each event shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCloseEvent

from app.controllers.case_session import CaseSession
from app.controllers.doubt_controller import DoubtController
from app.gui.case_list_logic import CaseListLogic
from app.gui.exchange_logic import ExchangeLogic
from app.gui.file_logic import FileLogic
from app.gui.help_logic import HelpLogic
from app.gui.language_logic import LanguageLogic
from app.gui.main_window import MainWindow
from app.gui.models_logic import ModelsLogic
from app.gui.possible_actions import show_what_is_possible
from app.gui.project_logic import ProjectLogic
from app.gui.recovery_logic import RecoveryLogic
from app.gui.replay_logic import ReplayLogic
from app.gui.review_logic import ReviewLogic
from app.gui.training_logic import TrainingLogic
from app.gui.workbench import Workbench
from imaging.errors import MaskwrightError

if TYPE_CHECKING:
    from app.gui.measures_logic import MeasuresLogic
    from app.gui.tool_memory import ToolMemory
    from app.gui.view_logic import ViewLogic


class WindowLogic(QObject):
    """Cases, edits, help and closing; `FileLogic` has the files, `ViewLogic` the views."""

    case_shown = Signal()
    """A case is open and its views were asked to draw it."""

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self.views: ViewLogic | None = None
        self.measures: MeasuresLogic | None = None
        self.tool_memory: ToolMemory | None = None
        self._is_closing = False
        self.workbench = workbench
        self.files = FileLogic(window, workbench)
        self.exchange = ExchangeLogic(window, workbench)
        self.project = ProjectLogic(window, workbench, self.files, self.exchange)
        self.case_list = CaseListLogic(window, workbench, self.files)
        self.review = ReviewLogic(window, workbench, lambda: self.views, self.case_list.open_next)
        self.replay = ReplayLogic(window, workbench, lambda: self.views)
        self.models = ModelsLogic(window, workbench, workbench.models)
        self.training = TrainingLogic(window, workbench.training, workbench.takeover)
        self.recovery = RecoveryLogic(window, workbench, self.files)
        self.language = LanguageLogic(window, workbench.settings)
        self.help = HelpLogic(window, workbench, lambda: self.views)
        self._window = window
        self._doubts = DoubtController(
            lambda: workbench.cases.session, workbench.background.pool, workbench.gui_thread.call
        )
        self._connect_actions()
        self._connect_controllers()
        window.path_dropped.connect(self._on_dropped)
        window.several_dropped.connect(self.project.add_dropped)
        self._window.painted_first.connect(self._load_views)
        self._window.close_requested.connect(self._on_close_requested)
        self._window.digit_pressed.connect(self._on_digit)
        self._window.side.clicks.delete_requested.connect(workbench.editing.delete_click)
        self._update_actions()
        self._show_model()
        window.arrangement.restore_geometry(workbench.settings.settings.window_geometry)

    def prepare_views(self) -> ViewLogic:
        """Make the four views; a good thing to do while a file is read."""
        if self.views is None:
            # VTK and scipy take a second to load, which the first picture need not wait for.
            from app.gui.case_view import CaseView
            from app.gui.measures_logic import MeasuresLogic
            from app.gui.tool_memory import ToolMemory
            from app.gui.view_logic import ViewLogic
            from viewer.widgets.quad_view import QuadView

            bench = self.workbench
            case_view = CaseView(QuadView(), bench.background.pool, bench.gui_thread.call)
            self.views = ViewLogic(self._window, case_view, bench)
            self.measures = MeasuresLogic(self._window, bench)
            self.tool_memory = ToolMemory(self._window, bench.settings, bench.tools.drawing)
            bench.segmentation.after_picture = case_view.after_picture
        return self.views

    def _load_views(self) -> None:
        """Load the modules of the views on the pool, while the user looks at the start page."""
        self.workbench.background.pool.submit(import_module, "app.gui.view_logic")
        if self.workbench.project.projects.project is None:
            self.workbench.project.recovery.find()

    # What the controllers say

    def _on_case_opened(self, session: CaseSession) -> None:
        bench = self.workbench
        self.files.on_case_opened(session)
        session.structures_changed.connect(self._update_actions)
        session.clicks_changed.connect(self._update_actions)
        session.history_changed.connect(self._update_actions)
        try:
            views = self.prepare_views()
        except MaskwrightError as error:  # no OpenGL
            self._window.banner.show_error(str(error))
            return
        bench.segmentation.open_case(session, bench.model, bench.make_predictor)
        self._window.side.show_case(session)
        self._window.banner.leave_case()
        self._window.show_views(views.widget)
        if session.volume.warnings:
            self._window.banner.show_remarks(f"{session.volume.name}:", session.volume.warnings)
        views.show_case(session)
        if self.measures is not None:
            self.measures.show_case(session)
        self._update_actions()
        self.case_shown.emit()

    def _on_segmentation_changed(self) -> None:
        segmentation = self.workbench.segmentation
        reasons = self.workbench.why_this_engine() if segmentation.engine else ()
        self._window.status.show_engine(segmentation.engine, reasons)
        self._window.status.show_latency(segmentation.latency)
        self._update_actions()

    def _show_model(self) -> None:
        self._window.status.show_model(self.workbench.model)

    def _on_digit(self, digit: int) -> None:
        session = self.workbench.cases.session
        if session is not None and digit <= len(session.structures):
            session.activate(session.structures[digit - 1].name)

    def _activate_neighbour(self, step: int) -> None:
        session = self.workbench.cases.session
        if session is not None:
            names = [structure.name for structure in session.structures]
            session.activate(names[(names.index(session.active.name) + step) % len(names)])

    def _on_dropped(self, path: Path) -> None:
        if not self.models.import_dropped(path):
            self.project.open_dropped(path)

    # Actions

    def _connect_actions(self) -> None:
        editing, segmentation = self.workbench.editing, self.workbench.segmentation
        handlers: dict[str, Callable[[], object]] = {
            "quit": self._window.close,
            "undo": editing.undo,
            "redo": editing.redo,
            "delete_last_click": editing.delete_last_click,
            "clear_clicks": editing.clear_clicks,
            "clear_structure": editing.clear_structure,
            "segment": segmentation.segment_active,
            "next_structure": partial(self._activate_neighbour, 1),
            "previous_structure": partial(self._activate_neighbour, -1),
            "reset_layout": self._reset_layout,
        }
        for key, handler in handlers.items():
            self._window.actions_by_key[key].triggered.connect(_without_arguments(handler))

    def _connect_controllers(self) -> None:
        cases, segmentation = self.workbench.cases, self.workbench.segmentation
        cases.case_opened.connect(self._on_case_opened)
        self.workbench.in_use.changed.connect(self._show_model)
        segmentation.failed.connect(self._window.banner.show_error)
        segmentation.noticed.connect(self._window.banner.show_notice)
        segmentation.segmented.connect(self._doubts.look)
        self._doubts.noticed.connect(self._window.banner.show_notice)
        segmentation.state_changed.connect(self._on_segmentation_changed)
        self.workbench.activities.changed.connect(self._update_actions)
        self.workbench.activities.changed.connect(self._show_activity)

    def _update_actions(self) -> None:
        bench = self.workbench
        session = bench.cases.session
        show_what_is_possible(
            self._window.actions_by_key,
            session,
            bench.segmentation,
            is_saving=bench.cases.is_saving,
        )
        if session is not None:
            self._window.show_title(session.volume.name, is_modified=session.is_modified)
            self._window.side.case.show_modified(session)

    def _show_activity(self) -> None:
        activity = self.workbench.activities.current
        self._window.start_page.show_activity(activity.text if activity else "")

    def _reset_layout(self) -> None:
        has_project = self.workbench.project.projects.project is not None
        self._window.arrangement.reset(shows_docks=has_project)
        self._window.actions_by_key["layout_four"].trigger()

    # Closing

    def _keep_settings(self) -> None:
        store = self.workbench.settings
        geometry = self._window.arrangement.geometry_text
        store.change(store.settings.model_copy(update={"window_geometry": geometry}))
        store.save()

    def _on_close_requested(self, event: QCloseEvent) -> None:
        if not (self._is_closing or self.files.may_close()):
            event.ignore()
            return
        if self.workbench.project.jobs.is_busy:
            event.ignore()
            self._close_after_jobs()
            return
        self.workbench.segmentation.close_case()
        self.workbench.cases.cancel_opening()
        self.workbench.project.close()
        self._keep_settings()
        if self.views is not None:
            self.views.release()
        event.accept()

    def _close_after_jobs(self) -> None:
        """Nothing more can be done but to wait; the status bar says for what."""
        if not self._is_closing:
            self._is_closing = True
            self._window.setEnabled(False)
            self.workbench.project.jobs.stop(self._window.close)


def _without_arguments(handler: Callable[[], object]) -> Callable[[bool], None]:
    """Qt passes whether the action is checked, which nobody here asks."""

    def slot(_checked: bool = False) -> None:
        handler()

    return slot
