"""Finds an action by words and runs it: type, Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.action_spec import ActionSpec, shortcut_text
from app.gui.actions import Actions
from app.gui.theme import COLORS, icon
from viewer.widgets.translation import tr

_SIZE_PX = (620, 420)
_TOP_PX = 64
_KEY = Qt.ItemDataRole.UserRole


class CommandPalette(QDialog):
    """All actions; what is impossible now stays listed, and says why."""

    chosen = Signal(str)
    """The key of the action to run; the palette is closed by then."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.setWindowTitle(tr("Find an action"))
        self.setModal(True)
        self.resize(*_SIZE_PX)
        self._actions = actions
        self._search = QLineEdit()
        self._search.setPlaceholderText(tr("What do you want to do?"))
        self._search.setAccessibleName(tr("Search"))
        self._search.addAction(icon("magnify", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._search.textChanged.connect(self._show_matches)
        self._search.installEventFilter(self)
        self._list = QTreeWidget()
        self._list.setColumnCount(2)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setIconSize(QSize(18, 18))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.itemClicked.connect(lambda _item: self._run())
        self._list.currentItemChanged.connect(lambda _new, _old: self._explain())
        self._tip = QLabel()
        self._tip.setObjectName("muted")
        self._tip.setWordWrap(True)
        self._tip.setMinimumHeight(2 * self._tip.fontMetrics().lineSpacing() + 2)
        self._tip.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self._search)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._tip)
        self._show_matches("")
        if parent is not None:
            left = (parent.width() - self.width()) // 2
            self.move(parent.mapToGlobal(QPoint(left, _TOP_PX)))

    @property
    def names(self) -> list[str]:
        """The actions listed, the best match first."""
        items = (self._list.topLevelItem(row) for row in range(self._list.topLevelItemCount()))
        return [item.text(0) for item in items if item is not None]

    @property
    def explanation(self) -> str:
        """What is said about the selected action."""
        return self._tip.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys of the list work while the text field has the focus."""
        if watched is self._search and isinstance(event, QKeyEvent):
            is_press = event.type() == QEvent.Type.KeyPress
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: 10,
                Qt.Key.Key_PageUp: -10,
            }
            if is_press and event.key() in steps:
                self._move(steps[Qt.Key(event.key())])
                return True
            if is_press and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _show_matches(self, text: str) -> None:
        words = text.lower().split()
        ranked = [
            (rank, not self._actions[spec.key].isEnabled(), number, spec)
            for number, spec in enumerate(self._actions.specs)
            if (rank := self._rank(spec, words)) is not None
        ]
        self._list.clear()
        for match in sorted(ranked, key=lambda match: match[:3]):
            self._list.addTopLevelItem(self._item(match[3]))
        self._select(0)
        self._explain()

    def _rank(self, spec: ActionSpec, words: list[str]) -> int | None:
        """0 where words of the name begin so, 1 where the name has it, 2 for the tip; else None."""
        if spec.key == "find_action":
            return None
        name = self._name(spec.key).lower()
        if all(any(part.startswith(word) for part in name.split()) for word in words):
            return 0
        if all(word in name for word in words):
            return 1
        everything = f"{name} {spec.tip.lower()}"
        return 2 if all(word in everything for word in words) else None

    def _name(self, key: str) -> str:
        return self._actions[key].text().rstrip("…")

    def _item(self, spec: ActionSpec) -> QTreeWidgetItem:
        item = QTreeWidgetItem([self._name(spec.key), shortcut_text(spec)])
        item.setIcon(0, self._actions[spec.key].icon())
        item.setData(0, _KEY, spec.key)
        item.setForeground(1, QColor(COLORS["muted"]))
        if not self._actions[spec.key].isEnabled():
            item.setForeground(0, QColor(COLORS["muted"]))
        return item

    def _move(self, step: int) -> None:
        item = self._list.currentItem()
        if item is not None:
            row = self._list.indexOfTopLevelItem(item) + step
            self._select(min(max(row, 0), self._list.topLevelItemCount() - 1))

    def _select(self, row: int) -> None:
        item = self._list.topLevelItem(row)
        if item is not None:
            self._list.setCurrentItem(item)

    def _current_key(self) -> str | None:
        item = self._list.currentItem()
        return None if item is None else item.data(0, _KEY)

    def _explain(self) -> None:
        key = self._current_key()
        if key is None:
            self._tip.setText(tr("No action has these words. Try fewer, or others."))
            return
        spec = next(spec for spec in self._actions.specs if spec.key == key)
        why_not = self._actions.why_not(key)
        self._tip.setText(
            tr("{tip}. Not possible now: {why_not}", tip=spec.tip, why_not=why_not)
            if why_not
            else spec.tip
        )

    def _run(self) -> None:
        key = self._current_key()
        if key is not None and self._actions[key].isEnabled():
            self.accept()
            self.chosen.emit(key)
