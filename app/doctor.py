"""What this computer can do: versions, engines that really run, folders, models."""

from __future__ import annotations

import base64
import contextlib
import io
import logging
import os
import platform
import socket
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.paths import AppPaths
from inference.engines.cores import usable_cores

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
    "tensorrt",
    "tensorrt-rtx",
    "torch",
    "monai",
)
"""Packages whose versions matter to whoever reads a fault report."""

# A graph of one Identity node on one float, opset 13: the smallest thing an engine can run.
_IDENTITY_ONNX = base64.b64decode(
    "CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEA0="
)


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One installed model, as listed."""

    id: str
    version: str
    title: str


@dataclass(frozen=True, slots=True)
class Examination:
    """The findings; ``faults`` are sentences, empty where all that is needed works."""

    versions: dict[str, str]
    system: str
    processor: str
    cores: int
    engines: dict[str, bool]
    """ONNX Runtime's compiled-in providers, and whether a network really ran on each."""
    has_display: bool
    folders: dict[str, str]
    models: tuple[ModelLine, ...]
    faults: tuple[str, ...]


def examine_computer(paths: AppPaths, models: tuple[ModelLine, ...]) -> Examination:
    """Try what can be tried without a window."""
    engines = working_engines()
    faults = []
    if not any(engines.values()):
        faults.append("No engine can run a network. Install the program again.")
    if not models:
        faults.append("No model is installed. Install the program again.")
    return Examination(
        versions=installed_versions(),
        system=platform.platform(terse=True),
        processor=_processor_name(),
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


def working_engines() -> dict[str, bool]:
    """Each provider that ONNX Runtime was built with, and whether it runs a network here.

    Its list of available providers says only what was compiled in, and a session falls
    back to the CPU without a word: so ask the session what it got.
    """
    import onnxruntime

    from inference.engines.onnx_runtime import has_cuda, load_cuda_libraries

    if has_cuda():
        load_cuda_libraries()
    onnxruntime.set_default_logger_severity(4)  # it prints each failed try in red
    works = {}
    for provider in onnxruntime.get_available_providers():
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                session = onnxruntime.InferenceSession(_IDENTITY_ONNX, options, [provider])
            works[provider] = provider in session.get_providers()
        except Exception:  # the library raises many kinds; each means "does not work here"
            logger.info("provider %s does not work", provider, exc_info=True)
            works[provider] = False
    return works


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


def _processor_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()
