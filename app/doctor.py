"""What this computer can do: versions, engines that really run, folders, models."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import socket
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.paths import AppPaths
from imaging.errors import EngineError
from inference.engines.catalog import kind_named
from inference.engines.cores import usable_cores
from inference.engines.machine import processor_name

logger = logging.getLogger(__name__)

PACKAGES = (
    "maskwright",
    "PySide6-Essentials",
    "vtk",
    "SimpleITK",
    "pydicom",
    "numpy",
    "onnxruntime-gpu",
    "onnxruntime",
    "openvino",
    "tensorrt",
    "tensorrt-rtx",
    "torch",
    "monai",
)
"""Packages whose versions matter to whoever reads a fault report."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One installed model, as listed."""

    id: str
    version: str
    title: str


@dataclass(frozen=True, slots=True)
class EngineLine:
    """One engine: whether it runs the model here, and why or why not.

    ``name`` is its id for `--engine`; ``milliseconds`` are for one run of the self-test, with the
    agreement with the reference as ``dice``; None where it did not run.
    """

    name: str
    title: str
    usable: bool
    reason: str
    milliseconds: float | None = None
    dice: float | None = None
    largest_difference: float | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """The findings; ``faults`` are sentences, empty where all that is needed works."""

    versions: dict[str, str]
    system: str
    processor: str
    cores: int
    engines: tuple[EngineLine, ...]
    """The one that is used first."""
    has_display: bool
    folders: dict[str, str]
    models: tuple[ModelLine, ...]
    faults: tuple[str, ...]


def examine_computer(
    paths: AppPaths, models: tuple[ModelLine, ...], network: Path | None
) -> Examination:
    """Try what can be tried without a window; engines with ``network``, a model's."""
    engines = engine_lines(network, paths.engines)
    faults = []
    if network is not None and not any(engine.usable for engine in engines):
        faults.append("No engine can run a network. Install the program again.")
    if not models:
        faults.append("No model is installed. Install the program again.")
    return Examination(
        versions=installed_versions(),
        system=platform.platform(terse=True),
        processor=processor_name(),
        cores=usable_cores(),
        engines=engines,
        has_display=has_display(),
        folders={
            "settings": str(paths.config),
            "models": str(paths.models),
            "cache": str(paths.cache),
            "logs": str(paths.logs),
        },
        models=models,
        faults=tuple(faults),
    )


def installed_versions() -> dict[str, str]:
    """Version of Python and of each package that is installed."""
    found = {"Python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def engine_lines(network: Path | None, engines: Path) -> tuple[EngineLine, ...]:
    """Every engine, tried with a network in a process of its own; the best one first.

    None where there is no network to try.
    """
    if network is None:
        return ()
    from inference.host import EngineHost

    host = EngineHost(engines)
    try:
        choice = host.examine(network)
    except EngineError as error:
        logger.warning("no engine works", exc_info=True)
        return (EngineLine("none", "None", usable=False, reason=str(error)),)
    finally:
        host.close()
    return tuple(
        EngineLine(
            trial.kind,
            kind_named(trial.kind).title,
            usable=trial.is_usable,
            reason=trial.reason,
            milliseconds=trial.milliseconds,
            dice=trial.dice,
            largest_difference=trial.largest_difference,
        )
        for trial in choice.trials
    )


def has_display() -> bool:
    """Whether a window could be opened."""
    if sys.platform in ("win32", "darwin") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return _x_answers(os.environ.get("DISPLAY", ""))


def _x_answers(display: str) -> bool:
    """Whether the X server of ``display`` is there: Qt ends the whole process where it is not."""
    host, colon, numbers = display.rpartition(":")
    if not colon:
        return False
    if host not in ("", "unix"):
        return True  # another computer's; only trying would tell
    number = numbers.partition(".")[0]
    # A server listens on a file, or in Linux's abstract space.
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            if connection.connect_ex(address) == 0:
                return True
    return False
