"""The row below the list of keys: choose other keys for one action."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from app.gui.shortcut_choice import Clash, ShortcutChoice
from viewer.widgets.translation import tr, translatable

_ASK = translatable("Choose an action in the list to give it other keys.")

_FIELD_WIDTH_PX = 236
"""Room for what Qt says in an empty field, in German too."""


class ShortcutEditor(QFrame):
    """Takes a new key at once where nobody has it; else says who has, and offers to take it."""

    changed = Signal()
    """Keys changed."""

    def __init__(self, choice: ShortcutChoice) -> None:
        super().__init__()
        self.setObjectName("sentence")
        self._choice = choice
        self._action: str | None = None
        self._name = QLabel(tr(_ASK))
        self._name.setWordWrap(True)
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setFixedWidth(_FIELD_WIDTH_PX)
        self.field.setAccessibleName(tr("New keys"))
        self.field.setToolTip(tr("Click here, then press the new keys"))
        self.field.keySequenceChanged.connect(self._on_typed)
        self._none = _button(tr("No keys"), tr("Let no keys trigger this action"), self._on_none)
        self._default = _button(tr("Default"), tr("The keys that it came with"), self._on_default)
        self._sentence = QLabel()
        self._sentence.setObjectName("warning")
        self._sentence.setWordWrap(True)
        self.take = _button(
            tr("Take it over"), tr("Take the keys from the other action"), self._on_take
        )
        above, below = QHBoxLayout(), QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self._name, 1)
        for widget in (self.field, self._none, self._default):
            above.addWidget(widget)
        below.setSpacing(8)
        below.addWidget(self._sentence, 1)
        below.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(above)
        layout.addLayout(below)
        self.show_action(None, "")

    @property
    def sentence(self) -> str:
        """Why the typed keys cannot be had; empty if they can."""
        return self._sentence.text()

    def show_action(self, action: str | None, name: str) -> None:
        """Edit the keys of an action; None for none."""
        self._action = action
        self._name.setText(
            tr("New keys for “{name}”", name=name) if action is not None else tr(_ASK)
        )
        for widget in (self.field, self._none, self._default):
            widget.setEnabled(action is not None)
        self._show_keys()

    def _on_typed(self, typed: QKeySequence) -> None:
        if self._action is not None and not typed.isEmpty():
            clash = self._choice.choose(self._action, typed.toString())
            if clash is None:
                self._show_keys()
                self.changed.emit()
            else:
                self._say(clash)

    def _on_none(self) -> None:
        if self._action is not None:
            self._choice.choose(self._action, "")
            self._show_keys()
            self.changed.emit()

    def _on_default(self) -> None:
        if self._action is not None:
            clash = self._choice.reset(self._action)
            self._show_keys()
            if clash is not None:
                self._say(
                    Clash(tr("{sentence} Give that one other keys first.", sentence=clash.sentence))
                )
            self.changed.emit()

    def _on_take(self) -> None:
        if self._action is not None:
            self._choice.take_over(self._action, self.field.keySequence().toString())
            self._show_keys()
            self.changed.emit()

    def _show_keys(self) -> None:
        """Show the keys that hold."""
        keys = self._choice.keys_of(self._action) if self._action is not None else ()
        self.field.blockSignals(True)
        self.field.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())
        self.field.blockSignals(False)
        self._default.setEnabled(self._action is not None and self._choice.is_changed(self._action))
        self._sentence.clear()
        self.take.hide()

    def _say(self, clash: Clash) -> None:
        self._sentence.setText(clash.sentence)
        self.take.setVisible(clash.owner is not None)


def _button(text: str, tip: str, act: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: act())
    return button
