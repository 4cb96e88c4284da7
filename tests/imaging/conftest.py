"""The standard's own check of DICOM files."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


def standard_errors(path: Path) -> list[str]:
    """The errors that dciodvfy finds in a DICOM file."""
    done = subprocess.run(
        ["dciodvfy", str(path)], capture_output=True, text=True, check=False, errors="replace"
    )
    return [line for line in done.stderr.splitlines() if line.startswith("Error")]


@pytest.fixture
def errors_in() -> Callable[[Path], list[str]]:
    """The standard's check; skips where it is not installed."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    return standard_errors
