"""Kills a real worker again and again while it trains, and counts what was lost."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from inference.model_versions import ModelVersions, check_files
from training.jobs.job import Job
from training.jobs.job_queue import JobQueue
from training.jobs.worker_lock import has_worker


@dataclass
class Kills:
    """What was seen while workers died."""

    count: int = 0
    most_epochs_lost: int = 0
    two_workers: int = 0
    broken_versions: int = 0
    problems: list[str] = field(default_factory=list)
    last: Job | None = None


def kill_again_and_again(
    folder: Path, versions: ModelVersions, command: list[str], kills: int, longest_s: float
) -> Kills:
    """Start the worker, kill it after a random time, look at what is left; then let it finish."""
    rng = np.random.default_rng(kills)
    seen = Kills()
    best_epoch = 0
    while seen.count < kills:
        with JobQueue.open(folder) as queue:
            if not queue.get(1).state.is_open:
                break
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            process.wait(rng.uniform(0.0, longest_s))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            seen.count += 1
        process.communicate()
        seen.two_workers += has_worker(folder)
        with JobQueue.open(folder) as queue:
            job = queue.get(1)
        seen.most_epochs_lost = max(seen.most_epochs_lost, best_epoch - job.progress.epoch)
        best_epoch = max(best_epoch, job.progress.epoch)
        seen.broken_versions += _broken(versions)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        seen.problems.append(done.stderr[-500:])
    with JobQueue.open(folder) as queue:
        seen.last = queue.get(1)
    seen.broken_versions += _broken(versions)
    return seen


def _broken(versions: ModelVersions) -> int:
    """Versions that could be chosen and are not whole."""
    broken = 0
    for package in versions.installed("tiny"):
        try:
            check_files(package)
        except Exception:
            broken += 1
    return broken
