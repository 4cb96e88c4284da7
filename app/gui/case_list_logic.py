"""Connects the list of cases with the project: search, choose, next to do, moved CTs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from app.controllers.case_opener import OpenCase
from app.gui import file_dialogs
from app.gui.file_logic import FileLogic
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from viewer.widgets.translation import tr


class CaseListLogic(QObject):
    """What the user does with the cases in the list."""

    def __init__(self, window: MainWindow, workbench: Workbench, files: FileLogic) -> None:
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self._projects = workbench.project.projects
        self._opener = workbench.project.opener
        self._review = workbench.project.review
        self._files = files
        self._connect_actions()
        self._connect_dock()
        self._connect_controllers()

    def open_case(self, case_id: int) -> None:
        """Open a case of the project in place of the open one."""
        self._files.leave_case(lambda: self._opener.open_case(case_id))

    def open_next(self, step: int = 1) -> None:
        """Open the next case to do, or the previous one with -1."""
        self._files.leave_case(lambda: self._opener.open_neighbour(step))

    # Connections

    def _connect_actions(self) -> None:
        handlers: dict[str, Callable[[], object]] = {
            "find_case": self._window.cases.focus_search,
            "next_undone": partial(self.open_next, 1),
            "previous_undone": partial(self.open_next, -1),
        }
        for key, handler in handlers.items():
            action = self._window.actions_by_key[key]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())

    def _connect_dock(self) -> None:
        dock, review = self._window.cases, self._review
        dock.filters.query_changed.connect(self._projects.search)
        dock.model.thumbnails_wanted.connect(self._projects.read_thumbnails)
        dock.open_requested.connect(self.open_case)
        dock.flag_requested.connect(review.set_flagged)
        dock.reopen_requested.connect(review.reopen)
        dock.show_in_folder_requested.connect(self._show_in_folder)
        dock.relink_requested.connect(self._relink)

    def _connect_controllers(self) -> None:
        window = self._window
        self._projects.listed.connect(self._on_listed)
        self._projects.thumbnail_read.connect(window.cases.model.set_thumbnail)
        self._opener.case_opened.connect(self._on_case_opened)
        self._opener.failed.connect(window.banner.show_error)
        self._opener.all_done.connect(
            lambda: window.banner.show_done(tr("No case is left to do in this list."))
        )

    # What happens

    def _on_listed(self) -> None:
        self._window.cases.show_listing(self._projects.listing, self._projects.open_case_id)

    def _on_case_opened(self, _opened: OpenCase) -> None:
        self._on_listed()

    def _show_in_folder(self, case_id: int) -> None:
        record = self._projects.record_of(case_id)
        if record is not None:
            path = record.source.path
            folder = path if path.is_dir() else path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _relink(self, case_id: int) -> None:
        record = self._projects.record_of(case_id)
        if record is None:
            return
        ask = (
            file_dialogs.ask_dicom_folder if record.source.series_uid else file_dialogs.ask_ct_file
        )
        folder = self._workbench.settings.settings.last_folder or str(Path.home())
        path = ask(self._window, folder)
        if path is not None:
            self._opener.relink(case_id, path)
