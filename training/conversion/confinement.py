"""Keeps the code of a trusted bundle from the network, other programs and other people's files.

Trust is the user's word that the code is honest; this stops mistakes and the usual mischief, not
an attacker who writes machine code.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of Linux: a network of one's own, without any device."""

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.startfile",
    "os.kill",
    "urllib.",
    "webbrowser.",
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.chown",
    "os.truncate",
    "shutil.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def leave_network() -> bool:
    """Give this process a network without devices, where the system allows it (Linux)."""
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER_AND_NETWORK) == 0)


def confine_to(folder: Path) -> None:
    """From now on refuse connections, programs, and changes outside of ``folder``; for good."""
    inside = f"{folder.resolve()}{os.sep}"

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"the bundle's code tried {event}")
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        if (writes or event.startswith(_CHANGES)) and not _is_inside(arguments[0], inside):
            raise PermissionError(f"the bundle's code tried to change {arguments[0]!r}")

    sys.addaudithook(refuse)


def _is_inside(path: object, inside: str) -> bool:
    if isinstance(path, int):
        return True  # a file that is open already
    place = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes | Path) else ""
    return place == os.devnull or place.startswith(inside)
