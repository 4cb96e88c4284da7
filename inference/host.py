"""Engines in a process of their own: what happens there reaches the window as a sentence.

The process starts with the first network. If it dies or hangs, it is started again and the run
repeated. An engine that says that it failed, or under which the process died twice in one run,
gives way to the next one for the rest of the session.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.errors import CancelledError, EngineError, MaskwrightError
from inference.engine_build import BackgroundBuild
from inference.engine_process import EngineProcess, ProcessDiedError
from inference.engines.catalog import AUTOMATIC, kind_ids, kind_named
from inference.engines.choice import Choice, choice_from_fields
from inference.engines.engine import IsCancelled, check_shape, never
from inference.host_protocol import (
    BuildEngine,
    CloseNetwork,
    Examined,
    ExamineEngines,
    FetchLogits,
    NetworkOpened,
    OpenNetwork,
    RunFinished,
    RunNetwork,
)
from inference.shared_block import SharedBlock

logger = logging.getLogger(__name__)

OPEN_LIMIT_S = 600.0
"""Trying every engine with a large network for the first time takes a minute or two."""

SHORTEST_LIMIT_S = 20.0
LONGEST_LIMIT_S = 900.0
PATIENCE = 40.0
"""A run hangs if it takes so many times what the self-test lets expect."""

DEATHS_OF_A_KIND = 2
"""After so many in one run the next engine takes over."""

MAX_NETWORKS = 4
"""More open ones than a model has; the one that was used least lately is closed."""

Notify = Callable[[str], None]
Result = TypeVar("Result")


class _NoRoomError(EngineError):
    """The window's own process is short of memory; no other engine would help."""


@dataclass
class _Network:
    """What the parent knows of one network; ``opened`` is None while no process has it."""

    path: Path
    excluded: list[str] = field(default_factory=list)
    opened: NetworkOpened | None = None
    last_opened: NetworkOpened | None = None
    choice: Choice | None = None


class EngineHost:
    """Owns the engine process. Networks run on one thread at a time; ``close`` on any."""

    def __init__(
        self,
        cache: Path,
        wanted: str = AUTOMATIC,
        notify: Notify = logger.warning,
        *,
        defers_builds: bool = True,
    ) -> None:
        """Keep choices under ``cache``; ``notify`` gets sentences, on the thread that runs.

        ``wanted`` is the id of the engine to prefer. With ``defers_builds`` another engine answers
        while one is built for minutes; without, opening a network takes that long.
        """
        self._cache = cache
        self._wanted = wanted
        self._notify = notify
        self._defers_builds = defers_builds
        self._lock = Lock()
        self._process: EngineProcess | None = None
        self._block = SharedBlock()
        self._networks: dict[Path, _Network] = {}
        self._builds: list[BackgroundBuild] = []
        self._runs = 0
        self._is_closed = False

    def start(self) -> None:
        """Start the process, so that it is ready when the first network comes."""
        with self._lock:
            self._running()

    def open_engine(self, path: Path) -> RemoteEngine:
        """A network in the engine process; one that is open there already is taken over.

        Raises:
            EngineError: no engine can run it.
            CancelledError: the host was closed meanwhile.
        """
        with self._lock:
            network = self._networks.pop(path, None) or _Network(path)
            self._networks[path] = network
            self._persist(network, lambda: self._opened(network))
            while len(self._networks) > MAX_NETWORKS:
                self._release(next(iter(self._networks.values())))
        return RemoteEngine(self, network)

    def examine(self, path: Path) -> Choice:
        """Try every engine with the network at ``path``.

        Raises:
            EngineError: no engine can run it, or trying one ends the process again and again.
        """
        with self._lock:
            network = _Network(path)

            def examine() -> Choice:
                request = ExamineEngines(str(path), str(self._cache))
                answer = self._running().ask(request, OPEN_LIMIT_S)
                assert isinstance(answer, Examined)
                return choice_from_fields(answer.choice)

            return self._persist(network, examine)

    @property
    def process_id(self) -> int | None:
        """Of the engine process; None before the first network, and while there is none."""
        process = self._process
        return None if process is None else process.pid

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the open networks run on what they run on, in lines to show."""
        lines: list[str] = []
        for network in self._networks.values():
            if network.choice is not None:
                lines += [f"{network.path.stem}:", *(f"  {r}" for r in network.choice.reasons)]
                lines += [
                    f"  {kind_named(build.kind).title}: {build.share:.0%} built"
                    for build in tuple(self._builds)
                    if build.is_for(network.path) and not build.has_failed
                ]
        return tuple(lines)

    def close(self) -> None:
        """End the process; work in it is cancelled. A second call does nothing."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            for build in self._builds:
                build.close()
            self._bury()
            self._networks.clear()

    def run(
        self, network: _Network, inputs: NDArray[np.float32], is_cancelled: IsCancelled
    ) -> NDArray[np.float32]:
        """For ``RemoteEngine.run``."""
        with self._lock:
            ready = self._take_over_builds(network)
            logits = self._persist(network, lambda: self._run(network, inputs, is_cancelled))
            if ready:
                self._notify(ready)
            return logits

    def release(self, network: _Network) -> None:
        """For ``RemoteEngine.close``: the process gives the network's memory back."""
        with self._lock:
            self._release(network)

    def _release(self, network: _Network) -> None:
        self._networks.pop(network.path, None)
        if network.opened is None or self._process is None:
            return
        network.opened = None
        try:
            self._process.ask(CloseNetwork(str(network.path)), SHORTEST_LIMIT_S)
        except (ProcessDiedError, MaskwrightError):
            self._bury()  # its memory is back all the more

    def _running(self) -> EngineProcess:
        if self._is_closed:
            raise CancelledError("The program is closing: nothing was changed.")
        if self._process is None:
            self._process = EngineProcess()
        return self._process

    def _bury(self) -> None:
        """End what is left of the process; the next one shares no memory with it."""
        process, self._process = self._process, None
        if process is not None:
            process.close()
        self._block.close()
        for network in self._networks.values():
            network.opened = None

    def _persist(self, network: _Network, work: Callable[[], Result]) -> Result:
        """Do ``work``; where the process or an engine fails, again with what is left."""
        deaths = deaths_of_kind = 0
        failure: EngineError | None = None
        notice = ""
        while True:
            kind = network.choice.kind if network.choice is not None else None
            try:
                result = work()
            except CancelledError:
                self._replace_if_dead()
                raise
            except ProcessDiedError as death:
                self._bury()
                deaths, deaths_of_kind = deaths + 1, deaths_of_kind + 1
                if self._is_closed:
                    raise CancelledError("The program is closing: nothing was changed.") from None
                if deaths > DEATHS_OF_A_KIND * len(kind_ids()):
                    raise EngineError(
                        f"The engine process stopped again and again ({death}), so there is no "
                        "answer. Nothing was changed. Run `maskwright doctor` and try again."
                    ) from None
                notice = f"The engine process stopped unexpectedly ({death}) and was started again."
                if kind is not None and deaths_of_kind >= DEATHS_OF_A_KIND:
                    deaths_of_kind = 0
                    network.excluded.append(kind)
            except _NoRoomError:
                raise
            except EngineError as error:
                failure = failure or error
                if kind is None or network.opened is None:  # no engine was left to open
                    network.excluded.clear()
                    raise failure from None
                logger.warning("%s failed: %s", kind, error)
                notice = f"{kind_named(kind).title} could not run the model."
                network.excluded.append(kind)
                self._bury()  # a new process has no faulty driver and no full memory
            else:
                if notice:
                    self._notify(_sentence(notice, network))
                return result

    def _replace_if_dead(self) -> None:
        """After a cancelled run: a process that had to be stopped is started again at once."""
        if self._process is not None and not self._process.is_alive:
            self._bury()
            if not self._is_closed:
                self._running()

    def _run(
        self, network: _Network, inputs: NDArray[np.float32], is_cancelled: IsCancelled
    ) -> NDArray[np.float32]:
        self._opened(network)
        try:
            self._block.with_room_for(inputs.shape)[...] = inputs
        except MemoryError as error:
            raise _NoRoomError(
                "There is not enough free memory to run the network. Close other programs and "
                "try again."
            ) from error
        self._runs += 1
        request = RunNetwork(self._runs, str(network.path), inputs.shape, self._block.name)
        limit_s = _limit_s(network.choice, inputs)
        answer = self._running().ask(request, limit_s, is_cancelled, self._runs)
        assert isinstance(answer, RunFinished)
        logits = self._block.with_room_for(answer.shape)
        if not answer.is_written:
            self._running().ask(FetchLogits(self._block.name), SHORTEST_LIMIT_S)
        return logits.copy()

    def _opened(self, network: _Network) -> NetworkOpened:
        if network.opened is None:
            failed = [b.kind for b in self._builds if b.has_failed and b.is_for(network.path)]
            excluded = tuple(dict.fromkeys([*network.excluded, *failed]))
            request = OpenNetwork(
                str(network.path), str(self._cache), self._wanted, excluded, self._defers_builds
            )
            answer = self._running().ask(request, OPEN_LIMIT_S)
            assert isinstance(answer, NetworkOpened)
            network.opened = network.last_opened = answer
            network.choice = choice_from_fields(answer.choice)
            self._begin_builds(network, answer)
            sentence = network.choice.why_not(self._wanted)
            if sentence and not network.excluded and not network.choice.to_build:
                self._notify(sentence)
        return network.opened

    def _begin_builds(self, network: _Network, opened: NetworkOpened) -> None:
        """Have built in the background what may be better than the engine that answers now."""
        assert network.choice is not None
        for kind in network.choice.to_build:
            if any(build.is_for(network.path, kind) for build in self._builds):
                continue
            request = BuildEngine(str(network.path), str(self._cache), self._wanted, kind)
            self._builds.append(BackgroundBuild(request))
            self._notify(
                f"{kind_named(kind).title} is being built for this computer in the background. "
                f"{opened.name} on {opened.device} answers until it is ready."
            )

    def _take_over_builds(self, network: _Network) -> str:
        """Let a run open the network anew where a better engine is ready; a sentence, or none."""
        for build in [one for one in self._builds if one.is_for(network.path)]:
            if build.choice is not None:
                self._builds.remove(build)
                if network.choice is not None and build.choice.kind != network.choice.kind:
                    network.opened = None
                    return (
                        f"{kind_named(build.choice.kind).title} is ready and answers from now on."
                    )
        return ""


class RemoteEngine:
    """A network in the engine process; see ``Engine``."""

    def __init__(self, host: EngineHost, network: _Network) -> None:
        self._host = host
        self._network = network

    @property
    def name(self) -> str:
        """What runs it now; another engine takes over where one fails."""
        return self._opened.name

    @property
    def device(self) -> str:
        """Where it runs now."""
        return self._opened.device

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """What the network takes; see ``Engine``."""
        return self._opened.input_shape

    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        """Logits for one input, whatever happens to the process meanwhile; see ``Engine.run``."""
        check_shape(inputs.shape, self.input_shape, self.device)
        return self._host.run(self._network, inputs, is_cancelled)

    def close(self) -> None:
        """Give the network's memory back; a later run would load it again."""
        self._host.release(self._network)

    @property
    def _opened(self) -> NetworkOpened:
        opened = self._network.last_opened
        assert opened is not None  # the host made this engine after it had opened the network
        return opened


def _limit_s(choice: Choice | None, inputs: NDArray[np.float32]) -> float:
    """How long a run may take before it counts as hanging."""
    if choice is None or not choice.test_voxels or choice.trials[0].milliseconds is None:
        return LONGEST_LIMIT_S
    voxels = inputs.size / inputs.shape[1]
    expected_s: float = choice.trials[0].milliseconds / 1000 * voxels / choice.test_voxels
    return min(max(PATIENCE * expected_s, SHORTEST_LIMIT_S), LONGEST_LIMIT_S)


def _sentence(notice: str, network: _Network) -> str:
    """What happened, who answers now, and that nothing is lost."""
    if network.opened is None or not network.excluded:
        return f"{notice} Nothing is lost."
    now = f"{network.opened.name} on {network.opened.device}"
    return f"{notice} From now on {now} answers. Nothing is lost."
