"""Brings work's results from other threads to the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class GuiThread(QObject):
    """Calls functions on the thread that made this object (the GUI thread)."""

    _called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._called.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def call(self, function: Callable[[], None]) -> None:
        """Queue ``function``; safe from any thread, returns at once."""
        self._called.emit(function)

    @Slot(object)
    def _run(self, function: Callable[[], None]) -> None:
        function()
