"""Connects the models' dialog with their controller; models that are dropped come here too."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from app.controllers.models_controller import ModelsController, UntrustedModel
from app.gui import file_dialogs
from app.gui.checkpoint_dialog import CheckpointDialog
from app.gui.main_window import MainWindow
from app.gui.models_dialog import ModelsDialog
from app.gui.trust_dialog import TrustDialog
from app.gui.workbench import Workbench
from viewer.widgets.translation import tr


class ModelsLogic(QObject):
    """Asks for files, confirms what cannot be undone, and shows what came of it."""

    def __init__(self, window: MainWindow, workbench: Workbench, models: ModelsController) -> None:
        super().__init__(window)
        self._window = window
        self._models = models
        self._activities = workbench.activities
        self._settings = workbench.settings
        self._workbench = workbench
        self.dialog: ModelsDialog | None = None
        """While it is open."""
        window.actions_by_key["models"].triggered.connect(lambda: self.open_dialog())
        models.changed.connect(self._show_entries)
        models.imported.connect(self._on_imported)
        models.failed.connect(self._on_failed)
        models.untrusted.connect(self._on_untrusted)
        workbench.activities.changed.connect(self._show_activity)
        workbench.in_use.changed.connect(self._on_other_model)

    def open_dialog(self) -> None:
        """Show the models; the window stays usable behind."""
        if self.dialog is None:
            self.dialog = ModelsDialog(self._window)
            self.dialog.file_wanted.connect(self._import_file)
            self.dialog.folder_wanted.connect(self._import_folder)
            self.dialog.remove_requested.connect(self._remove)
            self.dialog.zoo_wanted.connect(self._ask_zoo)
            self.dialog.choose_requested.connect(self._choose)
            self.dialog.stop_requested.connect(self._models.stop)
            self.dialog.finished.connect(self._on_closed)
            self._show_entries()
            self._show_activity()
        self.dialog.show()
        self.dialog.raise_()

    def import_dropped(self, path: Path) -> bool:
        """Import a bundle or checkpoint that was dropped on the window; False if it is none."""
        from inference.bundles.bundle_files import is_checkpoint, is_model

        if not is_model(path) and not is_checkpoint(path):
            return False
        self.open_dialog()
        self._import_named(path)
        return True

    def _import_file(self) -> None:
        path = file_dialogs.ask_model_file(self._window, self._last_folder())
        if path is not None:
            self._import_named(path)

    def _import_named(self, path: Path) -> None:
        from inference.bundles.bundle_files import is_checkpoint

        if not is_checkpoint(path):
            self._models.import_path(path)
            return
        dialog = CheckpointDialog(path, self.dialog or self._window)
        if dialog.exec():
            self._models.import_checkpoint(dialog.wish)

    def _ask_zoo(self) -> None:
        """Show what can be downloaded; nothing is asked of the network before the user agrees."""
        from app.gui.zoo_dialog import ZooDialog  # what it loads takes a quarter of a second
        from app.model_zoo import ZOO

        settings = self._settings.settings
        installed = frozenset(entry.package.id for entry in self._models.entries())
        dialog = ZooDialog(ZOO, installed, settings.proxy, self.dialog or self._window)
        if dialog.exec():
            self._settings.change(settings.model_copy(update={"proxy": dialog.proxy}))
            self._settings.save()
            self._models.install(dialog.chosen.name)

    def _choose(self, model_id: str) -> None:
        if self._workbench.segmentation.is_answering:
            self._on_failed(tr("A click waits for its answer. Wait for it, then choose again."))
        else:
            self._models.choose(model_id)

    def _on_other_model(self) -> None:
        """Prepare the open case for the model; its labels, clicks and undo stay as they are."""
        bench = self._workbench
        session = bench.cases.session
        if session is not None:
            bench.segmentation.open_case(session, bench.model, bench.make_predictor)
        self._on_imported(
            tr(
                "{title}, version {version}, is in use from now on.",
                title=bench.model.title,
                version=bench.model.version,
            )
        )

    def _import_folder(self) -> None:
        path = file_dialogs.ask_model_folder(self._window, self._last_folder())
        if path is not None:
            self._models.import_path(path)

    def _remove(self, model_id: str) -> None:
        question = tr(
            "Delete the model {model_id} from this computer? It can be imported again.",
            model_id=model_id,
        )
        answer = QMessageBox.question(self.dialog or self._window, tr("Remove model"), question)
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
            self._on_failed(
                tr("{name} was not imported, and none of its code was run.", name=model.path.name)
            )

    def _on_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _last_folder(self) -> str:
        return self._settings.settings.last_folder or str(Path.home())
