"""Where the window and its docks were left, and back to how they began."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

LAYOUT_VERSION = 1
"""Raise it where docks change so much that an older layout would be wrong."""

SIZE_PX = (1440, 900)
"""Of the window at the very first start, where the screen has room for it."""

FRAME_PX = 36
"""What the system's title bar takes of a screen's height."""


class WindowLayout:
    """Describes a window's layout as text, and restores it; nonsense changes nothing.

    The docks belong to projects: without one they are hidden, whatever the layout says.
    """

    def __init__(self, window: QMainWindow, docks: tuple[QDockWidget, ...], width_px: int) -> None:
        """``docks`` begin as tabs on the right, the first one in front, ``width_px`` wide."""
        self._window = window
        self._docks = docks
        self._width_px = width_px
        self._arrange()
        self.hide_docks()

    @property
    def geometry_text(self) -> str:
        """Size and place of the window, and whether it is maximised."""
        return _text(self._window.saveGeometry())

    def restore_geometry(self, text: str) -> None:
        """Be where and as large as described, but never without a frame."""
        self._window.restoreGeometry(_bytes(text))
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowFullScreen)

    @property
    def docks_text(self) -> str:
        """Place, width and visibility of the docks."""
        return _text(self._window.saveState(LAYOUT_VERSION))

    def show_docks(self, text: str) -> None:
        """Show the docks as described: also not at all, where they were closed."""
        if not self._window.restoreState(_bytes(text), LAYOUT_VERSION):
            for dock in self._docks:
                dock.show()
            self._docks[0].raise_()

    def hide_docks(self) -> None:
        """Leave their place to the views."""
        for dock in self._docks:
            dock.hide()

    def reset(self, *, shows_docks: bool) -> None:
        """Place everything as at the very first start."""
        if not (self._window.isMaximized() or self._window.isFullScreen()):
            self._window.resize(first_size(self._window.screen().availableSize()))
        for dock in self._docks:
            self._window.removeDockWidget(dock)
        self._arrange()
        for dock in self._docks:
            dock.setVisible(shows_docks)
        if shows_docks:
            front = self._docks[0]
            self._window.resizeDocks([front], [self._width_px], Qt.Orientation.Horizontal)
            front.raise_()

    def _arrange(self) -> None:
        for dock in self._docks:
            self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        for before, dock in zip(self._docks, self._docks[1:], strict=False):
            self._window.tabifyDockWidget(before, dock)


def first_size(available: QSize) -> QSize:
    """How large the window begins on a screen with so much room: all of it is seen."""
    return QSize(*SIZE_PX).boundedTo(QSize(available.width(), available.height() - FRAME_PX))


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "ignore"))
