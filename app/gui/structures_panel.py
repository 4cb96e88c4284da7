"""The list of structures: colour, name, volume, visibility, lock, and which one is active."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.controllers.case_session import CaseSession
from app.gui.section import Section
from app.gui.theme import icon, swatch
from imaging.structures import Structure, all_structures
from viewer.widgets.translation import tr, tr_sentence

_ICON_SIZE = QSize(16, 16)

MAX_ROWS_SHOWN = 6
"""More structures scroll, so that the tools below stay where they are."""


class StructureRow(QFrame):
    """One structure; a click on it makes it the active one."""

    activated = Signal()
    visibility_requested = Signal(bool)
    lock_requested = Signal(bool)

    def __init__(self, structure: Structure, number: int) -> None:
        super().__init__()
        self.setObjectName("structureRow")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        key = f" ({number})" if number <= 9 else ""
        self.setToolTip(
            tr(
                "Make the {name} the active structure{key}",
                name=tr_sentence(structure.name),
                key=key,
            )
        )
        color = QLabel()
        color.setPixmap(swatch(structure.color_rgb))
        name = QLabel(tr_sentence(structure.title))
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._volume = QLabel()
        self._volume.setObjectName("number")
        self._volume.setToolTip(tr("Volume of the mask"))
        self._eye = self._button()
        self._eye.clicked.connect(self.visibility_requested)
        self._lock = self._button()
        self._lock.clicked.connect(self.lock_requested)
        self._shown: tuple[float, bool, bool, bool] | None = None
        shortcut = QLabel(str(number) if number <= 9 else "")
        shortcut.setObjectName("number")
        shortcut.setFixedWidth(12)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(7, 2, 4, 2)
        layout.setSpacing(7)
        for widget in (shortcut, color):
            layout.addWidget(widget)
        layout.addWidget(name, 1)
        layout.addWidget(self._volume)
        layout.addWidget(self._eye)
        layout.addWidget(self._lock)

    def update_from(self, session: CaseSession, name: str) -> None:
        """Show how the structure is now."""
        volume_ml, is_active = session.volume_ml(name), session.active.name == name
        visible, locked = session.is_visible(name), session.is_locked(name)
        shown = (volume_ml, visible, locked, is_active)
        if shown == self._shown:
            return  # each step asks all rows, and mostly one has changed
        self._shown = shown
        self._volume.setText(tr("{volume_ml:.1f} mL", volume_ml=volume_ml) if volume_ml else "—")
        self._eye.setChecked(visible)
        self._eye.setIcon(icon("eye-outline") if visible else icon("eye-off-outline", "faint"))
        self._eye.setToolTip(
            tr("Visible: click to hide") if visible else tr("Hidden: click to show")
        )
        self._lock.setChecked(locked)
        self._lock.setIcon(
            icon("lock-outline", "muted")
            if locked
            else icon("lock-open-variant-outline", "warning")
        )
        self._lock.setToolTip(
            tr("Locked: clicks on other structures leave it alone")
            if locked
            else tr("Unlocked: clicks on other structures may take voxels from it")
        )
        if self.property("active") != is_active:
            self.setProperty("active", is_active)
            self.style().unpolish(self)
            self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Activate on the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit()
        super().mousePressEvent(event)

    @staticmethod
    def _button() -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setIconSize(_ICON_SIZE)
        return button


class StructuresPanel(Section):
    """Shows the structures of the open case; changes go straight to its session."""

    def __init__(self) -> None:
        super().__init__(tr("Structures"))
        self._session: CaseSession | None = None
        self._rows: dict[str, StructureRow] = {}
        rows = QWidget()
        rows.setObjectName("panelContents")
        self._list = QVBoxLayout(rows)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(rows)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A new row can be scrolled to only when it has its place.
        self._scroll.verticalScrollBar().rangeChanged.connect(self._scroll_to_active)
        self.contents.addWidget(self._scroll)
        self._add = QToolButton()
        self._add.setIcon(icon("plus", "muted"))
        self._add.setToolTip(tr("Add a structure to the list"))
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._add.setMenu(self._menu)
        self._add.setEnabled(False)
        self.header.addWidget(self._add)

    def show_case(self, session: CaseSession) -> None:
        """List the structures of a case, and follow it."""
        if self._session is not None:
            self._session.structures_changed.disconnect(self._on_structures_changed)
            self._remove_rows()  # they speak to the case before
        self._session = session
        session.structures_changed.connect(self._on_structures_changed)
        self._add.setEnabled(True)
        self._on_structures_changed()

    def _on_structures_changed(self) -> None:
        session = self._session
        if session is None:
            return
        names = [structure.name for structure in session.structures]
        if names[: len(self._rows)] != list(self._rows):
            self._remove_rows()
        if len(names) > len(self._rows):
            self._add_rows(session)
        for name, row in self._rows.items():
            row.update_from(session, name)
        self._scroll_to_active()

    def _scroll_to_active(self) -> None:
        row = self._rows.get(self._session.active.name) if self._session else None
        if row is not None:
            self._scroll.ensureWidgetVisible(row, 0, 0)

    def _remove_rows(self) -> None:
        for row in self._rows.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows.clear()

    def _add_rows(self, session: CaseSession) -> None:
        """Add a row for each structure that has none; the list only grows while a case is open."""
        for number, structure in enumerate(session.structures, start=1):
            if structure.name in self._rows:
                continue
            row = StructureRow(structure, number)
            row.activated.connect(partial(session.activate, structure.name))
            row.visibility_requested.connect(partial(session.set_visible, structure.name))
            row.lock_requested.connect(partial(session.set_locked, structure.name))
            self._list.addWidget(row)
            self._rows[structure.name] = row
        shown = min(len(self._rows), MAX_ROWS_SHOWN)
        row_height = next(iter(self._rows.values())).sizeHint().height() + self._list.spacing()
        self._scroll.setFixedHeight(shown * row_height)

    def _fill_menu(self) -> None:
        self._menu.clear()
        if self._session is None:
            return
        listed = {structure.name for structure in self._session.structures}
        for structure in all_structures():
            if structure.name not in listed:
                action = self._menu.addAction(
                    swatch(structure.color_rgb), tr_sentence(structure.title)
                )
                action.triggered.connect(partial(self._session.activate, structure.name))
