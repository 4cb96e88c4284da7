"""Start-up: `maskwright` and `python -m app` come here."""

from __future__ import annotations

import sys
import time
from multiprocessing import freeze_support

from imaging.own_program import put_first_packages_first, run_module_if_asked
from inference.engines.silent_onnxruntime import forbid_telemetry

STARTED_AT = time.time()
"""When Python reached this program, in seconds since the epoch."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    forbid_telemetry()  # before anything, or a child process, loads ONNX Runtime
    freeze_support()  # in a frozen program a child process starts here and goes no further
    put_first_packages_first()
    run_module_if_asked()
    from app.cli import run  # a child process, which never gets here, need not load it

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
