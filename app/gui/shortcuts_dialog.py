"""What mouse and keys do, in a list that can be searched; keys can be chosen anew."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.action_spec import shortcut_text
from app.gui.actions import Actions
from app.gui.shortcut_choice import ShortcutChoice
from app.gui.shortcut_editor import ShortcutEditor
from app.gui.theme import icon
from viewer.widgets.translation import tr, translatable

_MOUSE = (
    (
        translatable("Left button"),
        translatable("Place or move"),
        translatable("Move the crosshair, or place a click, as the tool says"),
    ),
    (
        translatable("Ctrl + left button"),
        translatable("Opposite click"),
        translatable("Place a click of the other kind"),
    ),
    (
        translatable("Wheel, Page Up/Down, ↑ ↓"),
        translatable("Scroll"),
        translatable("Go through the slices"),
    ),
    (translatable("Ctrl + wheel"), translatable("Zoom"), translatable("Zoom about the pointer")),
    (
        translatable("Left drag on a click's marker"),
        translatable("Move click"),
        translatable("Put it elsewhere; the model answers anew"),
    ),
    (
        translatable("Shift + wheel"),
        translatable("Brush size"),
        translatable("Make the brush larger or smaller while drawing"),
    ),
    (
        translatable("Ctrl + left drag"),
        translatable("Opposite tool"),
        translatable("Erase with the brush, cut with the lasso, and back"),
    ),
    (
        translatable("Esc"),
        translatable("Give up"),
        translatable("Give up the stroke that is being drawn"),
    ),
    (
        translatable("Middle drag, Shift + left drag"),
        translatable("Pan"),
        translatable("Move the picture"),
    ),
    (
        translatable("Right drag"),
        translatable("Grey window"),
        translatable("Change brightness and contrast"),
    ),
    (
        translatable("Double click"),
        translatable("Maximise"),
        translatable("Make one view large, or all small again"),
    ),
    (
        translatable("Left drag in 3D"),
        translatable("Turn"),
        translatable("Turn the patient; wheel or right drag: zoom"),
    ),
    (
        translatable("Left click in 3D"),
        translatable("Go to surface"),
        translatable("Move the crosshair to the surface, or to the CT, under the pointer"),
    ),
    (
        translatable("1 to 9"),
        translatable("Pick structure"),
        translatable("Make that structure of the list the active one"),
    ),
)
_KEY = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """Three columns: the key, what it is called, what it does. The chosen row can be changed."""

    def __init__(
        self, actions: Actions, choice: ShortcutChoice, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Mouse and keys"))
        self.resize(1000, 680)
        self._actions = actions
        self._choice = choice
        self._search = QLineEdit()
        self._search.setPlaceholderText(tr("Search"))
        self._search.setClearButtonEnabled(True)
        self._search.addAction(icon("magnify", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._search.textChanged.connect(self._filter)
        self._table = _table(len(_MOUSE) + len(actions.specs))
        self._table.currentCellChanged.connect(lambda row, *_: self._show_row(row))
        self.editor = ShortcutEditor(choice)
        self.editor.changed.connect(self._show_keys)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._reset = buttons.addButton(tr("Reset all keys"), QDialogButtonBox.ButtonRole.ResetRole)
        self._reset.setToolTip(tr("Give every action the keys that it came with"))
        self._reset.clicked.connect(self._ask_reset)
        for button in buttons.buttons():
            if hasattr(button, "setAutoDefault"):
                button.setAutoDefault(False)  # Enter belongs to the field for keys
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self._search)
        layout.addWidget(self._table, 1)
        layout.addWidget(self.editor)
        layout.addWidget(buttons)
        self._fill()
        self._show_keys()

    @property
    def shown_lines(self) -> list[str]:
        """The rows that match the search, each as one text."""
        rows = (row for row in range(self._table.rowCount()) if not self._table.isRowHidden(row))
        return [self._text(row) for row in rows]

    def select(self, action: str) -> None:
        """Choose the row of an action."""
        for row in range(self._table.rowCount()):
            if self._key(row) == action:
                self._table.setCurrentCell(row, 0)

    def reset_all(self) -> None:
        """Give every action its own keys again."""
        self._choice.reset_all()
        self._show_keys()
        self._show_row(self._table.currentRow())

    def _fill(self) -> None:
        for row, line in enumerate(_MOUSE):
            for column, text in enumerate(line):
                item = QTableWidgetItem(tr(text))
                item.setToolTip(tr(text))
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self._table.setItem(row, column, item)
        for row, spec in enumerate(self._actions.specs, start=len(_MOUSE)):
            for column, text in enumerate(("", spec.text.rstrip("…"), spec.tip)):
                self._table.setItem(row, column, QTableWidgetItem(text))
            first = self._table.item(row, 0)
            assert first is not None
            first.setData(_KEY, spec.key)

    def _show_keys(self) -> None:
        for row, spec in enumerate(self._actions.specs, start=len(_MOUSE)):
            item = self._table.item(row, 0)
            assert item is not None
            item.setText(shortcut_text(spec))
            font = item.font()
            font.setBold(self._choice.is_changed(spec.key))
            item.setFont(font)
        self._reset.setEnabled(self._choice.has_changes)
        self._filter(self._search.text())

    def _show_row(self, row: int) -> None:
        key = self._key(row)
        name = self._table.item(row, 1)
        self.editor.show_action(key, name.text() if key is not None and name is not None else "")

    def _key(self, row: int) -> str | None:
        item = self._table.item(row, 0)
        return None if item is None else item.data(_KEY)

    def _text(self, row: int) -> str:
        items = (self._table.item(row, column) for column in range(self._table.columnCount()))
        return " ".join(item.text() for item in items if item is not None)

    def _filter(self, wanted: str) -> None:
        words = wanted.lower().split()
        for row in range(self._table.rowCount()):
            text = self._text(row).lower()
            self._table.setRowHidden(row, not all(word in text for word in words))

    def _ask_reset(self) -> None:
        question = tr(
            "Give every action the keys that it came with? Your own choices are forgotten."
        )
        answer = QMessageBox.question(self, tr("Reset all keys"), question)
        if answer == QMessageBox.StandardButton.Yes:
            self.reset_all()


def _table(rows: int) -> QTableWidget:
    table = QTableWidget(rows, 3)
    table.verticalHeader().hide()
    table.horizontalHeader().hide()
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    return table
