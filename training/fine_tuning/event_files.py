"""The epochs of a training for TensorBoard: an event file for each, in the folder of the job."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from training.jobs.job import EpochFigures

EVENTS = "events"


def write_events(job_folder: Path, figures: Sequence[EpochFigures]) -> None:
    """Write the newest epoch, and all of them where the files are not those of the ones before.

    So it is after a worker was killed between its checkpoint and this.
    """
    folder = job_folder / EVENTS
    unwritten = figures[-1:]
    if len(list(folder.glob("*"))) != len(figures) - 1:
        shutil.rmtree(folder, ignore_errors=True)
        unwritten = figures
    for one in unwritten:
        with SummaryWriter(str(folder)) as writer:
            writer.add_scalar("loss", one.loss, one.epoch)
            for structure, value in one.dice.items():
                writer.add_scalar(f"dice/{structure}", value, one.epoch)
