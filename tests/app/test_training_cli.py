"""Fine-tuning by commands, with a worker that is not started."""

import json
import shutil
from dataclasses import replace

import pytest

import resources
from app import cli
from app.commands import fine_tune
from app.paths import AppPaths
from inference.model_package import load_package
from inference.model_versions import ModelVersions
from training.cases.project import Project
from training.fine_tuning.plan import HeldBack, TrainingPlan, save_plan
from training.jobs.candidates import candidate_folder, job_folder
from training.jobs.job import EpochFigures, JobProgress, JobState, Stage
from training.jobs.job_queue import JobQueue
from training.jobs.messages import (
    EpochFinished,
    JobLeft,
    JobStarted,
    Remarked,
    StageReached,
)
from training.jobs.worker_lock import take_project
from training.promotion import Comparison, Measure, PromotionDecision, Verdict

MODEL = "abdomen_click_small"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """The folders for which a worker would have been started."""
    folders = []
    monkeypatch.setattr(
        fine_tune, "start_worker", lambda folder, _processes: folders.append(folder)
    )
    return folders


@pytest.fixture
def study(taught_study):
    return taught_study


@pytest.fixture
def run(capsys):
    def run(*arguments, code=0):
        capsys.readouterr()
        assert cli.run([str(one) for one in arguments]) == code, capsys.readouterr().err
        output = capsys.readouterr()
        if "--json" in arguments and code == 0:
            return json.loads(output.out)
        return output.out if code == 0 else output.err

    return run


@pytest.fixture
def version():
    return load_package(resources.path(f"models/{MODEL}")).version


@pytest.fixture
def compared(study, version):
    """A job whose candidate was compared, with this verdict; the candidate is the shipped one."""

    def make(verdict):
        with JobQueue.open(study) as queue:
            job = queue.submit(fine_tune.FineTuneSettings(MODEL))
            queue.claim("worker")
            figures = (EpochFigures(1, 0.5, {"spleen": 0.9}),)
            queue.report(job.id, JobProgress(Stage.MEASURING, 1.0, 1, 1, None, figures))
            queue.set_version(job.id, "0.9.9")
            line = Comparison("spleen", Measure.CLICKS, 5, 0.8, 0.9, 0.1, 0.05, 0.15, "P1", 0.05)
            decision = PromotionDecision(verdict, "So it is.", (line,), {"spleen": 1})
            queue.leave(job.id, JobState.REFUSED, decision.sentence, decision)
        place = candidate_folder(study, job.id)
        shutil.copytree(resources.path(f"models/{MODEL}"), place)
        manifest = json.loads((place / "manifest.json").read_text())
        (place / "manifest.json").write_text(json.dumps(manifest | {"version": "0.9.9"}))
        (place / "report.json").write_text(json.dumps({"active_version": version}))
        return job.id

    return make


def test_a_job_is_queued_and_a_worker_started(run, study, started):
    job = run("train", "fine-tune", "--project", study, "--epochs", 3, "--json")
    assert (job["id"], job["state"], job["model"]) == (1, "queued", MODEL)
    assert started == [study]
    assert "queued" in run("jobs", "list", "--project", study)
    assert run("jobs", "show", 1, "--project", study, "--json")["epochs"] == 0


def test_the_command_itself_may_be_left_out(run, study, started):
    job = run("train", "--project", study, "--processes", 2, "--json")
    assert (job["id"], job["state"]) == (1, "queued")
    assert started == [study]
    assert "shipped-model" in run("train", "--help")


def test_a_project_without_approved_cases_gets_no_job(run, tmp_path, started):
    Project.create(tmp_path / "new").close()
    said = run("train", "fine-tune", "--project", tmp_path / "new", code=1)
    assert "no approved case in the train split" in said
    assert run("jobs", "list", "--project", tmp_path / "new", "--json") == []
    assert not started


def test_an_empty_queue_says_how_to_fill_it(run, study):
    assert "maskwright train fine-tune" in run("jobs", "list", "--project", study)
    assert run("jobs", "list", "--project", study, "--json") == []


def test_a_job_is_paused_cancelled_and_resumed(run, study, started):
    run("train", "fine-tune", "--project", study, "--json")
    assert "is paused" in run("jobs", "pause", 1, "--project", study)
    assert run("jobs", "cancel", 1, "--project", study, "--json")["state"] == "cancelled"
    assert run("jobs", "resume", 1, "--project", study, "--json")["state"] == "queued"
    assert len(started) == 2
    assert "cannot go on" in run("jobs", "resume", 1, "--project", study, code=1)


def test_a_job_whose_worker_died_stops_at_once(run, study):
    run("train", "fine-tune", "--project", study)
    with JobQueue.open(study) as queue:
        queue.claim("worker")
        assert "Its worker has died" in run("jobs", "show", 1, "--project", study)
        assert run("jobs", "cancel", 1, "--project", study, "--json")["state"] == "cancelled"


def test_a_job_at_work_is_only_asked_to_stop(run, study):
    run("train", "fine-tune", "--project", study)
    with JobQueue.open(study) as queue:
        queue.claim("worker")
    lock = take_project(study)
    assert "Job 1 stops." in run("jobs", "pause", 1, "--project", study)
    lock.release()


def test_waiting_where_a_worker_is_at_work_already_says_so(run, study):
    lock = take_project(study)
    said = run("train", "fine-tune", "--project", study, "--wait", code=1)
    assert "in the queue of the worker" in said
    lock.release()


def test_unknown_models_cases_and_projects_are_refused_before_a_job_is_made(run, study, tmp_path):
    assert "no model 'x'" in run("train", "fine-tune", "--project", study, "--model=x", code=1)
    said = run("train", "fine-tune", "--project", study, "--include", "nobody", code=1)
    assert 'no case "nobody"' in said
    assert "There is no folder" in run("train", "fine-tune", "--project", tmp_path / "no", code=1)
    assert run("jobs", "list", "--project", study, "--json") == []


def test_the_comparison_is_shown_as_a_table_and_as_json(run, study, compared):
    compared(Verdict.PROMOTE)
    text = run("jobs", "show", 1, "--project", study)
    assert "epoch 1: loss 0.500, Dice spleen 0.900" in text
    assert "+0.100 (+0.050 to +0.150)" in text
    job = run("jobs", "show", 1, "--project", study, "--json")
    assert (job["decision"], job["reason"], job["after"]) == ("promote", "So it is.", "0.9.9")
    assert job["comparison"]["comparisons"][0]["structure"] == "spleen"


def test_promoting_and_rolling_back_switch_the_model_of_every_command(
    run, study, compared, version
):
    compared(Verdict.PROMOTE)
    said = run("models", "promote", "--project", study, "--job", 1)
    assert said == f"{MODEL} 0.9.9 is in use now.\n"
    rows = run("models", "versions", "--json")
    assert [(row["version"], row["is_active"]) for row in rows] == [
        (version, False),
        ("0.9.9", True),
    ]
    assert "*" in run("models", "versions")
    assert run("models", "roll-back", "--json") == {"id": MODEL, "version": version}
    assert "as it was installed" in run("models", "roll-back", code=1)


def test_an_undecided_candidate_needs_a_reason_and_a_refused_one_has_no_chance(
    run, study, compared
):
    compared(Verdict.UNDECIDED)
    compared(Verdict.REFUSE)
    where = ("models", "promote", "--project", study, "--job")
    assert "give a reason" in run(*where, 1, code=1)
    assert "cannot be promoted. So it is." in run(*where, 2, "--reason", "I like it.", code=1)
    assert run(*where, 1, "--reason", "Looks right.", "--json")["version"] == "0.9.9"


def test_a_candidate_that_was_compared_with_another_version_waits_for_a_new_job(
    run, study, compared
):
    compared(Verdict.PROMOTE)
    (candidate_folder(study, 1) / "report.json").write_text('{"active_version": "0.0.1"}')
    said = run("models", "promote", "--project", study, "--job", 1, code=1)
    assert "Start a new job" in said
    assert ModelVersions(AppPaths.of_user().model_versions).installed(MODEL) == ()


def test_a_training_if_due_starts_only_where_the_project_wishes_for_it(
    run, study, started, monkeypatch
):
    command = ("train", "fine-tune", "--project", study, "--if-due")
    assert run(*command) == ""
    with Project.open(study) as project:
        project.change_settings(replace(project.settings, trains_after_cases=2))
    assert run(*command) == ""
    assert not started
    monkeypatch.setattr(fine_tune, "newly_approved", lambda *_: 2)
    assert "queued" in run(*command)
    assert started == [study]


def test_what_a_job_holds_back_is_told(run, study):
    run("train", "fine-tune", "--project", study)
    job_folder(study, 1).mkdir(parents=True)
    odd = HeldBack(4, "liver 4", "The spleen is on the right side.")
    save_plan(TrainingPlan((), (odd,)), job_folder(study, 1) / "plan.json")
    said = run("jobs", "show", 1, "--project", study)
    assert '"liver 4" is held back. The spleen is on the right side.' in said
    (told,) = run("jobs", "show", 1, "--project", study, "--json")["held_back"]
    assert told == {"case": "liver 4", "sentence": "The spleen is on the right side."}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (JobStarted(1, 0), "job 1 starts"),
        (JobStarted(1, 3), "job 1 goes on after epoch 3"),
        (StageReached(1, Stage.TRAINING), "training ..."),
        (Remarked(1, "Held back."), "Held back."),
        (JobLeft(1, JobState.PAUSED, ""), "job 1 is paused"),
        (
            EpochFinished(1, EpochFigures(1, 0.5, {"spleen": 0.9}), 4, 120.0),
            "epoch 1 of 4: loss 0.500, Dice spleen 0.900, about 2 minutes left",
        ),
    ],
)
def test_who_waits_is_told_what_happens(message, said, capsys):
    fine_tune._say(message)
    assert capsys.readouterr().err == f"{said}\n"
