"""A worker as the program starts it, with tiny epochs; run as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from training.fine_tuning import job_run, recipe
from training.jobs.job import Preset
from training.jobs.messages import Message, message_to_line
from training.jobs.places import JobPlaces
from training.worker import run_worker


def say(message: Message) -> None:
    """As `maskwright worker` does."""
    sys.stdout.write(message_to_line(message) + "\n")


def main() -> None:
    """Work on the project that the first argument names, with the folders in the second."""
    folder, home = Path(sys.argv[1]), Path(sys.argv[2])
    recipe._PRESETS[Preset.CPU] = (1, ((32, 32, 32),), int(sys.argv[3]), 2)
    job_run.REFERENCE_SEEDS = range(0)
    places = JobPlaces(
        (home / "models",), home / "versions", home / "cache", home / "cache", home / "locks"
    )
    run_worker(folder, places, say, lambda: False)


if __name__ == "__main__":
    main()
