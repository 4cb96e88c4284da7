"""Where networks run: in this process for commands, in one of their own for the window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from imaging.errors import CancelledError

if TYPE_CHECKING:
    from inference.engines.engine import Engine
    from inference.host import EngineHost
    from inference.model_package import ModelPackage

Notify = Callable[[str], None]
OpenEngine = Callable[[Path], "Engine"]

_CLOSING = "The program is closing: nothing was changed."

logger = logging.getLogger(__name__)


def engine_opener(cache: Path, wanted: str, notify: Notify) -> OpenEngine:
    """Loads networks in this process, each in the engine that suits it best here.

    ``wanted`` is the id of an engine to prefer, or "auto"; ``notify`` gets a sentence where it
    cannot be used.
    """

    def open_here(network: Path) -> Engine:
        from inference.engines.choose import open_engine

        engine, choice = open_engine(network, cache, wanted)
        sentence = choice.why_not(wanted)
        if sentence:
            notify(sentence)
        return engine

    return open_here


def networks_of(package: ModelPackage) -> tuple[Path, ...]:
    """The networks of a model, the one for clicks first: that is the one people wait for."""
    specs = (package.clicks, package.whole_volume, package.automatic, package.sliding_window)
    paths = (spec.network.path for spec in specs if spec is not None)
    return tuple(dict.fromkeys(paths))


class WindowEngines:
    """The engine process, made when it is first needed: the window opens without it."""

    def __init__(self, cache: Path, wanted: str, notify: Notify) -> None:
        """``notify`` gets sentences about what went wrong, on the thread that ran a network."""
        self._cache = cache
        self._wanted = wanted
        self._notify = notify
        self._lock = Lock()
        self._host: EngineHost | None = None
        self._trial: EngineHost | None = None
        self._trial_lock = Lock()
        self._is_closed = False

    def start(self) -> None:
        """Let the process get ready while something else is done."""
        self._made().start()

    def open_engine(self, network: Path) -> Engine:
        """A network in the engine process; see ``EngineHost.open_engine``."""
        return self._made().open_engine(network)

    def try_networks(self, networks: Sequence[Path]) -> None:
        """Build and test engines for networks in another process; a second call waits.

        What it finds out is kept, so that ``open_engine`` takes a moment afterwards. Networks that
        are open go on answering meanwhile.

        Raises:
            EngineError: no engine can run one of them.
            CancelledError: the program closes.
        """
        from inference.host import EngineHost

        with self._trial_lock:
            with self._lock:
                if self._is_closed:
                    raise CancelledError(_CLOSING)
                trial = self._trial = EngineHost(
                    self._cache, self._wanted, logger.info, defers_builds=False
                )
            try:
                for network in networks:
                    trial.open_engine(network)
            finally:
                trial.close()
                self._trial = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the networks run on what they run on; empty before one is open."""
        return () if self._host is None else self._host.reasons

    def close(self) -> None:
        """End the process; what runs in it is cancelled."""
        with self._lock:
            self._is_closed = True
            hosts = (self._host, self._trial)
        for host in hosts:
            if host is not None:
                host.close()

    def _made(self) -> EngineHost:
        from inference.host import EngineHost

        with self._lock:
            if self._is_closed:
                raise CancelledError(_CLOSING)
            if self._host is None:
                self._host = EngineHost(self._cache, self._wanted, self._notify)
            return self._host
