"""Connects the models' dialog with their controller; models that are dropped come here too."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from app.controllers.models_controller import ModelsController, UntrustedModel
from app.gui import file_dialogs
from app.gui.main_window import MainWindow
from app.gui.models_dialog import ModelsDialog
from app.gui.trust_dialog import TrustDialog
from app.gui.workbench import Workbench


class ModelsLogic(QObject):
    """Asks for files, confirms what cannot be undone, and shows what came of it."""

    def __init__(self, window: MainWindow, workbench: Workbench, models: ModelsController) -> None:
        super().__init__(window)
        self._window = window
        self._models = models
        self._activities = workbench.activities
        self._settings = workbench.settings
        self.dialog: ModelsDialog | None = None
        """While it is open."""
        window.actions_by_key["models"].triggered.connect(lambda: self.open_dialog())
        models.changed.connect(self._show_entries)
        models.imported.connect(self._on_imported)
        models.failed.connect(self._on_failed)
        models.untrusted.connect(self._on_untrusted)
        workbench.activities.changed.connect(self._show_activity)

    def open_dialog(self) -> None:
        """Show the models; the window stays usable behind."""
        if self.dialog is None:
            self.dialog = ModelsDialog(self._window)
            self.dialog.file_wanted.connect(self._import_file)
            self.dialog.folder_wanted.connect(self._import_folder)
            self.dialog.remove_requested.connect(self._remove)
            self.dialog.choose_requested.connect(self._models.choose)
            self.dialog.stop_requested.connect(self._models.stop)
            self.dialog.finished.connect(self._on_closed)
            self._show_entries()
            self._show_activity()
        self.dialog.show()
        self.dialog.raise_()

    def import_dropped(self, path: Path) -> bool:
        """Import a bundle that was dropped on the window; False if it is none."""
        from inference.bundles.bundle_files import is_model

        if not is_model(path):
            return False
        self.open_dialog()
        self._models.import_path(path)
        return True

    def _import_file(self) -> None:
        path = file_dialogs.ask_model_file(self._window, self._last_folder())
        if path is not None:
            self._models.import_path(path)

    def _import_folder(self) -> None:
        path = file_dialogs.ask_model_folder(self._window, self._last_folder())
        if path is not None:
            self._models.import_path(path)

    def _remove(self, model_id: str) -> None:
        question = f"Delete the model {model_id} from this computer? It can be imported again."
        answer = QMessageBox.question(self.dialog or self._window, "Remove model", question)
        if answer == QMessageBox.StandardButton.Yes:
            self._models.remove(model_id)

    def _show_entries(self) -> None:
        if self.dialog is not None:
            self.dialog.show_entries(self._models.entries(), is_busy=self._models.is_busy)

    def _show_activity(self) -> None:
        if self.dialog is not None:
            self.dialog.show_activity(self._activities.current if self._models.is_busy else None)

    def _on_imported(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_message(sentence, is_warning=False)
        else:
            self._window.banner.show_done(sentence)

    def _on_failed(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_message(sentence, is_warning=True)
        else:
            self._window.banner.show_error(sentence)

    def _on_untrusted(self, model: UntrustedModel) -> None:
        dialog = TrustDialog(model, self.dialog or self._window)
        if dialog.exec():
            self._models.import_path(model.path, model.sha256)
        else:
            self._on_failed(f"{model.path.name} was not imported, and none of its code was run.")

    def _on_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _last_folder(self) -> str:
        return self._settings.settings.last_folder or str(Path.home())
