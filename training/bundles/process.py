"""Runs a bundle's command in a child process, and says in a sentence why it failed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import IO

from imaging.errors import CancelledError, ModelError
from training.bundles.commands import BundleCommand
from training.missing_libraries import where_to_get_them
from training.torch_choice import train_with_chosen_torch

NEEDED = ("torch", "monai", "ignite", "fire", "nibabel", "yaml")

# The first error of a chain is the cause; those after it say where it was met.
_CAUSE = re.compile(r"^(?:\[\w+\]:\s*)?(?:\w+\.)*(\w*(?:Error|Exception|Exit)): (.+)$")

# How torchrun names a process that a signal ended; it ends the others by SIGTERM itself.
_SIGNAL = re.compile(r"^exitcode\s*:\s*-\d+ \(pid: \d+\)\s*\((?!SIGTERM)(SIG\w+)\)")

SECONDS_TO_STOP = 30
"""MONAI writes its last checkpoint when it is interrupted."""


def run(command: BundleCommand, *, is_quiet: bool = False) -> None:
    """Run to the end; the child's own lines appear as they come, unless ``is_quiet``.

    Raises:
        ModelError: a library is missing, or the command failed.
        CancelledError: Ctrl+C.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"Bundles need {', '.join(missing)}, which is not installed. {where_to_get_them()}"
        )
    train_with_chosen_torch()
    with subprocess.Popen(
        command.arguments,
        cwd=command.bundle.root,
        env=_environment(command.processes),
        stdout=subprocess.DEVNULL if is_quiet else None,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as child:
        assert child.stderr is not None
        try:
            cause = _echo(child.stderr, is_quiet=is_quiet)
            exit_code = child.wait()
        except KeyboardInterrupt:
            _stop(child)
            raise CancelledError(f"{command.what} was stopped.") from None
    if exit_code:
        reason = cause or f"it ended with exit code {exit_code}"
        raise ModelError(f"{command.what} of {command.bundle.root.name} failed: {reason}")


def _environment(processes: int) -> dict[str, str]:
    # MONAI, torch and nibabel warn about each other's plans in every process.
    environment = {"PYTHONWARNINGS": "ignore"}
    if processes > 1:
        environment["OMP_NUM_THREADS"] = str(max((os.cpu_count() or 1) // processes, 1))
    return environment | dict(os.environ)


def _echo(stream: IO[str], *, is_quiet: bool) -> str | None:
    """Pass on what the child says; returns the first error in it."""
    cause = None
    for line in stream:
        if not is_quiet:
            sys.stderr.write(line)
        found = _CAUSE.match(line.strip())
        if found and cause is None:
            cause = f"{found[2]}" if _is_sentence(found[2]) else f"{found[1]}: {found[2]}"
        ended = _SIGNAL.match(line.strip())
        if ended and cause is None:
            cause = f"one of its processes was ended by {ended[1]}"
    return cause


def _is_sentence(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?")) and text[:1].isupper()


def _stop(child: subprocess.Popen[str]) -> None:
    """The terminal has sent the child its own Ctrl+C; wait for its last checkpoint."""
    try:
        child.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        child.kill()
