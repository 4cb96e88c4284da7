"""Runs each decoding in a child process, so that a corrupt file can hurt only that process.

The child is a plain ``subprocess`` and not a ``multiprocessing`` one: it starts without the
parent's imports, without pickle and without a resource tracker. Voxels come through its standard
output while it still decodes; nothing is left behind when it is killed.
"""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

import numpy as np
from numpy.typing import NDArray

import imaging
from imaging import errors
from imaging.own_program import module_command
from imaging.readers.protocol import (
    Answer,
    Crashed,
    DecodeRequest,
    DecodeTask,
    Failed,
    Finished,
    Progress,
    SeriesFound,
    TargetGrid,
    VoxelChunk,
    VoxelsFollow,
    answer_from_line,
)

logger = logging.getLogger(__name__)

MEMORY_LIMIT_BYTES = 4 * 2**30
"""Address space of a child (Linux); DICOM and NIfTI are streamed and need far less."""

SILENCE_LIMIT_S = 60.0
"""A child that says nothing for so long hangs; the slowest step without a word is the
decompression of one large NRRD file."""

TIME_LIMIT_S = 900.0
"""For a whole file; a slow network drive brings 512x512x1000 voxels in less."""

MAX_VOXELS = 2**31
"""1024x1024x2000; a header that claims more is damaged."""

_POLL_S = 0.02

IsCancelled = Callable[[], bool]
ReportProgress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """How much a child may use before it is killed."""

    memory_bytes: int = MEMORY_LIMIT_BYTES
    silence_s: float = SILENCE_LIMIT_S
    time_s: float = TIME_LIMIT_S


@dataclass(frozen=True, slots=True, eq=False)
class DecodedGrid:
    """What came back: an array in (k, j, i) order, its affine to LPS, a name and warnings.

    ``label_names`` and ``has_our_values`` are as in ``VolumeSource``.
    """

    array: NDArray[np.int16] | NDArray[np.uint8]
    affine: NDArray[np.float64]
    name: str
    warnings: tuple[str, ...]
    label_names: tuple[tuple[int, str], ...] = ()
    has_our_values: bool = False


@dataclass(frozen=True, slots=True)
class _Ended:
    """The child closed its output."""


@dataclass(frozen=True, slots=True)
class _BytesCame:
    """Voxels arrived; ``share`` of them are here."""

    share: float


_Event = Answer | DecodedGrid | _Ended | _BytesCame


def decode_grid(
    path: Path,
    task: DecodeTask,
    *,
    series_uid: str | None = None,
    grid: TargetGrid | None = None,
    is_cancelled: IsCancelled | None = None,
    report_progress: ReportProgress | None = None,
    limits: DecodeLimits | None = None,
) -> DecodedGrid:
    """Decode a volume, or labels, which may be drawn on a ``grid``, in a child process.

    Raises:
        CancelledError: ``is_cancelled`` said so; the child was killed.
        MaskwrightError: whatever the child found wrong, or that it crashed or hung.
    """
    limits = limits or DecodeLimits()
    request = DecodeRequest(task, os.fspath(path), series_uid, limits.memory_bytes, grid)
    answer = _run(path, request, is_cancelled, report_progress, limits)
    if not isinstance(answer, DecodedGrid):
        raise _unexpected_end(path, f"it answered {type(answer).__name__}")
    return answer


def find_series(
    path: Path,
    *,
    is_cancelled: IsCancelled | None = None,
    report_progress: ReportProgress | None = None,
    limits: DecodeLimits | None = None,
) -> SeriesFound:
    """List the DICOM series of a folder in a child process; raises like ``decode_grid``."""
    limits = limits or DecodeLimits()
    request = DecodeRequest(DecodeTask.SERIES, os.fspath(path), None, limits.memory_bytes)
    answer = _run(path, request, is_cancelled, report_progress, limits)
    if not isinstance(answer, SeriesFound):
        raise _unexpected_end(path, f"it answered {type(answer).__name__}")
    return answer


def decoder_command() -> list[str]:
    """The command that starts a child, from source as well as from a frozen program."""
    return module_command("imaging.readers.decoder_process")


def _run(
    path: Path,
    request: DecodeRequest,
    is_cancelled: IsCancelled | None,
    report_progress: ReportProgress | None,
    limits: DecodeLimits,
) -> DecodedGrid | SeriesFound:
    child = subprocess.Popen(
        decoder_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child has no pipes, although they were asked for")
    inbox: SimpleQueue[_Event] = SimpleQueue()
    receiver = Thread(target=_receive, args=(child.stdout, inbox), name="decoder", daemon=True)
    receiver.start()
    try:
        _send(child.stdin, request)
        return _wait(child, inbox, path, is_cancelled, report_progress, limits)
    finally:
        child.kill()
        child.wait()
        receiver.join()
        child.stdout.close()


def _wait(
    child: subprocess.Popen[bytes],
    inbox: SimpleQueue[_Event],
    path: Path,
    is_cancelled: IsCancelled | None,
    report_progress: ReportProgress | None,
    limits: DecodeLimits,
) -> DecodedGrid | SeriesFound:
    started = last_heard = time.monotonic()
    while True:
        if is_cancelled is not None and is_cancelled():
            raise errors.CancelledError("Opening was cancelled.")
        try:
            event = inbox.get(timeout=_POLL_S)
        except Empty:
            now = time.monotonic()
            if now - last_heard > limits.silence_s or now - started > limits.time_s:
                raise _too_slow(path, now - started) from None
            continue
        last_heard = time.monotonic()
        if last_heard - started > limits.time_s:
            raise _too_slow(path, last_heard - started)
        match event:
            case DecodedGrid() | SeriesFound():
                return event
            case Progress(share, text):
                if report_progress is not None:
                    report_progress(share, text)
            case _BytesCame(share):
                if report_progress is not None:
                    report_progress(share, "Reading voxels")
            case Failed(kind, sentence):
                raise _error_class(kind)(sentence)
            case Crashed(traceback):
                logger.debug("the decoding process failed:\n%s", traceback)
                raise _unexpected_end(path, traceback.strip().rpartition("\n")[2])
            case _Ended():
                raise _unexpected_end(path, _exit_reason(child.wait()))


def _receive(stream: IO[bytes], inbox: SimpleQueue[_Event]) -> None:
    """Turn the child's output into events; runs on its own thread until the output ends."""
    arriving: _ArrivingGrid | None = None
    try:
        while line := stream.readline():
            answer = answer_from_line(line)
            if isinstance(answer, VoxelsFollow):
                arriving = _ArrivingGrid(answer)
            elif isinstance(answer, VoxelChunk) and arriving is not None:
                inbox.put(_BytesCame(arriving.take(stream, answer.byte_count)))
            elif isinstance(answer, Finished) and arriving is not None:
                inbox.put(arriving.finish(answer))
            else:
                inbox.put(answer)
    except MemoryError:
        inbox.put(
            Failed("UnreadableFileError", "There is not enough free memory to open this volume.")
        )
    except (ValueError, KeyError, TypeError, OSError) as error:
        inbox.put(Crashed(f"unreadable answer: {error}"))
    inbox.put(_Ended())


class _ArrivingGrid:
    """Voxels on their way in; never grows beyond what the child announced."""

    def __init__(self, grid: VoxelsFollow) -> None:
        voxels = np.prod(grid.shape, dtype=float)
        if grid.dtype not in ("int16", "uint8") or not 0 < voxels <= MAX_VOXELS:
            raise ValueError(f"voxels of {grid.dtype}{grid.shape} were not asked for")
        self._array = np.empty(grid.shape, grid.dtype)
        self._affine = np.array(grid.affine, np.float64).reshape(4, 4)
        self._view = memoryview(self._array.reshape(-1).view(np.uint8).data)
        self._filled = 0

    def take(self, stream: IO[bytes], byte_count: int) -> float:
        """Read the next bytes from the stream; returns the share that is here."""
        end = self._filled + byte_count
        if byte_count < 0 or end > len(self._view):
            raise ValueError("more voxels came than were announced")
        while self._filled < end:
            count = stream.readinto(self._view[self._filled : end])  # type: ignore[attr-defined]
            if not count:
                raise ValueError("the voxels ended early")
            self._filled += count
        return self._filled / len(self._view)

    def finish(self, answer: Finished) -> DecodedGrid:
        if self._filled != len(self._view):
            raise ValueError("fewer voxels came than were announced")
        names = tuple((int(value), str(name)) for value, name in answer.label_names)
        return DecodedGrid(
            self._array, self._affine, answer.name, answer.warnings, names, answer.has_our_values
        )


def _send(stream: IO[bytes], request: DecodeRequest) -> None:
    try:
        stream.write(request.to_line())
        stream.close()
    except BrokenPipeError:
        logger.debug("the decoding process ended before it read its request")


def _environment() -> dict[str, str]:
    """The parent's, with this very package first and no thread pools, which cost memory."""
    source = str(Path(imaging.__file__).resolve().parents[1])
    others = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([source, others] if others else [source]),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _error_class(kind: str) -> type[errors.MaskwrightError]:
    found = getattr(errors, kind, None)
    if isinstance(found, type) and issubclass(found, errors.MaskwrightError):
        return found
    return errors.UnreadableFileError


def _exit_reason(return_code: int) -> str:
    return f"signal {-return_code}" if return_code < 0 else f"exit code {return_code}"


def _unexpected_end(path: Path, reason: str) -> errors.UnreadableFileError:
    return errors.UnreadableFileError(
        f"{path.name} could not be read: the decoder stopped unexpectedly ({reason}). "
        "The file is probably damaged; export it again, or open another one."
    )


def _too_slow(path: Path, seconds: float) -> errors.UnreadableFileError:
    return errors.UnreadableFileError(
        f"{path.name} could not be read within {seconds:.0f} s, so the attempt was stopped. "
        "Copy it to a local disk and open it from there, or export it again."
    )
