"""Connects the Help menu: finding actions, keys, guide, tour, this computer, logs, about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.gui.about_dialog import AboutDialog
from app.gui.command_palette import CommandPalette
from app.gui.computer_logic import ComputerLogic
from app.gui.guide_dialog import GuideDialog
from app.gui.main_window import MainWindow
from app.gui.shortcut_choice import ShortcutChoice
from app.gui.shortcuts_dialog import ShortcutsDialog
from app.gui.tour_logic import TourLogic
from app.gui.workbench import Workbench
from viewer.widgets.translation import tr

if TYPE_CHECKING:
    from app.gui.view_logic import ViewLogic


class HelpLogic(QObject):
    """Opens what helps; nothing in here changes a case."""

    def __init__(
        self,
        window: MainWindow,
        workbench: Workbench,
        find_views: Callable[[], ViewLogic | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bench = workbench
        self._actions = window.actions_by_key
        self.shortcuts = ShortcutChoice(self._actions, workbench.settings, _menu_keys(window))
        self.computer = ComputerLogic(window, workbench)
        self.tour = TourLogic(window, workbench, lambda: _axial_view(find_views()))
        self.guide: GuideDialog | None = None
        """While it is open."""
        handlers: dict[str, Callable[[], object]] = {
            "find_action": self.find_action,
            "guide": self.open_guide,
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

    def open_guide(self) -> None:
        """Show the user guide beside the window."""
        if self.guide is None:
            self.guide = GuideDialog(self._window)
            self.guide.finished.connect(self._on_guide_closed)
        self.guide.show()
        self.guide.raise_()

    def greet(self) -> None:
        """What only a first start brings: the tour, and what this computer lacks."""
        self.tour.start_once()
        self.computer.check_once()

    def _on_guide_closed(self) -> None:
        if self.guide is not None:
            self.guide.deleteLater()
            self.guide = None

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._bench.logs)))

    def _show_about(self) -> None:
        model = self._bench.model
        engine = self._bench.segmentation.engine
        AboutDialog(engine, f"{model.title} {model.version}", self._window).exec()


def _axial_view(views: ViewLogic | None) -> QWidget | None:
    if views is None:
        return None
    from viewer.scenes.planes import Plane  # the views have loaded it by now

    return views.case_view.views.slice_widgets[Plane.AXIAL]


def _menu_keys(window: MainWindow) -> dict[str, str]:
    """The keys that open menus, and that they do."""
    titles = (action.text() for action in window.menuBar().actions())
    letters = ((title.partition("&")[2][:1].upper(), title.replace("&", "")) for title in titles)
    return {
        f"Alt+{letter}": tr("opens the {name} menu", name=name)
        for letter, name in letters
        if letter
    }
