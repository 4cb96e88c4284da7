"""Jobs whose labels are wrong, from the queue to the gate, with nothing replaced but the sizes."""

import os
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from inference.model_package import load_package  # noqa: E402 - only with torch
from inference.model_versions import ModelVersions  # noqa: E402 - likewise
from training import worker as worker_module  # noqa: E402 - likewise
from training.cases.records import Split  # noqa: E402 - likewise
from training.click_samples import ClickSampler  # noqa: E402 - likewise
from training.fine_tuning import job_run, recipe  # noqa: E402 - likewise
from training.fine_tuning.base_model import base_model  # noqa: E402 - likewise
from training.fine_tuning.candidate import write_candidate  # noqa: E402 - likewise
from training.fine_tuning.case_arrays import save_case  # noqa: E402 - likewise
from training.fine_tuning.recipe import FineTuneRecipe  # noqa: E402 - likewise
from training.fine_tuning.trainer import FineTuner  # noqa: E402 - likewise
from training.fine_tuning.validation import ValidationSet  # noqa: E402 - likewise
from training.jobs.job import FineTuneSettings, JobState, Preset  # noqa: E402 - likewise
from training.jobs.job_queue import JobQueue  # noqa: E402 - likewise
from training.jobs.places import JobPlaces  # noqa: E402 - likewise
from training.patches import training_case  # noqa: E402 - likewise
from training.promotion import Verdict  # noqa: E402 - likewise

SHAPES = ((32, 32, 32),)
FAST = 6e-3
"""A learning rate at which a tiny network learns, right or wrong, in seconds."""


@pytest.fixture
def able_model(tiny_package, make_patient, tmp_path):
    """The tiny model after it learned to segment the small patients."""
    base = base_model(tiny_package)
    cases = [training_case(str(n), *make_patient(100 + n), {1: "spleen"}) for n in range(3)]
    taught = FineTuneRecipe(
        replace(base.recipe(), batch_size=2), 1, 90, SHAPES, learning_rate=FAST, replay_share=0.0
    )
    tuner = FineTuner(taught, base.shape, base.weights, base.key, tmp_path / "base", "cpu")
    sampler = ClickSampler(cases, [1.0] * 3, 4.0)
    tuner.run_epoch(sampler, None, ValidationSet.of([], 4.0), lambda _step: None)
    place = tmp_path / "able" / "tiny"
    write_candidate(base, tuner.best_weights(), "1.0.0", "small patients", place)
    for seed in range(3000, 3004):
        save_case(cases[seed % 3], tmp_path / "cache" / "replay" / f"phantom-{seed}")
    return load_package(place)


@pytest.fixture
def job_with(able_model, make_project, tmp_path, monkeypatch):
    """Carries out a job on a project whose training labels were spoilt."""
    monkeypatch.setattr(recipe, "_PRESETS", {Preset.CPU: (2, SHAPES, 2, 20)})
    made = recipe.FineTuneRecipe
    monkeypatch.setattr(recipe, "FineTuneRecipe", lambda **given: made(**given, learning_rate=FAST))
    monkeypatch.setattr(job_run, "REFERENCE_SEEDS", range(0))
    monkeypatch.setattr(worker_module, "_be_modest", lambda: None)

    def run(spoil):
        folder = make_project(train=3, validation=0, hold_out=5, spoil=spoil)
        folders = (able_model.folder.parent,)
        places = JobPlaces(
            folders, tmp_path / "versions", tmp_path / "cache", tmp_path, tmp_path / "locks"
        )
        with JobQueue.open(folder) as queue:
            queue.submit(FineTuneSettings("tiny", device="cpu"))
            worker_module.run_worker(folder, places, lambda _message: None, lambda: False)
            return queue.get(1), places

    return run


def in_training(change):
    return lambda labels, split: change(labels) if split is Split.TRAIN else labels


ALL_POISONS = {
    "shifted by 40 mm": lambda labels: np.roll(labels, -10, axis=2),
    "left for right": lambda labels: np.ascontiguousarray(labels[:, :, ::-1]),
    "of another patient's shape": lambda labels: np.roll(np.flip(labels, (0, 1)), 8, axis=0),
}

ASKED_FOR = os.environ.get("MASKWRIGHT_POISONS", "shifted by 40 mm").split(",")
"""One by default, since each takes 20 s; "all" or names with commas between."""
POISONS = list(ALL_POISONS) if ASKED_FOR == ["all"] else ASKED_FOR


@pytest.mark.slow
@pytest.mark.parametrize("poison", POISONS)
def test_a_model_that_learned_from_wrong_labels_is_refused(job_with, poison):
    job, places = job_with(in_training(ALL_POISONS[poison]))
    assert job.state is JobState.REFUSED, job.message
    assert job.decision.verdict is Verdict.REFUSE
    lines = job.decision.comparisons
    assert min(line.active for line in lines if "Dice after" in line.measure) > 0.6
    assert ModelVersions(places.versions).installed("tiny") == ()
    assert places.store().find("tiny").version == "1.0.0"
