"""Whether there is a screen to open a window on."""

from __future__ import annotations

import os
import socket
import sys


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
