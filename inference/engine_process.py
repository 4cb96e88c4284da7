"""The parent's end of one engine process: start it, ask it, notice that it died or hangs."""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

import inference
from imaging import errors
from imaging.own_program import module_command
from inference.engines.engine import IsCancelled, never
from inference.host_protocol import (
    Answer,
    BuildProgress,
    CancelRun,
    Crashed,
    Failed,
    Request,
    answer_from_line,
    to_line,
)

logger = logging.getLogger(__name__)

POLL_S = 0.02
CANCEL_GRACE_S = 0.5
"""A run that was cancelled may take so long to stop; then its process is stopped."""

LAST_WORDS = 2000
"""How much of what a process wrote before it died goes to the log, in bytes."""


KEPT_BYTES = 1 << 30
"""So much free memory the process keeps rather than take it anew for each run."""

SETTINGS = {
    "OMP_WAIT_POLICY": "PASSIVE",  # idle threads must not spin
    "MALLOC_MMAP_MAX_": "0",  # of glibc, others do not read it; see record 32
    "MALLOC_TRIM_THRESHOLD_": str(KEPT_BYTES),
}
"""Of the process, unless the user's own environment says otherwise."""


class ProcessDiedError(Exception):
    """The engine process is gone, or was killed because it hung; says which, in a few words."""


class EngineProcess:
    """One child process. Questions come from one thread at a time; ``kill`` from any."""

    def __init__(self) -> None:
        """Start it; it gets ready while the caller does something else."""
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._child = subprocess.Popen(
            module_command("inference.host_process"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._inbox: SimpleQueue[Answer | None] = SimpleQueue()
        assert self._child.stdout is not None
        self._receiver = Thread(
            target=_receive, args=(self._child.stdout, self._inbox), name="engines", daemon=True
        )
        self._receiver.start()

    @property
    def pid(self) -> int:
        """Its number, for tests that end it."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._child.poll() is None

    def ask(
        self,
        request: Request,
        limit_s: float,
        is_cancelled: IsCancelled = never,
        number: int | None = None,
        report: Callable[[float], None] = lambda _share: None,
    ) -> Answer:
        """The answer to a request; ``number`` is that of a run, which can be cancelled.

        ``report`` hears how far a build is; each time ``limit_s`` begins again.

        Raises:
            ProcessDiedError: it died, or was killed because ``limit_s`` went by.
            CancelledError: ``is_cancelled`` said so; the process may have been killed.
            MaskwrightError: what the child found wrong.
        """
        self._send(request)
        deadline = time.monotonic() + limit_s
        cancelled_at: float | None = None
        while True:
            try:
                answer = self._inbox.get(timeout=POLL_S)
            except Empty:
                now = time.monotonic()
                if now > deadline:
                    self.kill()
                    raise ProcessDiedError(f"no answer within {limit_s:.0f} s") from None
                if cancelled_at is None and is_cancelled():
                    cancelled_at = now
                    if number is not None:
                        self._send(CancelRun(number))
                elif cancelled_at is not None and now - cancelled_at > CANCEL_GRACE_S:
                    self.kill()
                    self._child.wait()
                    raise errors.CancelledError("Cancelled: nothing was changed.") from None
                continue
            match answer:
                case BuildProgress(share):
                    deadline = time.monotonic() + limit_s
                    report(share)
                    continue
                case None:
                    raise ProcessDiedError(self._obituary())
                case Failed(kind, sentence):
                    raise _error_class(kind)(sentence)
                case Crashed(traceback):
                    logger.error("the engine process failed:\n%s", traceback)
                    last = traceback.strip().rpartition("\n")[2]
                    raise errors.EngineError(
                        f"The network could not be run ({last[:160]}). Try again."
                    )
            if cancelled_at is not None:
                raise errors.CancelledError("Cancelled: nothing was changed.")
            return answer

    def kill(self) -> None:
        """End it at once; a question that waits for an answer fails."""
        self._child.kill()

    def close(self) -> None:
        """End it and give back what belongs to it; after the last question."""
        self.kill()
        self._child.wait()
        self._receiver.join()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    logger.debug("the engine process did not read its last request")
        self._words.close()

    def _send(self, request: Request) -> None:
        stream = self._child.stdin
        assert stream is not None
        try:
            stream.write(to_line(request))
            stream.flush()
        except OSError:
            raise ProcessDiedError(self._obituary()) from None

    def _obituary(self) -> str:
        """Of what it died; what it said last goes to the log."""
        try:
            code = self._child.wait(timeout=CANCEL_GRACE_S)
        except subprocess.TimeoutExpired:  # it lives, but closed its ends of the pipes
            self.kill()
            code = self._child.wait()
        self._words.seek(0, os.SEEK_END)
        self._words.seek(max(self._words.tell() - LAST_WORDS, 0))
        words = self._words.read().decode(errors="replace").strip()
        logger.warning("the engine process ended with %d: %s", code, words or "no words")
        return f"signal {-code}" if code < 0 else f"exit code {code}"


def _receive(stream: IO[bytes], inbox: SimpleQueue[Answer | None]) -> None:
    """Hand answers over until the output ends, then None; runs on its own thread."""
    try:
        for line in stream:
            inbox.put(answer_from_line(line))
    except (ValueError, OSError):
        logger.error("the engine process wrote no answer", exc_info=True)
    inbox.put(None)


def _environment() -> dict[str, str]:
    """The parent's, with this very package first, and what makes the process fast."""
    source = str(Path(inference.__file__).resolve().parents[1])
    others = os.environ.get("PYTHONPATH")
    return {
        **SETTINGS,
        **os.environ,
        "PYTHONPATH": os.pathsep.join([source, others] if others else [source]),
    }


def _error_class(kind: str) -> type[errors.MaskwrightError]:
    found = getattr(errors, kind, None)
    if isinstance(found, type) and issubclass(found, errors.MaskwrightError):
        return found
    return errors.EngineError
