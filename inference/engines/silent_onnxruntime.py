"""Loads ONNX Runtime so that it sends nothing to its maker."""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

_OPT_OUT = "ORT_DISABLE_TELEMETRY"
"""Heeded by ONNX Runtime 1.29 and later on Linux and macOS, where it is set before the library
is loaded; without it the library sends names and hashes of networks, with no sign in Python."""


def forbid_telemetry() -> None:
    """Let no ONNX Runtime that is loaded from now on send anything, in child processes too."""
    os.environ[_OPT_OUT] = "1"


def load_onnxruntime() -> ModuleType:
    """The library; import it nowhere else."""
    forbid_telemetry()
    library = import_module("onnxruntime")
    library.disable_telemetry_events()  # the way that Windows knows
    return library
