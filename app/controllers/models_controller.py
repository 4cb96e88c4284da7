"""The installed models: what there is, importing and removing them, and which one is used."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.settings import SettingsStore
from imaging.errors import CancelledError, MaskwrightError, UntrustedModelError
from inference.messages import IsCancelled

if TYPE_CHECKING:
    from app.model_import import Imported, ModelImporter
    from inference.model_package import ModelPackage


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model as the list shows it.

    ``is_used`` is true for the one that this window works with, ``is_chosen`` for the one that
    the next start will take.
    """

    package: ModelPackage
    is_shipped: bool
    is_used: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class UntrustedModel:
    """A bundle that needs code of its own: what, its hash, and the code to read."""

    path: Path
    what: str
    sha256: str
    code: str


class ModelsController:
    """Owns the list of models; all methods are called on the GUI thread."""

    changed = Signal()
    """Models came or went, another was chosen, or an import began or ended."""
    imported = Signal(str)
    """A sentence about the model that is new."""
    untrusted = Signal(UntrustedModel)
    """A bundle was refused that the user might trust."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        find_packages: Callable[[], tuple[ModelPackage, ...]],
        make_importer: Callable[[], ModelImporter],
        shipped_ids: frozenset[str],
        used_id: str,
        settings: SettingsStore,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
    ) -> None:
        self._find_packages = find_packages
        self._make_importer = make_importer
        self._shipped_ids = shipped_ids
        self._used_id = used_id
        self._settings = settings
        self._call_in_gui_thread = call_in_gui_thread
        self._activities = activities
        self._runner: NewestWinsRunner[Imported] = NewestWinsRunner(executor, call_in_gui_thread)
        self._is_stopped = False

    @property
    def is_busy(self) -> bool:
        """Whether a model is being imported."""
        return self._runner.is_busy

    def entries(self) -> tuple[ModelEntry, ...]:
        """All models that can be used, those that ship with the program first."""
        chosen = self._settings.settings.model or self._used_id
        return tuple(
            ModelEntry(
                package,
                is_shipped=package.id in self._shipped_ids,
                is_used=package.id == self._used_id,
                is_chosen=package.id == chosen,
            )
            for package in self._find_packages()
        )

    def import_path(self, path: Path, trust: str | None = None) -> None:
        """Import a bundle or package, one at a time, in the background.

        ``trust`` is the SHA-256 of a bundle whose own code may run.
        """
        if self.is_busy:
            self.failed.emit("Another model is being imported. Wait for it, or cancel it.")
            return
        self._is_stopped = False

        def report(share: float, text: str) -> None:
            self._call_in_gui_thread(lambda: self._show(share, text))

        def work(is_cancelled: IsCancelled) -> Imported:
            from app.model_import import ImportRequest

            request = ImportRequest(path, trust=trust)
            return self._make_importer().import_model(
                request, report, lambda: self._is_stopped or is_cancelled()
            )

        self._runner.submit(work, lambda future: self._on_imported(future, path))
        self._activities.show("model", Activity(f"Importing {path.name}", None, self.stop))
        self.changed.emit()

    def stop(self) -> None:
        """Give up the import; nothing is installed then."""
        self._is_stopped = True

    def remove(self, model_id: str) -> None:
        """Delete an imported model that is not in use."""
        if model_id == self._used_id:
            self.failed.emit("This model is in use. Choose another, start again, then remove it.")
            return
        try:
            self._make_importer().remove(model_id)
        except MaskwrightError as error:
            self.failed.emit(str(error))
            return
        settings = self._settings.settings
        if settings.model == model_id:
            self._choose("")
        self.changed.emit()

    def choose(self, model_id: str) -> None:
        """Use a model from the next start on."""
        self._choose(model_id)
        self.changed.emit()

    def _choose(self, model_id: str) -> None:
        self._settings.change(self._settings.settings.model_copy(update={"model": model_id}))
        self._settings.save()

    def _show(self, share: float, text: str) -> None:
        self._activities.update("model", share, text)

    def _on_imported(self, future: Future[Imported], path: Path) -> None:
        self._activities.finish("model")
        try:
            found = result_of(future, "Importing the model")
        except (CancelledError, WorkFailedError) as error:
            self.changed.emit()
            cause = error.__cause__
            if isinstance(cause, UntrustedModelError):
                self.untrusted.emit(UntrustedModel(path, cause.what, cause.sha256, cause.code))
            else:
                self.failed.emit(str(error))
            return
        package = found.package
        self.changed.emit()
        sentence = f"{package.title} is installed: {', '.join(package.structures)}."
        self.imported.emit(" ".join((sentence, *found.notes)))
