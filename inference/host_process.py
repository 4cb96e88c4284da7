"""The engine process: loads networks and runs them; a crash in here hurts nobody else.

Requests come on standard input and are read by a thread, so that a run can be cancelled; the
engines are used by the main thread only. The process ends when its input does.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from imaging.errors import EngineError, MaskwrightError
from inference.engines.choose import build_engine, examine_engines, open_engine
from inference.engines.engine import Engine
from inference.host_protocol import (
    Answer,
    BuildEngine,
    BuildProgress,
    CancelRun,
    CloseNetwork,
    Crashed,
    Done,
    Examined,
    ExamineEngines,
    Failed,
    FetchLogits,
    NetworkOpened,
    OpenNetwork,
    Request,
    RunFinished,
    RunNetwork,
    request_from_line,
    to_line,
)
from inference.shared_block import attach, view


def main() -> None:
    """Answer requests until the input ends."""
    faulthandler.enable()
    # Ctrl+C in a terminal goes to all processes there; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _claim_standard_output()
    inbox = _Inbox(sys.stdin.buffer)

    def send(answer: Answer) -> None:
        answers.write(to_line(answer))
        answers.flush()

    room = EngineRoom(inbox, send)
    for request in inbox:
        try:
            send(room.answer(request))
        except BrokenPipeError:
            return  # nobody is left to tell


class _Inbox:
    """Requests in order; cancellations overtake them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._queue: SimpleQueue[Request] = SimpleQueue()
        self._cancelled = 0
        Thread(target=self._read, name="requests", daemon=True).start()

    def __iter__(self) -> Iterator[Request]:
        while True:
            yield self._queue.get()

    def is_cancelled(self, number: int) -> bool:
        """Whether the run of that number, or a later one, was cancelled."""
        return number <= self._cancelled

    def _read(self) -> None:
        for line in self._stream:
            request = request_from_line(line)
            if isinstance(request, CancelRun):
                self._cancelled = request.number
            else:
                self._queue.put(request)
        os._exit(0)  # the parent is gone: not even a run that goes on is wanted any more


class EngineRoom:
    """The loaded networks, by path, and the block that they share with the parent."""

    def __init__(self, inbox: _Inbox, send: Callable[[Answer], None]) -> None:
        """``send`` tells the parent how far a build is, before the answer."""
        self._inbox = inbox
        self._send = send
        self._engines: dict[str, Engine] = {}
        self._block: SharedMemory | None = None
        self._logits: NDArray[np.float32] | None = None

    def answer(self, request: Request) -> Answer:
        """Do what was asked; every failure becomes an answer."""
        try:
            return self._answer(request)
        except MaskwrightError as error:
            return Failed(type(error).__name__, str(error))
        except MemoryError:
            sentence = "There is not enough free memory. Close other programs and try again."
            return Failed(EngineError.__name__, sentence)
        except Exception:  # the edge of a process: the parent logs it and shows a sentence
            return Crashed(traceback.format_exc())

    def _answer(self, request: Request) -> Answer:
        match request:
            case OpenNetwork():
                return self._open(request)
            case RunNetwork():
                return self._run(request)
            case FetchLogits(block):
                return self._hand_over(block)
            case CloseNetwork(network):
                self._close(network)
                return Done()
            case ExamineEngines(network, cache):
                return Examined(asdict(examine_engines(Path(network), Path(cache))))
            case BuildEngine(network, cache, wanted, kind):
                choice = build_engine(Path(network), Path(cache), wanted, kind, self._report)
                return Examined(asdict(choice))
        raise ValueError(f"{type(request).__name__} is not answered")

    def _open(self, request: OpenNetwork) -> Answer:
        self._close(request.network)
        engine, choice = open_engine(
            Path(request.network),
            Path(request.cache),
            request.wanted,
            request.excluded,
            defers_builds=request.defers_builds,
        )
        self._engines[request.network] = engine
        _give_memory_back()  # the trials took more than the runs will
        return NetworkOpened(engine.name, engine.device, engine.input_shape, asdict(choice))

    def _run(self, request: RunNetwork) -> Answer:
        inputs = view(self._attached(request.block), request.shape)
        self._logits = None
        logits = self._engines[request.network].run(
            inputs, lambda: self._inbox.is_cancelled(request.number)
        )
        self._logits = np.asarray(logits, np.float32)
        return self._hand_over(request.block)

    def _hand_over(self, block: str) -> RunFinished:
        """Put the logits into the block and let go of them, if they fit."""
        if self._logits is None:
            raise ValueError("there are no logits to fetch")
        logits = self._logits
        memory = self._attached(block)
        if logits.nbytes > memory.size:
            return RunFinished(logits.shape, is_written=False)
        view(memory, logits.shape)[...] = logits
        self._logits = None
        return RunFinished(logits.shape, is_written=True)

    def _attached(self, block: str) -> SharedMemory:
        if self._block is None or self._block.name != block:
            if self._block is not None:
                self._block.close()
            self._block = attach(block)
        return self._block

    def _report(self, share: float) -> None:
        self._send(BuildProgress(share))

    def _close(self, network: str) -> None:
        engine = self._engines.pop(network, None)
        if engine is not None:
            engine.close()
            del engine
            _give_memory_back()


def _give_memory_back() -> None:
    """Let the system have what is free; between runs it is kept, see ``engine_process``."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:  # glibc
            trim(0)


def _claim_standard_output() -> BinaryIO:
    """Keep the pipe for answers; what libraries print goes to standard error instead."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(answers, "wb")


if __name__ == "__main__":
    main()
