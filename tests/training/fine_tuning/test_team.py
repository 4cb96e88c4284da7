"""Several processes of one training, on the processor (gloo), as torchrun starts them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("monai")

from training.fine_tuning.case_arrays import save_case  # noqa: E402 - only with torch
from training.fine_tuning.team import Team  # noqa: E402 - likewise
from training.jobs.job import FineTuneSettings, JobState  # noqa: E402 - likewise
from training.jobs.job_queue import JobQueue  # noqa: E402 - likewise
from training.jobs.messages import message_from_line  # noqa: E402 - likewise
from training.patches import training_case  # noqa: E402 - likewise

HERE = Path(__file__).parent

needs_gloo = pytest.mark.skipif(sys.platform == "win32", reason="torchrun is tried on Linux")


def torchrun(script, *arguments):
    """Run a script in two processes; its output comes back."""
    start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "--no-python"]
    words = [str(one) for one in (HERE / script, *arguments)]
    done = subprocess.run(
        [sys.executable, *start, sys.executable, *words],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_one_process_is_a_team_of_its_own():
    team = Team.joined()
    assert (team.leads, team.own_seed, team.device("cuda")) == (True, (), "cuda")
    team.hand_out("order")
    team.announce(1)
    team.dismiss()
    team.leave()


@needs_gloo
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_move_by_the_mean_gradient_and_leave_a_step_together(tmp_path):
    torchrun("team_member.py", tmp_path)
    steps = "'first', (7, 1.5), (8, 1.5), 'second', (7, None)]"  # the second one ran out of memory
    assert (tmp_path / "0.txt").read_text() == f"[2, 'cpu', (), {steps}"
    assert (tmp_path / "1.txt").read_text() == f"[2, 'cpu', (1,), {steps}"


@needs_gloo
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("tiny_package")
def test_two_processes_do_a_job_with_the_messages_and_the_gate_of_one(
    make_project, make_patient, tmp_path
):
    folder = make_project(train=2, validation=1, hold_out=1)
    volume, labels = make_patient(77)
    for seed in range(3000, 3006):
        case = training_case("phantom", volume, labels, {1: "spleen"})
        save_case(case, tmp_path / "cache" / "replay" / f"phantom-{seed}")
    with JobQueue.open(folder) as queue:
        queue.submit(FineTuneSettings("tiny", device="cpu"))
    said = torchrun("small_worker.py", folder, tmp_path, 2).splitlines()
    events = [message_from_line(line).event for line in said]
    assert events == [
        "job_started",
        "stage_reached",
        "stage_reached",
        "epoch_finished",
        "epoch_finished",
        "stage_reached",
        "job_left",
    ]
    with JobQueue.open(folder) as queue:
        job = queue.get(1)
    assert job.state is JobState.REFUSED, job.message
    assert job.progress.epoch == 2
    assert job.decision is not None
    report = json.loads((folder / "jobs" / "1" / "candidate" / "report.json").read_text())
    assert len(report["epochs"]) == 2
