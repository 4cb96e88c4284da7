"""The whole way of a job in this process, with a tiny model on small patients."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from imaging.errors import JobError  # noqa: E402 - only with torch
from inference.model_versions import ModelVersions  # noqa: E402 - likewise
from training import worker as worker_module  # noqa: E402 - likewise
from training.cases.records import Split  # noqa: E402 - likewise
from training.fine_tuning import job_run, measuring, recipe  # noqa: E402 - likewise
from training.fine_tuning.case_arrays import save_case  # noqa: E402 - likewise
from training.fine_tuning.trainer import FineTuner  # noqa: E402 - likewise
from training.jobs.candidates import (  # noqa: E402 - likewise
    candidate_folder,
    promote_candidate,
    read_report,
)
from training.jobs.job import FineTuneSettings, JobState, JobWish, Preset  # noqa: E402 - likewise
from training.jobs.job_queue import JobQueue  # noqa: E402 - likewise
from training.jobs.messages import EpochFinished, JobLeft, Remarked  # noqa: E402 - likewise
from training.jobs.places import JobPlaces  # noqa: E402 - likewise
from training.jobs.worker_lock import take_device, take_project  # noqa: E402 - likewise
from training.patches import training_case  # noqa: E402 - likewise
from training.promotion import Figures, Verdict  # noqa: E402 - likewise
from training.worker import run_worker  # noqa: E402 - likewise

SETTINGS = FineTuneSettings("tiny", device="cpu")


@pytest.fixture
def places(tmp_path, tiny_package, make_patient, monkeypatch):
    """Folders of this test, tiny presets, and small patients in place of the phantoms."""
    monkeypatch.setattr(recipe, "_PRESETS", {Preset.CPU: (2, ((32, 32, 32),), 2, 2)})
    monkeypatch.setattr(job_run, "REFERENCE_SEEDS", range(0))
    monkeypatch.setattr(worker_module, "_be_modest", lambda _team: None)
    volume, labels = make_patient(77)
    for seed in range(3000, 3006):
        case = training_case("phantom", volume, labels, {1: "spleen"})
        save_case(case, tmp_path / "cache" / "replay" / f"phantom-{seed}")
    return JobPlaces(
        model_folders=(tiny_package.folder.parent,),
        versions=tmp_path / "versions",
        cache=tmp_path / "cache",
        clicks=tmp_path / "cache",
        locks=tmp_path / "locks",
    )


@pytest.fixture
def judged(monkeypatch):
    """Replaces the simulated users: the candidate gains so much Dice, whatever it is."""

    def as_if(gain):
        def figures(_case, package, *_others):
            dice = 0.8 + (gain if package.version != "1.0.0" else 0)
            return {"spleen": Figures(None, {1: dice, 3: dice}, dice, 0.1, 2.0)}

        monkeypatch.setattr(measuring, "_figures", figures)

    return as_if


@pytest.fixture
def work(places):
    """Does the jobs of a project; the messages come back."""

    def run(folder, should_stop=lambda: False, on_message=lambda _message: None):
        said = []

        def emit(message):
            said.append(message)
            on_message(message)

        run_worker(folder, places, emit, should_stop)
        return said

    return run


def submitted(folder, settings=SETTINGS):
    with JobQueue.open(folder, author="Anna") as queue:
        return queue.submit(settings).id


def job_of(folder, job_id=1):
    with JobQueue.open(folder) as queue:
        return queue.get(job_id)


def test_a_better_model_is_in_use_after_its_job_and_its_report_is_kept(
    make_project, places, work, judged
):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder)
    said = work(folder)
    job = job_of(folder)
    assert job.state is JobState.FINISHED, job.message
    assert job.decision.verdict is Verdict.PROMOTE
    assert (job.version, job.progress.epoch) == ("1.0.1", 2)
    assert places.store().find("tiny").version == "1.0.1"
    assert len([one for one in said if isinstance(one, EpochFinished)]) == 2
    assert isinstance(said[-1], JobLeft)
    assert len(list((folder / "jobs" / "1" / "events").iterdir())) == 2  # one for each epoch
    kept = places.store().find("tiny").folder
    assert "is better on 5 held-out patients" in (kept / "report.html").read_text()
    assert read_report(folder, 1)["active_version"] == "1.0.0"
    assert ModelVersions(places.versions).roll_back("tiny") is None
    assert places.store().find("tiny").version == "1.0.0"


def test_a_worse_model_is_refused_and_cannot_be_promoted_by_hand(
    make_project, places, work, judged
):
    judged(-0.05)
    folder = make_project(hold_out=5)
    submitted(folder)
    work(folder)
    job = job_of(folder)
    assert job.state is JobState.REFUSED
    assert "spleen: mean Dice after clicks fell (0.800 before, 0.750 now)" in job.message
    assert places.store().find("tiny").version == "1.0.0"
    with JobQueue.open(folder) as queue, pytest.raises(JobError, match="cannot be promoted"):
        promote_candidate(queue, folder, job, places.store(), "I insist.", "Anna")


def test_with_too_few_held_out_patients_a_person_decides_and_says_why(
    make_project, places, work, judged
):
    judged(+0.05)
    folder = make_project(hold_out=2)
    submitted(folder)
    work(folder)
    job = job_of(folder)
    assert job.state is JobState.REFUSED
    assert "3 more for the spleen; 5 are needed" in job.message
    with JobQueue.open(folder) as queue:
        with pytest.raises(JobError, match="give a reason"):
            promote_candidate(queue, folder, job, places.store(), " ", "Anna")
        promote_candidate(queue, folder, job, places.store(), "Looks right.", "Anna")
        with pytest.raises(JobError, match="in use already"):
            promote_candidate(queue, folder, job, places.store(), "Again.", "Anna")
    assert places.store().find("tiny").version == "1.0.1"
    assert job_of(folder).message == "Anna promoted it. Reason: Looks right."


def test_a_better_model_waits_where_that_was_asked_for(make_project, places, work, judged):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder, replace(SETTINGS, promotes=False))
    work(folder)
    job = job_of(folder)
    assert job.state is JobState.FINISHED
    assert "waits for you" in job.message
    assert places.store().find("tiny").version == "1.0.0"


def test_weights_that_are_no_numbers_are_refused_before_anything_is_measured(
    make_project, places, work, judged, monkeypatch
):
    judged(+0.05)
    best = FineTuner.best_weights

    def spoilt(self):
        return {name: value * float("nan") for name, value in best(self).items()}

    monkeypatch.setattr(FineTuner, "best_weights", spoilt)
    folder = make_project(hold_out=5)
    submitted(folder)
    work(folder)
    job = job_of(folder)
    assert job.state is JobState.REFUSED
    assert "its weights are not finite numbers" in job.message
    assert not candidate_folder(folder, 1).exists()
    assert places.store().find("tiny").version == "1.0.0"


@pytest.mark.parametrize(
    ("wish", "state"), [(JobWish.PAUSE, JobState.PAUSED), (JobWish.CANCEL, JobState.CANCELLED)]
)
def test_a_stopped_job_keeps_its_epochs_and_goes_on_from_them(
    make_project, work, judged, monkeypatch, wish, state
):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder)

    def stop_after_an_epoch(_self):
        return wish if job_of(folder).progress.epoch == 1 else JobWish.NONE

    monkeypatch.setattr(job_run.FineTuneRun, "_is_stopped", lambda self: bool(self.heartbeat.wish))
    monkeypatch.setattr(
        worker_module.Heartbeat,
        "wish",
        property(stop_after_an_epoch, lambda _self, _wish: None),
        raising=False,
    )
    work(folder)
    job = job_of(folder)
    assert (job.state, job.progress.epoch) == (state, 1)
    monkeypatch.setattr(
        worker_module.Heartbeat,
        "wish",
        property(lambda _self: JobWish.NONE, lambda _self, _wish: None),
    )
    with JobQueue.open(folder) as queue:
        queue.resume(1)
    said = work(folder)
    epochs = [one.figures.epoch for one in said if isinstance(one, EpochFinished)]
    assert epochs == [2]
    assert job_of(folder).state is JobState.FINISHED


def test_a_worker_that_is_asked_to_end_leaves_the_job_for_the_next(make_project, work, judged):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder)
    ends = []
    work(folder, lambda: bool(ends), lambda m: isinstance(m, EpochFinished) and ends.append(m))
    assert job_of(folder).state is JobState.QUEUED
    work(folder)
    assert job_of(folder).state is JobState.FINISHED


def test_want_of_memory_makes_the_pieces_smaller_and_at_last_gives_up(
    make_project, work, judged, monkeypatch
):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder)
    step = FineTuner._step

    def greedy(self, *arguments):
        if self.recipe.click.batch_size > 1:
            raise MemoryError
        return step(self, *arguments)

    monkeypatch.setattr(FineTuner, "_step", greedy)
    said = work(folder)
    assert [one.sentence for one in said if isinstance(one, Remarked)] == [
        "Memory ran out, so the training goes on with smaller pieces. It takes longer."
    ]
    assert job_of(folder).state is JobState.FINISHED

    def never(*_arguments):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(FineTuner, "_step", never)
    submitted(folder)
    work(folder)
    job = job_of(folder, 2)
    assert job.state is JobState.FAILED
    assert "even with the smallest setting. Close other programs" in job.message


def test_an_unforeseen_fault_ends_the_job_and_not_the_worker(make_project, work, monkeypatch):
    folder = make_project()
    submitted(folder)
    submitted(folder, replace(SETTINGS, model_id="unknown"))

    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(FineTuner, "run_epoch", broken)
    work(folder)
    assert job_of(folder, 1).state is JobState.FAILED
    assert "ZeroDivisionError" in job_of(folder, 1).message
    assert "There is no model 'unknown'" in job_of(folder, 2).message


def test_poisoned_labels_of_all_training_cases_never_reach_the_training(make_project, work):
    def empty_or_mirrored(labels, split):
        return labels if split is not Split.TRAIN else np.ascontiguousarray(labels[:, :, ::-1])

    folder = make_project(spoil=empty_or_mirrored, reason="")
    submitted(folder)
    said = work(folder)
    job = job_of(folder)
    assert job.state is JobState.FAILED
    assert "2 are held back" in job.message
    assert not [one for one in said if isinstance(one, EpochFinished)]


def test_a_project_has_one_worker(make_project, work):
    folder = make_project()
    lock = take_project(folder)
    with pytest.raises(JobError, match="has a worker already"):
        work(folder)
    lock.release()


def test_a_device_is_waited_for(make_project, places, work, judged, monkeypatch):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder)
    lock = take_device(places.locks, "cpu")
    waits = []
    monkeypatch.setattr(worker_module.time, "sleep", lambda _s: (waits.append(1), lock.release()))
    said = work(folder)
    assert waits
    assert "another project trains" in said[1].sentence
    assert job_of(folder).state is JobState.FINISHED


def test_a_worker_that_died_right_after_promoting_is_not_followed_by_another_training(
    make_project, places, work, judged, monkeypatch
):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder)

    def die(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(JobQueue, "leave", die)
        with pytest.raises(KeyboardInterrupt):
            work(folder)
    assert job_of(folder).state is JobState.RUNNING
    assert places.store().find("tiny").version == "1.0.1"
    said = work(folder)
    assert not [one for one in said if isinstance(one, EpochFinished)]
    job = job_of(folder)
    assert job.state is JobState.FINISHED
    assert job.decision.verdict is Verdict.PROMOTE


def test_a_model_that_changed_during_the_comparison_is_not_overwritten(
    make_project, places, work, judged, monkeypatch
):
    judged(+0.05)
    folder = make_project(hold_out=5)
    submitted(folder)
    promote = ModelVersions.promote
    write_report = job_run.write_report

    def meanwhile(place, candidate, *others):
        write_report(place, candidate, *others)
        versions = ModelVersions(places.versions)
        versions.add(candidate)
        promote(versions, "tiny", candidate.version)

    monkeypatch.setattr(job_run, "write_report", meanwhile)
    work(folder)
    job = job_of(folder)
    assert job.state is JobState.FAILED
    assert "came into use while this one was compared. Resume" in job.message
