"""One line of the tables of actions."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action of the window; ``tip`` says what it does, ``group`` makes actions exclusive.

    ``repeats`` is false for what a key that is held down must not do again and again.
    """

    key: str
    text: str
    icon: str
    tip: str
    shortcuts: tuple[str, ...] = ()
    is_checkable: bool = False
    group: str | None = None
    repeats: bool = True


def shortcut_text(spec: ActionSpec) -> str:
    """The keys of an action as this platform writes them; empty if it has none."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(keys).toString(native) for keys in spec.shortcuts)
