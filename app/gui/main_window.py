"""The main window: side panel, views, toolbar, menus and status bar, and files dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui.actions import Actions
from app.gui.banner import Banner
from app.gui.cases_dock import WIDTH_PX, CasesDock
from app.gui.measures_panel import MeasuresPanel
from app.gui.menus import Menus
from app.gui.notice_bar import NoticeBar
from app.gui.project_page import ProjectPage
from app.gui.review_bar import ReviewBar
from app.gui.review_dock import ReviewDock
from app.gui.side_panel import SidePanel
from app.gui.start_page import StartPage
from app.gui.status_bar import StatusBar
from app.gui.toolbar import TopBar
from app.gui.window_layout import WindowLayout, first_size
from app.gui.workbench import Workbench
from viewer.scenes.window_level import CT_PRESETS

MAX_DIGIT = 9


class MainWindow(QMainWindow):
    """Lays the window out; `WindowLogic` says what happens in it."""

    painted_first = Signal()
    """The window showed its contents for the first time."""
    path_dropped = Signal(Path)
    several_dropped = Signal(tuple)
    """More than one path at a time."""
    digit_pressed = Signal(int)
    close_requested = Signal(QCloseEvent)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.setWindowTitle("Maskwright")
        self.resize(first_size(self.screen().availableSize()))
        self.setMinimumSize(1024, 680)
        self.setAcceptDrops(True)
        self.actions_by_key = Actions(self)
        presets = tuple(CT_PRESETS)
        self.side = SidePanel(self.actions_by_key)
        self.top = TopBar(self.actions_by_key, presets)
        self.menus = Menus(self.menuBar(), self.actions_by_key, presets)
        self.status = StatusBar(workbench.activities)
        self.start_page = StartPage(self.actions_by_key)
        self.project_page = ProjectPage(self.actions_by_key)
        self.notice_bar = NoticeBar()
        self.review_bar = ReviewBar(self.actions_by_key)
        self.cases = CasesDock(self.actions_by_key)
        self.review = ReviewDock(self.actions_by_key)
        self.measures = MeasuresPanel(self.actions_by_key)
        self._has_painted = False
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        self._stack.addWidget(self.project_page)
        self.banner = Banner(self._stack)
        self._lay_out()
        for digit in range(1, MAX_DIGIT + 1):
            shortcut = QShortcut(QKeySequence(str(digit)), self)
            shortcut.activated.connect(lambda digit=digit: self.digit_pressed.emit(digit))

    def show_start_page(self) -> None:
        """Show what a user without a CT needs, and nothing else."""
        self._show_alone(self.start_page)

    def show_project_page(self) -> None:
        """Show what a user with a project and without a case needs."""
        self._show_alone(self.project_page)

    @property
    def shows_views(self) -> bool:
        """Whether a case is to be seen."""
        return self._stack.currentWidget() not in (self.start_page, self.project_page)

    def show_views(self, views: QWidget) -> None:
        """Show the views of a case."""
        if self._stack.indexOf(views) < 0:
            self._stack.addWidget(views)
        self._stack.setCurrentWidget(views)
        self.side.show()
        self.top.show()

    def show_title(self, case_name: str, *, is_modified: bool) -> None:
        """Name the case in the title; the mark for unsaved changes is the platform's."""
        self.setWindowTitle(f"{case_name}[*] — Maskwright")
        self.setWindowModified(is_modified)

    def show_docks(self, text: str) -> None:
        """Show the docks where ``arrangement.docks_text`` said that they were."""
        self.arrangement.show_docks(text)
        self.top.setVisible(self.shows_views)  # it is restored too, but belongs to the views

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that there is something to see."""
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self.painted_first.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders of this computer."""
        if _dropped_paths(event):
            event.acceptProposedAction()
            self._set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Calm down."""
        super().dragLeaveEvent(event)
        self._set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self._set_hot(False)
        paths = _dropped_paths(event)
        if paths:
            event.acceptProposedAction()
        if len(paths) == 1:
            self.path_dropped.emit(paths[0])
        elif paths:
            self.several_dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the logic, which may ask the user."""
        self.close_requested.emit(event)

    def _set_hot(self, is_hot: bool) -> None:
        self.start_page.set_hot(is_hot)
        self.project_page.set_hot(is_hot)

    def _show_alone(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self.status.show_hint("")
        for widget in (self.side, self.top, self.review_bar, self.measures):
            widget.hide()

    def _lay_out(self) -> None:
        centre = QWidget()
        column, row, views = QVBoxLayout(centre), QHBoxLayout(), QVBoxLayout()
        for layout in (column, row, views):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        column.addWidget(self.notice_bar)
        column.addLayout(row, 1)
        row.addWidget(self.side)
        row.addLayout(views, 1)
        views.addWidget(self.review_bar)
        above_measures = QSplitter(Qt.Orientation.Vertical)
        above_measures.addWidget(self._stack)
        above_measures.addWidget(self.measures)
        above_measures.setStretchFactor(0, 1)
        above_measures.setChildrenCollapsible(False)
        views.addWidget(above_measures, 1)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.top)
        self.setCentralWidget(centre)
        self.arrangement = WindowLayout(self, (self.cases, self.review), WIDTH_PX)
        self.setStatusBar(self.status)
        self.show_start_page()


def _dropped_paths(event: QDropEvent) -> tuple[Path, ...]:
    """What was dropped; nothing where any of it is not on this computer."""
    urls = event.mimeData().urls()
    if not all(url.isLocalFile() for url in urls):
        return ()
    return tuple(Path(url.toLocalFile()) for url in urls)
