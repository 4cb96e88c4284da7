"""Connects the Help menu: finding actions, keys, logs and the about box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from app.gui.about_dialog import AboutDialog
from app.gui.command_palette import CommandPalette
from app.gui.main_window import MainWindow
from app.gui.shortcut_choice import ShortcutChoice
from app.gui.shortcuts_dialog import ShortcutsDialog
from app.gui.workbench import Workbench


class HelpLogic(QObject):
    """Opens what helps; nothing in here changes a case."""

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._bench = workbench
        self._actions = window.actions_by_key
        self.shortcuts = ShortcutChoice(self._actions, workbench.settings, _menu_keys(window))
        handlers: dict[str, Callable[[], object]] = {
            "find_action": self.find_action,
            "shortcuts": lambda: ShortcutsDialog(self._actions, self.shortcuts, window).exec(),
            "open_logs": self._open_logs,
            "about": self._show_about,
        }
        for key, handler in handlers.items():
            self._actions[key].triggered.connect(lambda _checked=False, do=handler: do())

    def find_action(self) -> CommandPalette:
        """Let the user search all actions, and run the one that they choose."""
        palette = CommandPalette(self._actions, self._window)
        palette.chosen.connect(lambda key: self._actions[key].trigger())
        palette.finished.connect(palette.deleteLater)
        palette.open()
        return palette

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._bench.logs)))

    def _show_about(self) -> None:
        model = self._bench.model
        engine = self._bench.segmentation.engine
        AboutDialog(engine, f"{model.title} {model.version}", self._window).exec()


def _menu_keys(window: MainWindow) -> dict[str, str]:
    """The keys that open menus, and that they do."""
    titles = (action.text() for action in window.menuBar().actions())
    letters = ((title.partition("&")[2][:1].upper(), title.replace("&", "")) for title in titles)
    return {f"Alt+{letter}": f"opens the {name} menu" for letter, name in letters if letter}
