"""Runs the conversion of an imported network in a child process, with limits."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

import training
from imaging.errors import CancelledError, ModelError
from imaging.own_program import module_command
from inference.engines.cores import usable_cores
from training.missing_libraries import missing_libraries, where_to_get_them

logger = logging.getLogger(__name__)

MEMORY_LIMIT_BYTES = 24 * 2**30
"""Address space of the child. DynUNet at 128 cubed is converted within it; UNETR, whose weights
have 1.2 GB, has not been tried at its full size."""

TIME_LIMIT_S = 1800.0
"""DynUNet at 128 cubed takes 85 s of processor time, three minutes on two busy cores; UNETR, which
has ten times its weights, has not been timed."""

_POLL_S = 0.05

ReportProgress = Callable[[float, str], None]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class TrustedCode:
    """A copy of a bundle whose own code may build the network; it may write beside itself only."""

    bundle: Path
    config: str


@dataclass(frozen=True, slots=True)
class ConversionRequest:
    """What is to be built: the network, its weights (safetensors), and where the ONNX file goes.

    ``scratch`` is a folder for temporary files. With ``trusted``, a folder in it, the bundle's own
    code builds the network, or its TorchScript file is the network if ``weights`` is None.
    ``click_channels`` are the classes that the channels after the image are thought to be for,
    empty where there is nothing to find out.
    """

    architecture: dict[str, Any]
    weights: Path | None
    onnx: Path
    scratch: Path
    in_channels: int
    out_channels: int
    size_ras: tuple[int, int, int]
    click_channels: tuple[int, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    trusted: TrustedCode | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came of it.

    ``click_order`` is, for each click channel, the class that it raises; None if that is not
    clear. ``largest_difference`` is ONNX Runtime's from PyTorch, as part of the largest logit.
    """

    click_order: tuple[int, ...] | None
    largest_difference: float


@dataclass(frozen=True, slots=True)
class ConversionLimits:
    """How much the child may use before it is ended."""

    memory_bytes: int = MEMORY_LIMIT_BYTES
    time_s: float = TIME_LIMIT_S


def require_torch() -> None:
    """Say in a sentence what to do where PyTorch and MONAI are not installed.

    Raises:
        ModelError: they are not.
    """
    if missing_libraries():
        raise ModelError(
            "Importing a network needs PyTorch and MONAI, which this installation lacks. "
            f"{where_to_get_them()} Or import on a computer that has them and carry the model "
            "over: maskwright models export ID --format package."
        )


def convert(
    request: ConversionRequest,
    report_progress: ReportProgress,
    is_cancelled: IsCancelled,
    limits: ConversionLimits | None = None,
) -> Conversion:
    """Build the network, try it, and write its ONNX file.

    Raises:
        CancelledError: ``is_cancelled`` said so.
        ModelError: weights and network do not fit, or the child ran out of memory or time.
    """
    require_torch()
    limits = limits or ConversionLimits()
    child = subprocess.Popen(
        module_command("training.conversion.process"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(request.scratch),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child has no pipes, although they were asked for")
    inbox: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    receiver = Thread(target=_receive, args=(child.stdout, inbox), name="conversion", daemon=True)
    receiver.start()
    try:
        child.stdin.write(_line(request, limits))
        child.stdin.close()
        return _wait(child, inbox, report_progress, is_cancelled, limits)
    except BrokenPipeError as error:
        raise _unexpected_end(child) from error
    finally:
        child.kill()
        child.wait()
        receiver.join()
        child.stdout.close()


def _wait(
    child: subprocess.Popen[bytes],
    inbox: SimpleQueue[dict[str, Any] | None],
    report_progress: ReportProgress,
    is_cancelled: IsCancelled,
    limits: ConversionLimits,
) -> Conversion:
    started = time.monotonic()
    while True:
        if is_cancelled():
            raise CancelledError("The import was cancelled. Nothing was changed.")
        if time.monotonic() - started > limits.time_s:
            raise ModelError(
                f"The network could not be converted within {limits.time_s:.0f} s, so the attempt "
                "was ended. Import it on a faster computer and carry it over (models export "
                "--format package)."
            )
        try:
            answer = inbox.get(timeout=_POLL_S)
        except Empty:
            continue
        match answer:
            case {"progress": share, "text": text}:
                report_progress(share, text)
            case {"done": {"click_order": order, "largest_difference": difference}}:
                return Conversion(None if order is None else tuple(order), difference)
            case {"failed": sentence}:
                raise ModelError(sentence)
            case {"crashed": trace}:
                logger.debug("the conversion failed:\n%s", trace)
                raise ModelError(
                    "The network could not be converted "
                    f"({trace.strip().rpartition(chr(10))[2][:200]}). Please report this with the "
                    "name of the bundle."
                )
            case _:
                raise _unexpected_end(child)


def _receive(stream: IO[bytes], inbox: SimpleQueue[dict[str, Any] | None]) -> None:
    """Pass the child's lines on; runs on its own thread until the output ends."""
    for line in stream:
        try:
            inbox.put(json.loads(line))
        except ValueError:
            break
    inbox.put(None)


def _line(request: ConversionRequest, limits: ConversionLimits) -> bytes:
    message = {
        "architecture": request.architecture,
        "weights": os.fspath(request.weights) if request.weights else None,
        "trusted_bundle": os.fspath(request.trusted.bundle) if request.trusted else None,
        "trusted_config": request.trusted.config if request.trusted else None,
        "onnx": os.fspath(request.onnx),
        "in_channels": request.in_channels,
        "out_channels": request.out_channels,
        "size": request.size_ras,
        "click_channels": request.click_channels,
        "metadata": request.metadata,
        "memory_bytes": limits.memory_bytes,
        "threads": usable_cores(),
    }
    return json.dumps(message).encode() + b"\n"


def _environment(scratch: Path) -> dict[str, str]:
    """The parent's, with this very package first, and memory that is kept between layers."""
    source = str(Path(training.__file__).resolve().parents[1])
    others = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "TMPDIR": os.fspath(scratch),
        "PYTHONPATH": os.pathsep.join([source, others] if others else [source]),
        "MALLOC_MMAP_THRESHOLD_": str(2**32),
        "MALLOC_TRIM_THRESHOLD_": str(2**34),
    }


def _unexpected_end(child: subprocess.Popen[bytes]) -> ModelError:
    code = child.wait()
    reason = f"signal {-code}" if code < 0 else f"exit code {code}"
    return ModelError(
        f"The network could not be converted: its process ended unexpectedly ({reason}), most "
        "likely for lack of memory. Close other programs and import again."
    )
