"""The installed models: what there is, importing and removing them, and which one is used."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.model_in_use import ModelInUse
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.settings import SettingsStore
from imaging.errors import CancelledError, MaskwrightError, UntrustedModelError
from inference.messages import IsCancelled, ReportProgress

if TYPE_CHECKING:
    from app.model_import import Imported, ImportRequest, ModelImporter
    from app.model_zoo import ZooInstaller
    from inference.model_package import ModelPackage


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model as the list shows it.

    ``is_used`` is true for the one that this window works with.
    """

    package: ModelPackage
    is_shipped: bool
    is_used: bool


@dataclass(frozen=True, slots=True)
class UntrustedModel:
    """A bundle that needs code of its own: what, its hash, and the code to read."""

    path: Path
    what: str
    sha256: str
    code: str


@dataclass(frozen=True, slots=True)
class CheckpointWish:
    """A file of weights alone, and what it does not say itself.

    ``network`` is a name of the DeepEdit tutorial's, or the path of a file that describes it;
    ``structures`` are the classes after background, ``side`` that of its box in voxels.
    """

    path: Path
    network: str
    structures: tuple[str, ...]
    side: int


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
        make_installer: Callable[[], ZooInstaller],
        shipped_ids: frozenset[str],
        in_use: ModelInUse,
        settings: SettingsStore,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
    ) -> None:
        self._find_packages = find_packages
        self._make_importer = make_importer
        self._make_installer = make_installer
        self._shipped_ids = shipped_ids
        self._in_use = in_use
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
        return tuple(
            ModelEntry(
                package,
                is_shipped=package.id in self._shipped_ids,
                is_used=package.id == self._in_use.package.id,
            )
            for package in self._find_packages()
        )

    def import_path(self, path: Path, trust: str | None = None) -> None:
        """Import a bundle or package, one at a time, in the background.

        ``trust`` is the SHA-256 of a bundle whose own code may run.
        """

        def request() -> ImportRequest:
            from app.model_import import ImportRequest

            return ImportRequest(path, trust=trust)

        self._import(path, request)

    def import_checkpoint(self, checkpoint: CheckpointWish) -> None:
        """Import weights alone, likewise."""

        def request() -> ImportRequest:
            from app.model_import import ImportRequest
            from inference.bundles.bundle_reader import ReadingOptions

            return ImportRequest(
                checkpoint.path,
                reading=ReadingOptions(labels=checkpoint.structures),
                network=checkpoint.network,
                size=checkpoint.side,
            )

        self._import(checkpoint.path, request)

    def install(self, name: str) -> None:
        """Download a model of the Zoo whose licence was accepted, and import it, likewise."""

        def work(report: ReportProgress, is_cancelled: IsCancelled) -> Imported:
            from app.model_zoo import zoo_model

            return self._make_installer().install(zoo_model(name), None, report, is_cancelled)

        self._start(f"Installing {name}", work, None)

    def _import(self, path: Path, request: Callable[[], ImportRequest]) -> None:
        def work(report: ReportProgress, is_cancelled: IsCancelled) -> Imported:
            from app.model_zoo import check_carried_over

            check_carried_over(path)
            return self._make_importer().import_model(request(), report, is_cancelled)

        self._start(f"Importing {path.name}", work, path)

    def _start(
        self,
        what: str,
        work: Callable[[ReportProgress, IsCancelled], Imported],
        path: Path | None,
    ) -> None:
        """Begin, if nothing else is being imported; ``path`` is what might be trusted."""
        if self.is_busy:
            self.failed.emit("Another model is being imported. Wait for it, or cancel it.")
            return
        self._is_stopped = False

        def report(share: float, text: str) -> None:
            self._call_in_gui_thread(lambda: self._show(share, text))

        self._runner.submit(
            lambda is_cancelled: work(report, lambda: self._is_stopped or is_cancelled()),
            lambda future: self._on_imported(future, path),
        )
        self._activities.show("model", Activity(what, None, self.stop))
        self.changed.emit()

    def stop(self) -> None:
        """Give up the import; nothing is installed then."""
        self.give_up()
        if self.is_busy:
            self._activities.show("model", Activity("Cancelling"))

    def give_up(self) -> None:
        """Likewise, on any thread, where nobody looks any more: the program closes."""
        self._is_stopped = True

    def remove(self, model_id: str) -> None:
        """Delete an imported model that is not in use."""
        if model_id == self._in_use.package.id:
            self.failed.emit("This model is in use. Choose another, then remove it.")
            return
        try:
            self._make_importer().remove(model_id)
        except MaskwrightError as error:
            self.failed.emit(str(error))
            return
        settings = self._settings.settings
        if settings.model == model_id:
            self._keep("")
        self.changed.emit()

    def choose(self, model_id: str) -> None:
        """Use a model from now on, in this window and after the next start."""
        for package in self._find_packages():
            if package.id == model_id:
                self._keep(model_id)
                self._in_use.use(package)
                self.changed.emit()
                return
        self.failed.emit(f"{model_id} cannot be used: it is not installed any more.")
        self.changed.emit()

    def _keep(self, model_id: str) -> None:
        self._settings.change(self._settings.settings.model_copy(update={"model": model_id}))
        self._settings.save()

    def _show(self, share: float, text: str) -> None:
        self._activities.update("model", share, text)

    def _on_imported(self, future: Future[Imported], path: Path | None) -> None:
        self._activities.finish("model")
        try:
            found = result_of(future, "Importing the model")
        except (CancelledError, WorkFailedError) as error:
            self.changed.emit()
            cause = error.__cause__
            if path is not None and isinstance(cause, UntrustedModelError):
                self.untrusted.emit(UntrustedModel(path, cause.what, cause.sha256, cause.code))
            else:
                self.failed.emit(str(error))
            return
        package = found.package
        self.changed.emit()
        sentence = f"{package.title} is installed: {', '.join(package.structures)}."
        self.imported.emit(" ".join((sentence, *found.notes)))
