import importlib.util
import os
import sys
from pathlib import Path

import pytest

from inference.model_versions import ModelVersions
from training.fine_tuning.case_arrays import save_case
from training.jobs.job import FineTuneSettings, JobState
from training.jobs.job_queue import JobQueue
from training.patches import training_case

HERE = Path(__file__).parent

KILLS = int(os.environ.get("MASKWRIGHT_WORKER_KILLS", "3"))
"""Few here; what is promised was shown with 50."""

EPOCHS = 3 + KILLS


def killed_worker():
    spec = importlib.util.spec_from_file_location("killed_worker", HERE / "killed_worker.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["killed_worker"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_package")
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of other systems")
@pytest.mark.timeout(400 + 60 * KILLS)
def test_a_worker_that_is_killed_again_and_again_loses_no_whole_epoch(
    make_project, make_patient, tmp_path
):
    folder = make_project(train=1, validation=1, hold_out=1)
    volume, labels = make_patient(77)
    for seed in range(3000, 3006):
        case = training_case("phantom", volume, labels, {1: "spleen"})
        save_case(case, tmp_path / "cache" / "replay" / f"phantom-{seed}")
    with JobQueue.open(folder) as queue:
        queue.submit(FineTuneSettings("tiny", device="cpu"))
    versions = ModelVersions(tmp_path / "versions")
    command = [sys.executable, str(HERE / "small_worker.py"), str(folder), str(tmp_path)]
    seen = killed_worker().kill_again_and_again(
        folder, versions, [*command, str(EPOCHS)], KILLS, longest_s=12
    )
    assert seen.problems == []
    assert (seen.most_epochs_lost, seen.two_workers, seen.broken_versions) == (0, 0, 0)
    assert seen.last.state is JobState.REFUSED, seen.last.message
    assert "was refused" in seen.last.message or "too few approved" in seen.last.message
    assert not [*(tmp_path / "versions").glob("*/active.json")]
