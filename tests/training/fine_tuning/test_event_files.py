"""The event files of a job, read by TensorBoard itself."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("tensorboard")

from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)

from training.fine_tuning.event_files import EVENTS, write_events
from training.jobs.job import EpochFigures

FIRST = EpochFigures(1, 0.8, {"spleen": 0.7})
SECOND = EpochFigures(2, 0.6, {"spleen": 0.8, "pancreas": 0.5})


def scalars(folder):
    found = EventAccumulator(str(folder / EVENTS)).Reload()
    return {
        tag: [(one.step, round(one.value, 3)) for one in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def test_loss_and_dice_of_each_structure_can_be_read_while_the_training_runs(tmp_path):
    write_events(tmp_path, [FIRST])
    assert scalars(tmp_path)["loss"] == [(1, 0.8)]
    write_events(tmp_path, [FIRST, SECOND])
    assert scalars(tmp_path) == {
        "loss": [(1, 0.8), (2, 0.6)],
        "dice/spleen": [(1, 0.7), (2, 0.8)],
        "dice/pancreas": [(2, 0.5)],
    }


def test_an_epoch_that_was_done_again_or_not_written_is_there_once(tmp_path):
    write_events(tmp_path, [FIRST])
    write_events(tmp_path, [FIRST, SECOND])  # killed, and its checkpoint lost: done again
    write_events(tmp_path, [FIRST, SECOND])
    assert scalars(tmp_path)["loss"] == [(1, 0.8), (2, 0.6)]
    write_events(tmp_path / "other", [FIRST, SECOND])  # killed before the first was written
    assert scalars(tmp_path / "other")["loss"] == [(1, 0.8), (2, 0.6)]
