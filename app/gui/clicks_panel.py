"""The clicks on the active structure, newest last, with a way to delete each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.controllers.case_session import CaseSession
from app.controllers.hover import patient_text
from app.gui.actions import Actions
from app.gui.section import Section
from app.gui.theme import icon
from imaging.clicks import Click
from viewer.widgets.translation import tr, tr_sentence

_ROW_HEIGHT_PX = 28


class ClicksPanel(Section):
    """A list that follows the open case; a click on a row shows where it was placed."""

    delete_requested = Signal(object)
    """The ``Click`` to delete."""
    go_to_requested = Signal(tuple)
    """The ``point_lps`` to show."""

    def __init__(self, actions: Actions) -> None:
        super().__init__(tr("Clicks"))
        self._session: CaseSession | None = None
        self._rows: list[tuple[Click, bool]] = []
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._on_item_clicked)
        self._empty = QLabel(tr("None yet. Choose Add or Remove, then click into a plane."))
        self._empty.setObjectName("muted")
        self._empty.setWordWrap(True)
        self.contents.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)
        self.contents.addWidget(self._list, 1)
        # As high as there is room for, rather than as high as a list likes to be.
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._list.setMinimumHeight(2 * _ROW_HEIGHT_PX)
        self._list.hide()
        for key in ("delete_last_click", "clear_clicks"):
            button = QToolButton()
            button.setDefaultAction(actions[key])
            button.setIconSize(QSize(16, 16))
            self.header.addWidget(button)

    def show_case(self, session: CaseSession) -> None:
        """List the clicks of a case, and follow it."""
        if self._session is not None:
            self._session.clicks_changed.disconnect(self._on_changed)
            self._session.structures_changed.disconnect(self._on_changed)
        self._session = session
        session.clicks_changed.connect(self._on_changed)
        session.structures_changed.connect(self._on_changed)
        self._on_changed()

    def delete_chosen(self) -> bool:
        """Ask to delete the click whose row is chosen; false where there is no such row."""
        session, rows = self._session, self._list.selectedItems()
        if session is None or not rows or not self.isVisible():
            return False
        click: Click = rows[0].data(Qt.ItemDataRole.UserRole)
        if click not in session.settled_clicks:
            return False
        self.delete_requested.emit(click)
        return True

    def choose_none(self) -> None:
        """Let no row be the chosen one."""
        self._list.clearSelection()

    def _on_changed(self) -> None:
        session = self._session
        if session is None:
            return
        name = session.active.name
        recorded = [click for click in session.settled_clicks if click.structure == name]
        pending = [click for click in session.pending_clicks if click.structure == name]
        self.set_title(tr("Clicks on {name}", name=tr_sentence(name)))
        self._show_rows([*((c, False) for c in recorded), *((c, True) for c in pending)])
        has_any = bool(recorded or pending)
        self._list.setVisible(has_any)
        self._empty.setVisible(not has_any)
        self._list.scrollToBottom()

    def _show_rows(self, wanted: list[tuple[Click, bool]]) -> None:
        """Have a row for each click, and whether it waits; none is the chosen one.

        Rows that stay are not made anew: one takes 2 ms, and a click changes its list three times.
        """
        kept = 0
        for (click, waits), (wanted_click, wanted_waits) in zip(self._rows, wanted, strict=False):
            if click is not wanted_click or waits != wanted_waits:
                break
            kept += 1
        for row in reversed(range(kept, len(self._rows))):
            self._list.takeItem(row)
        for click, waits in wanted[kept:]:
            self._add_row(click, is_pending=waits)
        self._rows = wanted
        self._list.setCurrentRow(-1)
        self._list.clearSelection()

    def _add_row(self, click: Click, *, is_pending: bool) -> None:
        item = QListWidgetItem(self._list)
        item.setData(Qt.ItemDataRole.UserRole, click)
        item.setSizeHint(QSize(0, _ROW_HEIGHT_PX))
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(6, 0, 2, 0)
        layout.setSpacing(8)
        sign = QLabel()
        name = "plus-circle-outline" if click.is_foreground else "minus-circle-outline"
        sign.setPixmap(icon(name, "accent" if click.is_foreground else "warning").pixmap(16, 16))
        sign.setToolTip(tr("Foreground click") if click.is_foreground else tr("Background click"))
        layout.addWidget(sign)
        layout.addWidget(QLabel(patient_text(click.point_lps)), 1)
        if is_pending:
            waiting = QLabel("…")
            waiting.setToolTip(tr("Waits for its answer"))
            layout.addWidget(waiting)
        else:
            delete = QToolButton()
            delete.setIcon(icon("close", "muted"))
            delete.setIconSize(QSize(14, 14))
            delete.setToolTip(tr("Delete this click; the mask stays"))
            delete.clicked.connect(partial(self.delete_requested.emit, click))
            layout.addWidget(delete)
        self._list.setItemWidget(item, row)

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        click: Click = item.data(Qt.ItemDataRole.UserRole)
        self.go_to_requested.emit(click.point_lps)
