"""Lets the version of the model that was promoted, or gone back to, answer between two clicks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.model_in_use import ModelInUse
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.predictor import MakePredictor
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from app.controllers.segmentation_controller import SegmentationController
from imaging.errors import CancelledError
from imaging.volume import Volume
from inference.messages import IsCancelled

if TYPE_CHECKING:
    from inference.model_package import ModelPackage
    from inference.model_store import ModelStore
    from inference.predictor import Predictor

ACTIVITY = "takeover"


@dataclass(frozen=True, slots=True, eq=False)
class ReadyVersion:
    """A version that can answer; ``predictor`` is for ``volume``, both None where none is open."""

    package: ModelPackage
    volume: Volume | None
    predictor: Predictor | None


class VersionTakeover:
    """Looks which version is active, gets it ready beside the one that answers, and switches.

    A promotion may come from the worker, from a command or from another window. All methods are
    called on the GUI thread.
    """

    failed = Signal(str)
    """A sentence about a version that could not be made ready."""

    def __init__(
        self,
        store: ModelStore,
        in_use: ModelInUse,
        segmentation: SegmentationController,
        open_volume: Callable[[], Volume | None],
        maker_of: Callable[[ModelPackage], MakePredictor],
        try_networks: Callable[[Sequence[Path]], None],
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
    ) -> None:
        """``try_networks`` builds and tests engines on a thread of ``executor``."""
        self._store = store
        self._in_use = in_use
        self._segmentation = segmentation
        self._open_volume = open_volume
        self._maker_of = maker_of
        self._try_networks = try_networks
        self._call_in_gui_thread = call_in_gui_thread
        self._activities = activities
        self._runner = NewestWinsRunner[ReadyVersion | None](executor, call_in_gui_thread)
        self._ready: ReadyVersion | None = None
        self._seen: tuple[str, tuple[int, int] | None] = (in_use.package.id, None)
        segmentation.state_changed.connect(self._switch)
        in_use.changed.connect(self._on_other_model)

    def look(self) -> None:
        """See whether another version became active; cheap where none did."""
        if self._store.versions is None or self._runner.is_busy:
            return
        model_id = self._in_use.package.id
        seen = (model_id, self._store.versions.stamp(model_id))
        if seen != self._seen:
            self._seen = seen
            self._prepare()

    def _prepare(self) -> None:
        """Get the active version ready for the CT that is open now."""
        used, volume = self._in_use.package, self._open_volume()
        self._ready = None

        def work(is_cancelled: IsCancelled) -> ReadyVersion | None:
            from app.engines import networks_of

            if not self._store.has(used):
                return None  # it was named by its folder, and stays
            package = self._store.find(used.id)
            if package.folder == used.folder:
                return None
            self._call_in_gui_thread(lambda: self._show(package.version, is_cancelled))
            self._try_networks(networks_of(package))
            if volume is None:
                return ReadyVersion(package, None, None)
            predictor = self._maker_of(package)(volume)
            predictor.prepare(lambda _share, _text: None, is_cancelled)
            return ReadyVersion(package, volume, predictor)

        self._runner.submit(work, self._on_ready)

    def _show(self, version: str, is_cancelled: IsCancelled) -> None:
        if not is_cancelled():
            self._activities.show(ACTIVITY, Activity(f"Making version {version} ready"))

    def _on_ready(self, future: Future[ReadyVersion | None]) -> None:
        self._activities.finish(ACTIVITY)
        try:
            self._ready = result_of(future, "Making the new version ready")
        except CancelledError:
            return
        except WorkFailedError as error:
            version = self._in_use.package.version
            self.failed.emit(
                f"The new version of the model could not be made ready, so version {version} goes "
                f"on answering. {error}"
            )
            return
        self._switch()

    def _switch(self) -> None:
        """Switch if a version is ready and nothing waits for an answer."""
        ready, self._ready = self._ready, None  # first: switching emits ``state_changed``
        if ready is None:
            return
        volume = self._open_volume()
        if volume is None:
            self._in_use.use(ready.package)
        elif ready.predictor is None or ready.volume is not volume:
            self._prepare()  # another CT was opened meanwhile; the engines are built already
        elif self._segmentation.take_over(ready.package, ready.predictor):
            self._in_use.use(ready.package)
        else:
            self._ready = ready

    def _on_other_model(self) -> None:
        """The user chose a model: it comes in its active version."""
        self._ready = None
        self._runner.cancel()
        self._activities.finish(ACTIVITY)
