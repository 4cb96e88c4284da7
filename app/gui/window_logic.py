"""Connects the window with the controllers: what each action does, what each event shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QMessageBox

from app.controllers.case_session import CaseSession
from app.gui import file_dialogs
from app.gui.about_dialog import AboutDialog
from app.gui.main_window import MainWindow
from app.gui.series_dialog import SeriesDialog
from app.gui.shortcuts_dialog import ShortcutsDialog
from app.gui.workbench import Workbench
from imaging.errors import MaskwrightError
from imaging.readers.series_info import SeriesInfo

if TYPE_CHECKING:
    from app.gui.view_logic import ViewLogic


class WindowLogic(QObject):
    """Files, edits, segmentation and closing; `ViewLogic` has what concerns the views."""

    case_shown = Signal()
    """A case is open and its views were asked to draw it."""

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self.views: ViewLogic | None = None
        self.workbench = workbench
        self._window = window
        self._saved_path: Path | None = None
        self._closes_when_saved = False
        self._connect_actions()
        self._connect_controllers()
        self._window.painted_first.connect(self._load_views)
        self._window.path_dropped.connect(self.open_path)
        self._window.start_page.recent_requested.connect(self.open_path)
        self._window.menus.recent_requested.connect(self.open_path)
        self._window.close_requested.connect(self._on_close_requested)
        self._window.digit_pressed.connect(self._on_digit)
        self._window.side.clicks.delete_requested.connect(workbench.editing.delete_click)
        self._show_recent()
        self._update_actions()

    # Files

    def open_path(self, path: Path) -> None:
        """Open a CT, after asking about unsaved changes."""
        if self._may_replace_case("another CT is opened"):
            self.workbench.cases.open_path(path.absolute())

    def open_sample(self) -> None:
        """Open the sample case, after asking about unsaved changes."""
        if self._may_replace_case("the sample case is opened"):
            self.workbench.cases.open_sample()

    def prepare_views(self) -> ViewLogic:
        """Make the four views; a good thing to do while a file is read."""
        if self.views is None:
            # VTK and scipy take a second to load, which the first picture need not wait for.
            from app.gui.case_view import CaseView
            from app.gui.view_logic import ViewLogic
            from viewer.widgets.quad_view import QuadView

            bench = self.workbench
            case_view = CaseView(QuadView(), bench.background.pool, bench.gui_thread.call)
            self.views = ViewLogic(self._window, case_view, bench)
            bench.segmentation.after_picture = case_view.after_picture
        return self.views

    def _load_views(self) -> None:
        """Load the modules of the views on the pool, while the user looks at the start page."""
        self.workbench.background.pool.submit(import_module, "app.gui.view_logic")

    def _open_ct(self) -> None:
        path = file_dialogs.ask_ct_file(self._window, self._last_folder())
        if path is not None:
            self.open_path(path)

    def _open_folder(self) -> None:
        path = file_dialogs.ask_dicom_folder(self._window, self._last_folder())
        if path is not None:
            self.open_path(path)

    def _open_labels(self) -> None:
        if not self._may_replace_case("a label file replaces the mask"):
            return
        path = file_dialogs.ask_label_file(self._window, self._last_folder())
        if path is not None:
            self.workbench.cases.open_labels(path)

    def _save(self) -> None:
        if self._saved_path is None:
            self._save_as()
        else:
            self.workbench.cases.save_labels(self._saved_path)

    def _save_as(self) -> None:
        session = self.workbench.cases.session
        if session is None:
            return
        folder = session.path.parent if session.path else Path(self._last_folder())
        name = session.volume.name.removesuffix(".gz").removesuffix(".nii")
        proposal = self._saved_path or folder / f"{name}_mask.nii.gz"
        path = file_dialogs.ask_where_to_save(self._window, proposal)
        if path is None:
            self._closes_when_saved = False
        else:
            self.workbench.cases.save_labels(path)

    def _may_replace_case(self, what: str) -> bool:
        session = self.workbench.cases.session
        if session is None or not session.is_modified:
            return True
        answer = file_dialogs.ask_about_unsaved(self._window, what)
        if answer == QMessageBox.StandardButton.Save:
            self._save()
        return answer == QMessageBox.StandardButton.Discard

    def _last_folder(self) -> str:
        return self.workbench.settings.settings.last_folder or str(Path.home())

    def _show_recent(self) -> None:
        paths = tuple(Path(text) for text in self.workbench.settings.settings.recent_files)
        self._window.start_page.show_recent(paths)
        self._window.menus.show_recent(paths)

    # What the controllers say

    def _on_case_opened(self, session: CaseSession) -> None:
        bench = self.workbench
        if session.path is not None:
            bench.settings.change(bench.settings.settings.with_recent(session.path))
            bench.settings.save()
            self._show_recent()
        self._saved_path = None
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
        self._window.banner.hide()
        self._window.show_views(views.widget)
        views.show_case(session)
        self._update_actions()
        self.case_shown.emit()

    def _on_series_wanted(self, path: Path, series: tuple[SeriesInfo, ...]) -> None:
        dialog = SeriesDialog(series, self._window)
        if dialog.exec() and dialog.series_uid is not None:
            self.workbench.cases.open_path(path, dialog.series_uid)

    def _on_labels_saved(self, path: Path) -> None:
        self._saved_path = path
        self._window.banner.show_done(f"Saved to {path}, and checked by reading it back.")
        if self._closes_when_saved:
            self._window.close()

    def _on_failed(self, sentence: str) -> None:
        self._closes_when_saved = False
        self._window.banner.show_error(sentence)

    def _on_segmentation_changed(self) -> None:
        segmentation = self.workbench.segmentation
        self._window.status.show_engine(segmentation.engine)
        self._window.status.show_latency(segmentation.latency)
        self._update_actions()

    def _on_digit(self, digit: int) -> None:
        session = self.workbench.cases.session
        if session is not None and digit <= len(session.structures):
            session.activate(session.structures[digit - 1].name)

    def _activate_neighbour(self, step: int) -> None:
        session = self.workbench.cases.session
        if session is not None:
            names = [structure.name for structure in session.structures]
            session.activate(names[(names.index(session.active.name) + step) % len(names)])

    # Actions

    def _connect_actions(self) -> None:
        editing, segmentation = self.workbench.editing, self.workbench.segmentation
        handlers: dict[str, Callable[[], object]] = {
            "open_ct": self._open_ct,
            "open_folder": self._open_folder,
            "open_sample": self.open_sample,
            "open_labels": self._open_labels,
            "save": self._save,
            "save_as": self._save_as,
            "quit": self._window.close,
            "undo": editing.undo,
            "redo": editing.redo,
            "delete_last_click": editing.delete_last_click,
            "clear_clicks": editing.clear_clicks,
            "clear_structure": editing.clear_structure,
            "segment": segmentation.segment_active,
            "next_structure": partial(self._activate_neighbour, 1),
            "previous_structure": partial(self._activate_neighbour, -1),
            "shortcuts": lambda: ShortcutsDialog(self._window).exec(),
            "open_logs": self._open_logs,
            "about": self._show_about,
        }
        for key, handler in handlers.items():
            self._window.actions_by_key[key].triggered.connect(_without_arguments(handler))

    def _connect_controllers(self) -> None:
        cases, segmentation = self.workbench.cases, self.workbench.segmentation
        cases.case_opened.connect(self._on_case_opened)
        cases.series_wanted.connect(self._on_series_wanted)
        cases.labels_saved.connect(self._on_labels_saved)
        cases.failed.connect(self._on_failed)
        segmentation.failed.connect(self._on_failed)
        segmentation.noticed.connect(self._window.banner.show_notice)
        segmentation.state_changed.connect(self._on_segmentation_changed)
        self.workbench.activities.changed.connect(self._update_actions)

    def _update_actions(self) -> None:
        """Enable what is possible now; what is not says why in its tooltip."""
        actions = self._window.actions_by_key
        session = self.workbench.cases.session
        if session is None:
            for key in _NEEDS_CASE:
                actions.set_possible(key, False, "Open a CT first.")
            return
        for key in _NEEDS_CASE:
            actions.set_possible(key, True)
        is_saving = self.workbench.cases.is_saving
        for key in ("save", "save_as"):
            actions.set_possible(key, not is_saving, "The mask is being saved.")
        segmentation = self.workbench.segmentation
        can_undo = session.undo_name is not None or segmentation.is_answering
        actions["undo"].setText(f"Undo {session.undo_name}" if session.undo_name else "Undo")
        actions["redo"].setText(f"Redo {session.redo_name}" if session.redo_name else "Redo")
        actions.set_possible("undo", can_undo, "Nothing was changed yet.")
        actions.set_possible("redo", session.redo_name is not None, "Nothing was undone.")
        name = session.active.name
        has_clicks = bool(session.clicks.of(name))
        for key in ("delete_last_click", "clear_clicks"):
            actions.set_possible(key, has_clicks, f"There are no clicks on the {name}.")
        is_empty = not session.volume_ml(name)
        actions.set_possible(
            "clear_structure", has_clicks or not is_empty, f"The {name} is empty already."
        )
        actions.set_possible("go_to_structure", not is_empty, f"The {name} is empty.")
        why_not = segmentation.why_not_automatic()
        actions["segment"].setText(f"Segment {name}")
        actions.set_possible("segment", why_not is None, why_not or "")
        no_clicks = segmentation.why_no_clicks()
        for key in ("foreground", "background"):
            actions.set_possible(key, no_clicks is None, no_clicks or "")
        self._window.show_title(session.volume.name, is_modified=session.is_modified)
        self._window.side.case.show_modified(session)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.workbench.logs)))

    def _show_about(self) -> None:
        model = self.workbench.model
        engine = self.workbench.segmentation.engine
        AboutDialog(engine, f"{model.title} {model.version}", self._window).exec()

    # Closing

    def _on_close_requested(self, event: QCloseEvent) -> None:
        session = self.workbench.cases.session
        if session is not None and session.is_modified:
            answer = file_dialogs.ask_about_unsaved(self._window, "closing")
            if answer == QMessageBox.StandardButton.Cancel:
                event.ignore()
                return
            if answer == QMessageBox.StandardButton.Save:
                self._closes_when_saved = True
                self._save()
                event.ignore()
                return
        self.workbench.segmentation.close_case()
        self.workbench.cases.cancel_opening()
        self.workbench.settings.save()
        if self.views is not None:
            self.views.release()
        event.accept()


_NEEDS_CASE = (
    "open_labels",
    "save",
    "save_as",
    "undo",
    "redo",
    "delete_last_click",
    "clear_clicks",
    "clear_structure",
    "navigate",
    "foreground",
    "background",
    "segment",
    "toggle_labels",
    "next_structure",
    "previous_structure",
    "go_to_structure",
    "reset_views",
    "layout_four",
    "layout_axial",
    "layout_coronal",
    "layout_sagittal",
    "layout_volume",
)


def _without_arguments(handler: Callable[[], object]) -> Callable[[bool], None]:
    """Qt passes whether the action is checked, which nobody here asks."""

    def slot(_checked: bool = False) -> None:
        handler()

    return slot
