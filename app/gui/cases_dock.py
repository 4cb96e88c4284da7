"""The list of a project's cases beside the views: search, filter, sort, open, act on one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QProgressBar,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.controllers.project_controller import CaseListing
from app.gui.actions import Actions
from app.gui.case_filters import CaseFilters
from app.gui.case_line import CaseLine, case_line
from app.gui.case_list_delegate import LINE_ROLE, CaseListDelegate
from app.gui.case_list_model import CaseListModel
from app.gui.elided_label import ElidedLabel
from app.gui.problems_box import ProblemsBox
from app.gui.theme import icon
from training.cases.records import CaseRecord, CaseStatus
from viewer.widgets.translation import tr

WIDTH_PX = 316
MIN_WIDTH_PX = 280


class CasesDock(QDockWidget):
    """Shows what the project controller lists; says by signals what the user wants."""

    open_requested = Signal(int)
    flag_requested = Signal(int, bool)
    exclude_requested = Signal(int)
    reopen_requested = Signal(int)
    show_in_folder_requested = Signal(int)
    relink_requested = Signal(int)

    def __init__(self, actions: Actions) -> None:
        super().__init__(tr("Cases"))
        self.setObjectName("casesDock")
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable
            | QDockWidget.DockWidgetFeature.DockWidgetMovable
        )
        self.setAllowedAreas(
            Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.filters = CaseFilters()
        self.problems = ProblemsBox()
        self.model = CaseListModel()
        self._records: dict[int, CaseRecord] = {}
        self._open_id: int | None = None
        self._may_write = True
        self.list = QListView()
        self.list.setObjectName("caseList")
        self.list.setModel(self.model)
        self.list.setItemDelegate(CaseListDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.setAccessibleName(tr("Cases"))
        self.list.installEventFilter(self)
        self.list.doubleClicked.connect(self._on_chosen)
        self.list.customContextMenuRequested.connect(self._on_menu_requested)
        self.filters.list_wanted.connect(self._go_to_list)
        self._lay_out(actions)

    def show_project(self, name: str, *, may_write: bool) -> None:
        """Begin with another project."""
        self._name.setText(name)
        self._may_write = may_write
        self.filters.clear()
        self.problems.clear()
        self.model.forget_thumbnails()
        self.show_listing(CaseListing(), None)
        self._state.setText(tr("Listing the cases …"))
        self._empty.clear()

    def show_name(self, name: str) -> None:
        """Call the project by another name."""
        self._name.setText(name)

    def show_listing(self, listing: CaseListing, open_id: int | None) -> None:
        """Show cases; the open one is marked."""
        selected_id = self.selected_id
        has_moved = open_id != self._open_id
        self._open_id = open_id
        self._records = {record.id: record for record in listing.records}
        self.model.show_lines(
            case_line(record, is_open=record.id == open_id) for record in listing.records
        )
        self.filters.show_counts(listing)
        self._select(open_id if has_moved else selected_id)
        done = listing.count_of(CaseStatus.APPROVED)
        in_all = listing.case_count - listing.count_of(CaseStatus.EXCLUDED)
        self._progress.setMaximum(max(1, in_all))
        self._progress.setValue(done)
        self._state.setText(
            tr("{done} / {in_all} approved", done=done, in_all=in_all)
            if in_all
            else tr("Nothing to do yet")
        )
        self._empty.setText(
            tr("No case matches. Clear the search or choose All.")
            if listing.case_count
            else tr("No cases yet. Add a folder, or drop one here.")
        )
        self._stack.setCurrentIndex(0 if listing.records else 1)

    @property
    def selected_id(self) -> int | None:
        """The case that the keys are at; None where there is none."""
        line: CaseLine | None = self.list.currentIndex().data(LINE_ROLE)
        return line.case_id if line is not None else None

    def focus_search(self) -> None:
        """Let the user type what they look for."""
        self.show()
        self.raise_()
        self.filters.search.setFocus()
        self.filters.search.selectAll()

    def menu_for(self, case_id: int) -> QMenu:
        """What can be done with a case."""
        record = self._records[case_id]
        menu = QMenu(self)
        is_closed = record.status in (CaseStatus.APPROVED, CaseStatus.EXCLUDED)
        is_excluded = record.status is CaseStatus.EXCLUDED
        flag = tr("Take flag away") if record.is_flagged else tr("Flag")
        entries = (
            ("folder-open-outline", tr("Open"), self.open_requested, (), True),
            ("flag-outline", flag, self.flag_requested, (not record.is_flagged,), self._may_write),
            ("restore", tr("Reopen"), self.reopen_requested, (), self._may_write and is_closed),
            (
                "cancel",
                tr("Exclude…"),
                self.exclude_requested,
                (),
                self._may_write and not is_excluded,
            ),
            (
                "folder-search-outline",
                tr("Show CT in its folder"),
                self.show_in_folder_requested,
                (),
                True,
            ),
            ("link-variant", tr("Find moved CT…"), self.relink_requested, (), self._may_write),
        )
        for icon_name, text, signal, more, is_possible in entries:
            action = menu.addAction(icon(icon_name), text)
            action.setEnabled(is_possible)
            action.triggered.connect(
                lambda _checked=False, signal=signal, more=more: signal.emit(case_id, *more)
            )
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Return opens the case that the keys are at; letters go to the search field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_chosen(self.list.currentIndex())
                return True
            if event.key() == Qt.Key.Key_Up and self.list.currentIndex().row() <= 0:
                self.focus_search()
                return True
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """As wide as a case needs."""
        return QSize(WIDTH_PX, super().sizeHint().height())

    def _lay_out(self, actions: Actions) -> None:
        self._name = ElidedLabel()
        self._name.setObjectName("caseName")
        self._state = ElidedLabel()
        self._state.setObjectName("muted")
        self._progress = QProgressBar()
        self._progress.setObjectName("thin")
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._state, 1)
        for key in ("previous_undone", "next_undone", "segment_new_cases", "add_folder"):
            button = QToolButton()
            button.setDefaultAction(actions[key])
            button.setObjectName("small")
            button.setIconSize(QSize(16, 16))
            row.addWidget(button)
        self._empty = QLabel()
        self._empty.setObjectName("muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(24)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        contents = QWidget()
        contents.setObjectName("dockContents")
        contents.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        contents.setMinimumWidth(MIN_WIDTH_PX)
        column = QVBoxLayout(contents)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(7)
        column.addWidget(self._name)
        column.addWidget(self._progress)
        column.addLayout(row)
        column.addWidget(self.filters)
        column.addWidget(holder, 1)
        column.addWidget(self.problems)
        self.setWidget(contents)
        self.setTitleBarWidget(QWidget())  # its tab says what it is

    def _select(self, case_id: int | None) -> None:
        index = self.model.index_of(case_id)
        if index.isValid() and index != self.list.currentIndex():
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    def _go_to_list(self) -> None:
        if not self.list.currentIndex().isValid() and self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0))
        self.list.setFocus()

    def _on_chosen(self, index: QModelIndex) -> None:
        line: CaseLine | None = index.data(LINE_ROLE)
        if line is not None:
            self.open_requested.emit(line.case_id)

    def _on_menu_requested(self, place: QPoint) -> None:
        line: CaseLine | None = self.list.indexAt(place).data(LINE_ROLE)
        if line is not None:
            self.menu_for(line.case_id).popup(self.list.viewport().mapToGlobal(place))
