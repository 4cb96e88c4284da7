"""Connects the window with the project: open, list, choose a case, add folders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDockWidget

from app.controllers.case_opener import OpenCase
from app.gui import file_dialogs
from app.gui.add_dialog import AddDialog
from app.gui.export_dialog import ExportDialog
from app.gui.file_logic import FileLogic
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from training.cases.records import CaseStatus


class ProjectLogic(QObject):
    """What the user does with a project and its list; `ReviewLogic` has the open case."""

    def __init__(self, window: MainWindow, workbench: Workbench, files: FileLogic) -> None:
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self._bench = workbench.project
        self._projects = workbench.project.projects
        self._opener = workbench.project.opener
        self._settings = workbench.settings
        self._files = files
        self._connect_actions()
        self._connect_dock()
        self._connect_controllers()
        self._show_recent()

    def open_project(self, folder: Path) -> None:
        """Open a project in place of what is open."""
        self._files.leave_case(
            "the project is opened", lambda: self._projects.open_project(folder.resolve())
        )

    def open_case(self, case_id: int) -> None:
        """Open a case of the project in place of the open one."""
        self._files.leave_case("another case is opened", lambda: self._opener.open_case(case_id))

    def open_next(self, step: int = 1) -> None:
        """Open the next case to do, or the previous one with -1."""
        self._files.leave_case("another case is opened", lambda: self._opener.open_neighbour(step))

    def add(self, paths: tuple[Path, ...]) -> None:
        """Ask how, then add every CT below folders and files."""
        settings = self._projects.settings
        if settings is None or not paths:
            return
        if not self._projects.may_write:
            self._window.banner.show_notice("The project is read-only in this window.")
            return
        dialog = AddDialog(paths, copies=settings.copies_cts, parent=self._window)
        if dialog.exec():
            self._remember_folder(paths[0])
            self._bench.adding.add(paths, copies=dialog.copies, deidentifies=dialog.deidentifies)

    def open_named(self, path: Path) -> None:
        """Open a project or a CT, whichever lies at a path."""
        from training.cases.project import is_project  # loads SimpleITK

        if path.is_dir() and is_project(path):
            self.open_project(path)
        else:
            self._files.open_path(path)

    def open_dropped(self, path: Path) -> None:
        """Add a dropped CT to the open project; open what is a project itself, or all alone."""
        from training.cases.project import is_project

        if self._projects.project is None or (path.is_dir() and is_project(path)):
            self.open_named(path)
        else:
            self.add((path,))

    # Connections

    def _connect_actions(self) -> None:
        window, actions = self._window, self._window.actions_by_key
        handlers: dict[str, Callable[[], object]] = {
            "new_project": self._new_project,
            "open_project": self._ask_project,
            "close_project": self._close_project,
            "add_folder": self._add_folder,
            "add_files": self._add_files,
            "export": self._export,
            "find_case": window.cases.focus_search,
            "next_undone": partial(self.open_next, 1),
            "previous_undone": partial(self.open_next, -1),
        }
        for key, handler in handlers.items():
            actions[key].triggered.connect(lambda _checked=False, handler=handler: handler())
        for key, dock in (("show_cases", window.cases), ("show_review", window.review)):
            actions[key].triggered.connect(partial(self._show_dock, dock))
            dock.visibilityChanged.connect(lambda _seen: self._tick_docks())
        window.path_dropped.connect(self.open_dropped)
        window.start_page.project_requested.connect(self._open_recent)
        window.menus.recent_project_requested.connect(self._open_recent)

    def _connect_dock(self) -> None:
        dock, review = self._window.cases, self._bench.review
        dock.filters.query_changed.connect(self._projects.search)
        dock.model.thumbnails_wanted.connect(self._projects.read_thumbnails)
        dock.open_requested.connect(self.open_case)
        dock.flag_requested.connect(review.set_flagged)
        dock.reopen_requested.connect(review.reopen)
        dock.show_in_folder_requested.connect(self._show_in_folder)
        dock.relink_requested.connect(self._relink)

    def _connect_controllers(self) -> None:
        window = self._window
        self._projects.project_opened.connect(self._on_project_opened)
        self._projects.project_closed.connect(self._on_project_closed)
        self._projects.listed.connect(self._on_listed)
        self._projects.thumbnail_read.connect(window.cases.model.set_thumbnail)
        self._opener.case_opened.connect(self._on_case_opened)
        self._opener.all_done.connect(
            lambda: window.banner.show_done("No case is left to do in this list.")
        )
        self._workbench.cases.case_closed.connect(self._on_case_closed)
        self._bench.adding.finished.connect(self._on_added)
        self._bench.exporting.finished.connect(self._on_exported)
        self._workbench.activities.changed.connect(self._show_page)
        bench = self._bench
        for controller in (self._projects, self._opener, bench.adding, bench.exporting):
            controller.failed.connect(window.banner.show_error)

    # Projects

    def _new_project(self) -> None:
        folder = file_dialogs.ask_new_project(self._window, self._last_folder())
        if folder is not None:
            self._files.leave_case(
                "the project is made", lambda: self._projects.create_project(folder)
            )

    def _ask_project(self) -> None:
        folder = file_dialogs.ask_project(self._window, self._last_folder())
        if folder is not None:
            self.open_project(folder)

    def _open_recent(self, folder: Path) -> None:
        """Open a recent project; one that is gone leaves the list, and opening it says so."""
        if not folder.exists():
            settings = self._settings.settings
            self._settings.change(settings.without_recent_project(folder))
            self._show_recent()
        self.open_project(folder)

    def _close_project(self) -> None:
        self._files.leave_case("the project is closed", self._projects.close_project)

    def _on_project_opened(self) -> None:
        project, settings = self._projects.project, self._projects.settings
        if project is None or settings is None:
            return
        window, may_write = self._window, self._projects.may_write
        self._settings.change(self._settings.settings.with_recent_project(project.folder))
        self._settings.save()
        self._show_recent()
        window.cases.show_project(settings.name, may_write=may_write)
        window.review.show()
        window.cases.show()
        window.cases.raise_()
        if project.read_only_reason:
            window.notice_bar.show_notice("lock-outline", project.read_only_reason)
        if self._workbench.cases.session is None:
            window.show_project_page()
        window.setWindowTitle(f"{settings.name} — Maskwright")

    def _on_project_closed(self) -> None:
        window, session = self._window, self._workbench.cases.session
        window.cases.hide()
        window.review.hide()
        window.review_bar.hide()
        window.notice_bar.clear()
        if session is not None and session.case_id is not None:
            self._workbench.cases.close()
        elif session is None:
            window.show_start_page()

    def _on_case_closed(self) -> None:
        self._workbench.segmentation.close_case()
        self._window.setWindowTitle("Maskwright")
        if self._projects.project is None:
            self._window.show_start_page()
        else:
            self._window.show_project_page()

    # The list

    def _on_listed(self) -> None:
        self._window.cases.show_listing(self._projects.listing, self._projects.open_case_id)
        self._show_page()

    def _show_page(self) -> None:
        listing, settings = self._projects.listing, self._projects.settings
        if settings is not None:
            activity = self._workbench.activities.current
            self._window.project_page.show_project(
                settings.name,
                listing.case_count,
                listing.undone_count,
                activity.text if activity else "",
            )

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
        path = ask(self._window, self._last_folder())
        if path is not None:
            self._opener.relink(case_id, path)

    # Adding

    def _add_folder(self) -> None:
        folder = file_dialogs.ask_folder_to_add(self._window, self._last_folder())
        if folder is not None:
            self.add((folder,))

    def _add_files(self) -> None:
        self.add(file_dialogs.ask_files_to_add(self._window, self._last_folder()))

    def _on_added(self, sentence: str) -> None:
        report = self._bench.adding.report
        if report is None:
            return
        problems = [f"{problem.name}: {problem.sentence}" for problem in report.problems]
        warnings = [f"{warning.name}: {warning.sentence}" for warning in report.warnings]
        self._window.cases.problems.show_problems(sentence, (*problems, *warnings))
        if report.problems:
            self._window.banner.show_notice(f"{sentence} The list of cases says why.")
        else:
            self._window.banner.show_done(sentence)

    # Export

    def _export(self) -> None:
        """Keep what is unsaved, so that it is exported too, then ask and write."""
        record = self._opener.record
        session = self._workbench.cases.session
        why_not_save = self._bench.versions.why_not_save
        if record is not None and session is not None and session.is_modified:
            if why_not_save is None:
                self._bench.versions.save(self._ask_export)
                return
            self._window.banner.show_notice(f"Unsaved changes are not exported. {why_not_save}")
        self._ask_export()

    def _ask_export(self) -> None:
        project = self._projects.project
        if project is None:
            return
        record = self._opener.record
        approved = self._projects.listing.count_of(CaseStatus.APPROVED)
        folder = Path(self._last_folder()) / f"{project.folder.name} export"
        dialog = ExportDialog(
            record if record is not None and record.version_count else None,
            approved,
            folder,
            self._window,
        )
        if dialog.exec():
            self._bench.exporting.export(dialog.request)

    def _on_exported(self, sentence: str, lines: tuple[str, ...]) -> None:
        if lines:
            self._window.cases.problems.show_problems(sentence, lines)
            self._window.banner.show_notice(f"{sentence} The list of cases says why.")
        else:
            self._window.banner.show_done(sentence)

    # Small things

    def _show_dock(self, dock: QDockWidget, wanted: bool) -> None:
        """Show a dock, or bring it to the front where another one hides it, or hide it."""
        dock.setVisible(wanted)
        if wanted:
            dock.raise_()

    def _tick_docks(self) -> None:
        for key, dock in (("show_cases", self._window.cases), ("show_review", self._window.review)):
            is_seen = dock.isVisible() and not dock.visibleRegion().isEmpty()
            self._window.actions_by_key[key].setChecked(is_seen)

    def _remember_folder(self, path: Path) -> None:
        settings = self._settings.settings
        self._settings.change(settings.model_copy(update={"last_folder": str(path.parent)}))

    def _last_folder(self) -> str:
        return self._settings.settings.last_folder or str(Path.home())

    def _show_recent(self) -> None:
        folders = tuple(Path(text) for text in self._settings.settings.recent_projects)
        self._window.start_page.show_recent_projects(folders)
        self._window.menus.show_recent_projects(folders)
