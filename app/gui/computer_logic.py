"""Connects the page about this computer with its controller."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from PySide6.QtCore import QObject

from app.doctor import Examination
from app.findings import worst_level
from app.gui import file_dialogs
from app.gui.computer_dialog import ComputerDialog
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from viewer.widgets.translation import tr, tr_sentence


class ComputerLogic(QObject):
    """Shows the page when asked, and offers it once where something is missing."""

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._computer = workbench.computer
        self._settings = workbench.settings
        self.dialog: ComputerDialog | None = None
        """While it is open."""
        window.actions_by_key["computer"].triggered.connect(lambda: self.open_dialog())
        self._computer.examined.connect(self._on_examined)
        self._computer.logs_saved.connect(self._on_saved)
        self._computer.failed.connect(self._on_failed)

    def open_dialog(self) -> None:
        """Show the page and look."""
        if self.dialog is None:
            self.dialog = ComputerDialog(self._window)
            self.dialog.look_again_requested.connect(self._look)
            self.dialog.save_logs_requested.connect(self._save_logs)
            self.dialog.finished.connect(self._on_closed)
            self._look()
        self.dialog.show()
        self.dialog.raise_()

    def check_once(self) -> None:
        """Look at what costs no time, at the first start of each version of the program.

        The start page says then what was found, and leads to the page.
        """
        if self._settings.settings.checked_version != version("maskwright"):
            self._computer.examine(tries_engines=False)

    def _look(self) -> None:
        if self.dialog is not None:
            self.dialog.show_looking()
        self._computer.examine()

    def _save_logs(self) -> None:
        if self.dialog is None:
            return
        folder = self._settings.settings.last_folder or str(Path.home())
        file = file_dialogs.ask_where_to_save_logs(
            self.dialog, Path(folder) / "maskwright-logs.zip"
        )
        if file is not None:
            self._computer.save_logs(file)

    def _on_examined(self, examination: Examination) -> None:
        self._window.start_page.show_computer(worst_level(examination.findings))
        if self.dialog is not None:
            self.dialog.show_findings(examination.findings)
        elif examination.faults:
            bar = self._window.notice_bar
            if bar.isVisible():
                return  # the next start asks again
            more = (tr("Show all"), self.open_dialog)
            bar.show_notice("stethoscope", tr_sentence(examination.faults[0]), more)
        change = {"checked_version": version("maskwright")}
        self._settings.change(self._settings.settings.model_copy(update=change))
        self._settings.save()

    def _on_saved(self, file: Path) -> None:
        if self.dialog is not None:
            self.dialog.show_saved(str(file))
        else:
            self._window.banner.show_done(tr("Logs saved to {file}.", file=file))

    def _on_failed(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_failure(sentence)
        else:
            self._window.banner.show_error(sentence)

    def _on_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
