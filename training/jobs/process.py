"""Starts a worker as a process of its own, which outlives the window that wished for it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

from imaging.errors import JobError
from imaging.own_program import module_command, own_program
from inference.engines.cores import usable_cores
from training.jobs.worker_lock import has_worker
from training.missing_libraries import missing_libraries, where_to_get_them

logger = logging.getLogger(__name__)


def worker_command(folder: Path, processes: int = 1) -> list[str]:
    """How to start this program as a worker of the project in ``folder``."""
    command = [*own_program(), "worker", "--project", str(folder.resolve())]
    return [*command, "--processes", str(processes)] if processes > 1 else command


def torchrun_command(folder: Path, processes: int) -> list[str]:
    """The same with several processes of this computer, which train together."""
    start = module_command("torch.distributed.run")
    options = ("--standalone", f"--nproc-per-node={processes}", "--no-python")
    return [*start, *options, *worker_command(folder)]


def torchrun_environment() -> dict[str, str]:
    """This process's, and the cores of the computer: torchrun would give each process one."""
    return {"OMP_NUM_THREADS": str(usable_cores()), **os.environ}


def start_worker(folder: Path, processes: int = 1) -> subprocess.Popen[bytes] | None:
    """Start a worker for a project; None if it has one.

    What it says goes nowhere: its progress is in the queue, its troubles in the log. Two that
    start at the same moment settle by the lock who stays.

    Raises:
        JobError: nothing can be trained here; jobs stay in the queue.
    """
    if has_worker(folder):
        return None
    if missing_libraries():
        raise JobError(
            "The job is in the queue, but this installation cannot train: it has no "
            f"{' and no '.join(missing_libraries())}. {where_to_get_them()} Where they are, here "
            f"or on another computer, it is done by: maskwright worker --project {folder}"
        )
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    process = subprocess.Popen(
        worker_command(folder, processes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",  # Ctrl+C at the window's terminal is not for it
        creationflags=flags,
    )
    logger.info("worker %d started", process.pid)
    return process
