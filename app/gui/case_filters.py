"""The search field, the status filter with its counts, and the order of the case list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.controllers.project_controller import CaseListing
from app.gui.case_line import status_word
from app.gui.theme import icon
from training.cases.records import CaseOrder, CaseQuery, CaseStatus
from viewer.widgets.translation import tr, translatable

TYPING_PAUSE_MS = 120
"""Searches when the typing rests, rather than at every letter."""

_UNDONE = frozenset(status for status in CaseStatus if status.is_undone)

_FILTERS: tuple[frozenset[CaseStatus], ...] = (
    frozenset(),
    _UNDONE,
    *(frozenset({status}) for status in CaseStatus),
)
"""Which statuses are listed; none named means all."""

_ORDERS: tuple[tuple[str, CaseOrder, bool], ...] = (
    (translatable("Added"), CaseOrder.ADDED, False),
    (translatable("Name"), CaseOrder.NAME, False),
    (translatable("Status"), CaseOrder.STATUS, False),
    (translatable("Changed"), CaseOrder.CHANGED, True),
    (translatable("Volume"), CaseOrder.VOLUME, True),
)


class CaseFilters(QWidget):
    """What to list and in what order; tells by ``query_changed``."""

    query_changed = Signal(object)
    """The new ``CaseQuery``."""
    list_wanted = Signal()
    """The user leaves the search field for the list."""

    def __init__(self) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search cases"))
        self.search.setAccessibleName(tr("Search cases"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("magnify", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.installEventFilter(self)
        self._status = QComboBox()
        self._status.setAccessibleName(tr("Status filter"))
        self._status.setToolTip(tr("Show cases of one status"))
        for statuses in _FILTERS:
            self._status.addItem(_filter_text(statuses))
        self._order = QComboBox()
        self._order.setAccessibleName(tr("Order"))
        self._order.setToolTip(tr("Sort the cases"))
        for text, _order, _is_descending in _ORDERS:
            self._order.addItem(tr(text))
        for box in (self._status, self._order):
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(8)
        self._flagged = QToolButton()
        self._flagged.setIcon(icon("flag-outline", "muted"))
        self._flagged.setCheckable(True)
        self._flagged.setToolTip(tr("Show flagged cases only"))
        self._flagged.setAccessibleName(tr("Flagged cases only"))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._status, 1)
        row.addWidget(self._order, 1)
        row.addWidget(self._flagged)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addLayout(row)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPING_PAUSE_MS)
        self._typed.timeout.connect(self._tell)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self._status.currentIndexChanged.connect(lambda _index: self._tell())
        self._order.currentIndexChanged.connect(lambda _index: self._tell())
        self._flagged.toggled.connect(lambda _on: self._tell())

    @property
    def query(self) -> CaseQuery:
        """What the user asks for."""
        _, order, is_descending = _ORDERS[max(0, self._order.currentIndex())]
        return CaseQuery(
            text=self.search.text().strip(),
            statuses=_FILTERS[max(0, self._status.currentIndex())],
            is_flagged=True if self._flagged.isChecked() else None,
            order=order,
            is_descending=is_descending,
        )

    def clear(self) -> None:
        """Ask for everything, without telling."""
        for widget in (self.search, self._status, self._flagged):
            widget.blockSignals(True)
        self.search.clear()
        self._status.setCurrentIndex(0)
        self._flagged.setChecked(False)
        for widget in (self.search, self._status, self._flagged):
            widget.blockSignals(False)

    def show_counts(self, listing: CaseListing) -> None:
        """Say behind each status how many cases there are."""
        for row, statuses in enumerate(_FILTERS):
            wanted = statuses or frozenset(CaseStatus)
            count = sum(listing.count_of(status) for status in wanted)
            self._status.setItemText(row, f"{_filter_text(statuses)} ({count})")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow down and Return go from the search field to the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._typed.stop()
                self._tell()
                self.list_wanted.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        self.query_changed.emit(self.query)


def _filter_text(statuses: frozenset[CaseStatus]) -> str:
    if not statuses:
        return tr("All")
    return tr("To do") if statuses == _UNDONE else status_word(next(iter(statuses)))
