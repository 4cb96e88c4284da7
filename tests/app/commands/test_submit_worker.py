"""A worker that submitit starts, on this computer instead of a cluster."""

import json
import re
import sys

import pytest

from app import cli
from app.commands.submit_worker import parsed, submit_worker
from imaging.errors import JobError
from training.jobs.job import Cluster
from training.jobs.job_queue import JobQueue

pytest.importorskip("submitit")
pytest.importorskip("torch")


@pytest.fixture
def study(tmp_path, taught_study, monkeypatch):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    return taught_study


@pytest.mark.slow
def test_a_submitted_worker_does_the_job_and_its_messages_are_in_the_log(study, capfd):
    command = ("train", "fine-tune", "--project", str(study), "--submit", "local", "--wait")
    assert cli.run([*command, "--submit-option", "timeout_min=20", "--json"]) == 1
    said = capfd.readouterr()
    job = json.loads(said.out)
    assert job["state"] == "failed"
    assert "There is no case to learn from: 1 are held back" in job["message"]
    (log,) = (study / "jobs" / "1" / "cluster").glob("*_log.out")
    assert str(log) in said.err
    assert '"event":"job_left"' in log.read_text()


def test_what_cannot_be_submitted_is_a_sentence_and_the_job_waits(study, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")  # no slurm here
    command = ["train", "fine-tune", "--project", str(study), "--submit", "slurm"]
    assert cli.run(command) == 1
    assert "could not be submitted to slurm" in capsys.readouterr().err
    with JobQueue.open(study) as queue:
        assert [job.state for job in queue.listed()] == ["queued"]


def test_a_wrong_option_leaves_no_job_behind(study, capsys):
    command = ["train", "fine-tune", "--project", str(study), "--submit", "local"]
    assert cli.run([*command, "--submit-option", "partition"]) == 1
    assert "such as slurm_partition=gpu" in capsys.readouterr().err
    with JobQueue.open(study) as queue:
        assert queue.listed() == ()
    with pytest.raises(JobError, match="could not be submitted"):
        submit_worker(study, 1, Cluster.LOCAL, ["no_such_option=1"])


@pytest.mark.parametrize(
    ("is_frozen", "advice"),
    [(False, "pip install 'maskwright[cluster]'"), (True, "maskwright worker --project DIR")],
)
def test_without_submitit_the_advice_can_be_followed(tmp_path, monkeypatch, is_frozen, advice):
    monkeypatch.setitem(sys.modules, "submitit", None)
    monkeypatch.setattr(sys, "frozen", is_frozen, raising=False)
    with pytest.raises(JobError, match=re.escape(advice)):
        submit_worker(tmp_path, 1, Cluster.SLURM, [])


def test_options_are_texts_and_whole_numbers():
    assert parsed(["slurm_partition=gpu", "gpus_per_node=2", "slurm_comment="]) == {
        "slurm_partition": "gpu",
        "gpus_per_node": 2,
        "slurm_comment": "",
    }
