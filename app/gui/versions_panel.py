"""The versions of the open case: who, when, how large; compare two, go back to one, replay it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.controllers.versions_controller import CaseHistory, Comparison
from app.gui.replay_box import ReplayBox
from app.gui.section import Section
from app.gui.theme import icon
from app.gui.version_texts import comparison_html, version_text, version_tooltip
from training.cases.records import LabelVersion, VersionKind
from viewer.widgets.translation import tr, translatable

_ICONS = {
    VersionKind.INTERIM: ("content-save-outline", "accent"),
    VersionKind.APPROVED: ("check-decagram-outline", "approved"),
    VersionKind.AUTOMATIC: ("auto-fix", "muted"),
    VersionKind.IMPORTED: ("layers-plus", "muted"),
}
NO_CASE = translatable("No case of the project is open.")
_ROW_HEIGHT_PX = 60
_MAX_ROWS = 5


class VersionsPanel(Section):
    """Newest first. One selected is compared with the mask in the views, two with each other."""

    compare_requested = Signal(object, object)
    """The older ``LabelVersion``, and the newer one or None for the mask in the views."""
    go_back_requested = Signal(object)
    """The ``LabelVersion`` to return to."""
    comparison_closed = Signal()
    replay_requested = Signal(object)
    """The ``LabelVersion`` whose clicks to play again."""

    def __init__(self) -> None:
        super().__init__(tr("Versions"))
        self._list = QListWidget()
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setAccessibleName(tr("Versions"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.itemSelectionChanged.connect(self._on_selected)
        self._empty = QLabel()
        self._empty.setObjectName("muted")
        self._empty.setWordWrap(True)
        self._compare = QPushButton(icon("compare"), tr("Compare"))
        self._compare.clicked.connect(self._on_compare)
        self._go_back = QPushButton(icon("backup-restore"), tr("Go back"))
        self._go_back.setToolTip(
            tr("Make the mask what it was in this version; undo takes that back")
        )
        self._go_back.clicked.connect(self._on_go_back)
        self._replay = QPushButton(icon("play"), tr("Replay clicks"))
        self._replay.setToolTip(
            tr(
                "Play the clicks of this version again, step by step, with the model of today. "
                "The mask stays as it is"
            )
        )
        self._replay.clicked.connect(self._on_replay)
        self.player = ReplayBox()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._compare, self._go_back):
            button.setObjectName("tight")
            buttons.addWidget(button, 1)
        self._result = QLabel()
        self._result.setObjectName("comparison")
        self._result.setWordWrap(True)
        self._result.setTextFormat(Qt.TextFormat.RichText)
        self._looks = QVBoxLayout()
        self._close = QPushButton(icon("close"), tr("Show the mask again"))
        self._close.clicked.connect(self.comparison_closed)
        for widget in (self._empty, self._list):
            self.contents.addWidget(widget)
        self.contents.addLayout(buttons)
        self.contents.addWidget(self._replay)
        self.contents.addWidget(self._result)
        self.contents.addLayout(self._looks)
        self.contents.addWidget(self._close)
        self.contents.addWidget(self.player)
        self._look_buttons: list[QToolButton] = []
        self._may_write = True
        self.show_history(None, None, may_write=False)
        self.show_comparison(None)

    def add_looks(self, looks: Iterable[QAction]) -> None:
        """Offer these ways to show a comparison while there is one."""
        for look in looks:
            button = QToolButton()
            button.setObjectName("look")
            button.setDefaultAction(look)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setVisible(False)
            self._looks.addWidget(button)
            self._look_buttons.append(button)

    def show_history(
        self, history: CaseHistory | None, version_id: int | None, *, may_write: bool
    ) -> None:
        """List the versions; the one that the work began from is marked."""
        self._may_write = may_write
        versions = history.versions if history else ()
        selected = {version.id for version in self.selected}
        self._list.clear()
        for version in reversed(versions):
            item = QListWidgetItem(icon(*_ICONS[version.kind]), version_text(version, version_id))
            item.setData(Qt.ItemDataRole.UserRole, version)
            item.setSizeHint(QSize(0, _ROW_HEIGHT_PX))
            item.setToolTip(version_tooltip(version))
            self._list.addItem(item)
            item.setSelected(version.id in selected)
        shown = min(len(versions), _MAX_ROWS)
        self._list.setFixedHeight(max(1, shown) * _ROW_HEIGHT_PX + 4)
        self._list.setVisible(bool(versions))
        is_case = tr("None yet. Saving (Ctrl+S) keeps the first.")
        self._empty.setText(is_case if history else tr(NO_CASE))
        self._empty.setVisible(not versions)
        for button in (self._compare, self._go_back, self._replay):
            button.setVisible(bool(versions))
        self._on_selected()

    @property
    def selected(self) -> tuple[LabelVersion, ...]:
        """The selected versions, oldest first."""
        chosen = (item.data(Qt.ItemDataRole.UserRole) for item in self._list.selectedItems())
        return tuple(sorted(chosen, key=lambda version: version.number))

    def select(self, *numbers: int) -> None:
        """Select versions by their numbers."""
        for row in range(self._list.count()):
            item = self._list.item(row)
            version: LabelVersion = item.data(Qt.ItemDataRole.UserRole)
            item.setSelected(version.number in numbers)

    @property
    def comparison_widgets(self) -> tuple[QWidget, QWidget]:
        """The first and the last of what is shown of a comparison."""
        return self._result, self._close

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show what differs; None for nothing."""
        self._result.setVisible(comparison is not None)
        self._close.setVisible(comparison is not None)
        for button in self._look_buttons:
            button.setVisible(comparison is not None)
        if comparison is not None:
            self._result.setText(comparison_html(comparison))

    def _on_selected(self) -> None:
        count = len(self.selected)
        self._compare.setEnabled(count in (1, 2))
        self._compare.setToolTip(
            tr("Show what differs between the two versions")
            if count == 2
            else tr(
                "Show what differs between this version and the mask in the views. "
                "Select two (Ctrl+click) to compare them with each other"
            )
        )
        self._go_back.setEnabled(count == 1 and self._may_write)
        self._replay.setEnabled(count == 1)

    def _on_compare(self) -> None:
        selected = self.selected
        if selected:
            self.compare_requested.emit(selected[0], selected[1] if len(selected) > 1 else None)

    def _on_go_back(self) -> None:
        if len(self.selected) == 1:
            self.go_back_requested.emit(self.selected[0])

    def _on_replay(self) -> None:
        if len(self.selected) == 1:
            self.replay_requested.emit(self.selected[0])
