"""What can be asked of this computer without judging it: display, graphics, memory, disk."""

from __future__ import annotations

import logging
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.display import has_display
from app.paths import AppPaths
from imaging.own_program import own_program
from inference.engines.cores import usable_cores
from inference.engines.gpu_pack import installed_pack
from inference.engines.machine import nvidia_card, processor_name

logger = logging.getLogger(__name__)

GB = 10**9

GRAPHICS_COMMAND = "graphics"
"""The hidden command that says what draws the pictures."""

_GRAPHICS_S = 30.0


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """Facts, in bytes where they are sizes; ``opengl`` and ``gpu`` are empty without one."""

    system: str
    processor: str
    cores: int
    has_display: bool
    opengl: str
    gpu: str
    memory_bytes: int
    free_memory_bytes: int
    folders: dict[str, str]
    unwritable: tuple[str, ...]
    """The names of folders that cannot be written."""
    free_disk_bytes: int | None
    """Where the program keeps its files; None where that cannot be asked."""
    gpu_pack: str = ""
    """Version of the installed GPU pack; empty without one that can be used here."""


def facts_of_machine(paths: AppPaths) -> MachineFacts:
    """Ask; takes a second, most of it for OpenGL."""
    import psutil

    memory = psutil.virtual_memory()
    pack = installed_pack(paths.gpu_pack)
    folders = {
        "settings": paths.config,
        "models": paths.models,
        "cache": paths.cache,
        "logs": paths.logs,
    }
    return MachineFacts(
        system=_system_name(),
        processor=processor_name(),
        cores=usable_cores(),
        has_display=has_display(),
        opengl=opengl_renderer(),
        gpu=nvidia_card(),
        memory_bytes=memory.total,
        free_memory_bytes=memory.available,
        folders={name: str(folder) for name, folder in folders.items()},
        unwritable=tuple(name for name, folder in folders.items() if not _may_write(folder)),
        free_disk_bytes=_free_disk_bytes(paths.data),
        gpu_pack=pack.version if pack is not None else "",
    )


def _system_name() -> str:
    """The operating system as its makers call it."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):  # Windows, macOS, and Linux without that file
        return platform.platform(terse=True)


def opengl_renderer() -> str:
    """What draws the pictures, as OpenGL names it; empty where there is no OpenGL.

    Asked in a process of its own: a broken graphics driver ends the process that asks.
    """
    source = str(Path(__file__).resolve().parents[1])
    others = os.environ.get("PYTHONPATH")
    try:
        answer = subprocess.run(
            [*own_program(), GRAPHICS_COMMAND],
            capture_output=True,
            text=True,
            timeout=_GRAPHICS_S,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([source, others or source])},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        logger.warning("OpenGL could not be asked", exc_info=True)
        return ""
    return answer.stdout.strip()


def _may_write(folder: Path) -> bool:
    """Whether a file can be made in a folder, or the folder itself; leaves no new file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _free_disk_bytes(folder: Path) -> int | None:
    for existing in (folder, *folder.parents):
        if existing.is_dir():
            try:
                return shutil.disk_usage(existing).free
            except OSError:
                return None
    return None
