"""Connects the window with the project: new, open, close, settings, recent ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget

from app.gui import file_dialogs
from app.gui.exchange_logic import ExchangeLogic
from app.gui.file_logic import FileLogic
from app.gui.main_window import MainWindow
from app.gui.project_settings_dialog import ProjectSettingsDialog
from app.gui.workbench import Workbench
from viewer.widgets.translation import tr, tr_sentence

if TYPE_CHECKING:
    from training.cases.splits import SplitReport


class ProjectLogic(QObject):
    """What the user does with a project; `CaseListLogic` has its list, `ReviewLogic` the case."""

    def __init__(
        self, window: MainWindow, workbench: Workbench, files: FileLogic, exchange: ExchangeLogic
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self._projects = workbench.project.projects
        self._settings = workbench.settings
        self._files = files
        self._exchange = exchange
        self._to_add: Path | None = None
        """A data set that was dropped before there was a project."""
        self._connect_actions()
        self._connect_controllers()
        self._show_recent()

    def open_project(self, folder: Path) -> None:
        """Open a project in place of what is open."""
        self._files.leave_case(lambda: self._projects.open_project(folder.resolve()))

    def open_named(self, path: Path) -> None:
        """Open a project or a CT, whichever lies at a path."""
        from training.cases.project import is_project  # loads SimpleITK

        if path.is_dir() and is_project(path):
            self.open_project(path)
        else:
            self._files.open_path(path)

    def open_dropped(self, path: Path) -> None:
        """Add a dropped CT to the open project; open what is a project itself, or all alone.

        A mask of the open case is offered as its label file.
        """
        from training.cases.data_set_offer import may_be_data_set
        from training.cases.project import is_project

        if path.is_dir() and is_project(path):
            self.open_project(path)
        elif self._projects.project is not None and path.is_file():
            self._take_mask_or_add(path)
        elif self._projects.project is not None:
            self._exchange.add((path,))
        elif may_be_data_set(path):
            self._offer_project_for(path)
        else:
            self._files.open_path(path)

    def add_dropped(self, paths: tuple[Path, ...]) -> None:
        """Add several dropped CTs to the open project; alone, only one can be opened."""
        if self._projects.project is not None:
            self._exchange.add(paths)
        else:
            self._window.banner.show_notice(tr("Drop one CT or folder at a time."))

    def _take_mask_or_add(self, path: Path) -> None:
        def add() -> None:
            self._exchange.add((path,))

        def offer() -> None:
            self._files.offer_labels(path, (tr("Add as a case…"), add))

        self._workbench.cases.take_mask(path, offer, add)

    def _offer_project_for(self, data_set: Path) -> None:
        self._window.notice_bar.show_notice(
            "database-plus-outline",
            tr(
                "{name} is a labelled data set. A project keeps its CTs with their labels.",
                name=data_set.name,
            ),
            (tr("New project…"), lambda: self._new_project(data_set)),
            (tr("Open project…"), lambda: self._ask_project(data_set)),
        )

    # Connections

    def _connect_actions(self) -> None:
        window, actions = self._window, self._window.actions_by_key
        handlers: dict[str, Callable[[], object]] = {
            "new_project": self._new_project,
            "open_project": self._ask_project,
            "close_project": self._close_project,
            "project_settings": self._change_settings,
        }
        for key, handler in handlers.items():
            actions[key].triggered.connect(lambda _checked=False, handler=handler: handler())
        for key, dock in (("show_cases", window.cases), ("show_review", window.review)):
            actions[key].triggered.connect(
                lambda wanted, dock=dock: self._show_dock(dock, wanted=wanted)
            )
            dock.visibilityChanged.connect(lambda _seen: self._tick_docks())
        window.start_page.project_requested.connect(self._open_recent)
        window.menus.recent_project_requested.connect(self._open_recent)

    def _connect_controllers(self) -> None:
        self._projects.project_opened.connect(self._on_project_opened)
        self._projects.project_closed.connect(self._on_project_closed)
        self._projects.settings_changed.connect(self._on_settings_changed)
        self._projects.failed.connect(self._window.banner.show_error)
        self._projects.listed.connect(self._show_page)
        self._workbench.cases.case_closed.connect(self._on_case_closed)
        self._workbench.activities.changed.connect(self._show_page)

    # Projects

    def _new_project(self, data_set: Path | None = None) -> None:
        """Make a project; ``data_set`` is added to it."""
        folder = file_dialogs.ask_new_project(self._window, self._last_folder())
        if folder is not None:
            self._to_add = data_set
            self._files.leave_case(lambda: self._projects.create_project(folder))

    def _ask_project(self, data_set: Path | None = None) -> None:
        folder = file_dialogs.ask_project(self._window, self._last_folder())
        if folder is not None:
            self._to_add = data_set
            self.open_project(folder)

    def _open_recent(self, folder: Path) -> None:
        """Open a recent project; one that is gone leaves the list, and opening it says so."""
        if not folder.exists():
            settings = self._settings.settings
            self._settings.change(settings.without_recent_project(folder))
            self._show_recent()
        self.open_project(folder)

    def _close_project(self) -> None:
        self._files.leave_case(self._projects.close_project)

    def _change_settings(self) -> None:
        projects = self._projects
        if projects.settings is None:
            return
        dialog = ProjectSettingsDialog(projects.settings, self._window)
        dialog.draw_requested.connect(projects.draw_split)
        dialog.extend_requested.connect(projects.extend_split)

        def show_split(report: SplitReport, is_drawn: bool) -> None:
            dialog.show_split(report, is_drawn=is_drawn)

        projects.split_read.connect(show_split)
        projects.read_split()
        if dialog.exec():
            projects.change_settings(dialog.settings)
        projects.split_read.disconnect(show_split)

    def _on_settings_changed(self) -> None:
        settings = self._projects.settings
        if settings is not None:
            self._window.cases.show_name(settings.name)
            self._show_page()

    def _on_project_opened(self) -> None:
        project, settings = self._projects.project, self._projects.settings
        if project is None or settings is None:
            return
        window, may_write = self._window, self._projects.may_write
        self._settings.change(self._settings.settings.with_recent_project(project.folder))
        self._settings.save()
        self._show_recent()
        window.cases.show_project(settings.name, may_write=may_write)
        window.show_docks(self._settings.settings.dock_layout)
        if project.read_only_reason:
            window.notice_bar.show_notice("lock-outline", tr_sentence(project.read_only_reason))
        if self._workbench.cases.session is None:
            window.project_page.show_opening(settings.name)
            window.show_project_page()
        window.setWindowTitle(f"{settings.name} — Maskwright")
        data_set, self._to_add = self._to_add, None
        if data_set is not None:
            self._exchange.add((data_set,))

    def _on_project_closed(self) -> None:
        window, session = self._window, self._workbench.cases.session
        layout = window.arrangement.docks_text
        self._settings.change(self._settings.settings.model_copy(update={"dock_layout": layout}))
        window.arrangement.hide_docks()
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

    # Small things

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

    def _show_dock(self, dock: QDockWidget, *, wanted: bool) -> None:
        """Show a dock, or bring it to the front where another one hides it, or hide it."""
        dock.setVisible(wanted)
        if wanted:
            dock.raise_()

    def _tick_docks(self) -> None:
        for key, dock in (("show_cases", self._window.cases), ("show_review", self._window.review)):
            is_seen = dock.isVisible() and not dock.visibleRegion().isEmpty()
            self._window.actions_by_key[key].setChecked(is_seen)

    def _last_folder(self) -> str:
        return self._settings.settings.last_folder or str(Path.home())

    def _show_recent(self) -> None:
        folders = tuple(Path(text) for text in self._settings.settings.recent_projects)
        self._window.start_page.show_recent_projects(folders)
        self._window.menus.show_recent_projects(folders)
