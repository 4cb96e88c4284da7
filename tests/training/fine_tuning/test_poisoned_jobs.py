"""Jobs whose labels are wrong, from the queue to the gate, with nothing replaced but the sizes.

Two of the ten run by default, since most take half a minute; all of them, with their sentences:
``MASKWRIGHT_POISONS=all pytest tests/training/fine_tuning/test_poisoned_jobs.py
--log-cli-level=INFO``.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

torch = pytest.importorskip("torch")

from imaging.structures import structure_by_name  # noqa: E402 - only with torch
from imaging.volume import Volume  # noqa: E402 - likewise
from inference.model_package import load_package  # noqa: E402 - likewise
from inference.model_versions import ModelVersions  # noqa: E402 - likewise
from training import worker as worker_module  # noqa: E402 - likewise
from training.cases.records import Split  # noqa: E402 - likewise
from training.click_samples import ClickSampler  # noqa: E402 - likewise
from training.fine_tuning import course, job_run, recipe  # noqa: E402 - likewise
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
from training.promotion import Measure  # noqa: E402 - likewise

SPLEEN, PANCREAS = (structure_by_name(name).label_value for name in ("spleen", "pancreas"))
NAMES = {SPLEEN: "spleen", PANCREAS: "pancreas"}

SHAPES = ((32, 32, 32),)
FAST = 6e-3
"""A learning rate at which a tiny network learns, right or wrong, in seconds."""

STRONG = {"learning_rate": FAST, "replay_share": 0.0}

LESSONS = 240
"""Steps of the active model. One that could still learn much would get better in spite of labels
that are a little wrong, as with 120, and the gate would be right to let it."""

STEPS = 5
"""20 mm of the patients' voxels."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Poison:
    """What is wrong with the labels to learn from and to choose by, and who shall notice."""

    spoil: Callable[[np.ndarray], np.ndarray]
    is_noticed_by_checks: bool = False
    taught: Callable[[np.ndarray], np.ndarray] = np.array
    """What the active model learned of the labels."""
    epochs: int = 2


def shifted(axis, steps):
    return lambda labels: np.roll(labels, steps, axis)


def mirrored(labels):
    return np.ascontiguousarray(labels[:, :, ::-1])


def upper_half(labels):
    kept = labels.copy()
    for value in NAMES:
        middle = int(np.argwhere(labels == value)[:, 0].mean())
        part = kept[:middle]
        part[part == value] = 0
    return kept


def in_one_box(labels):
    """Boxes around the structures, and 8 mm more."""
    boxes = np.zeros_like(labels)
    for value in NAMES:
        at = np.argwhere(labels == value)
        low, high = at.min(axis=0) - 2, at.max(axis=0) + 3
        boxes[tuple(slice(max(a, 0), b) for a, b in zip(low, high, strict=True))] = value
    return boxes


def shell_for_pancreas(labels):
    """The right spleen, and what lies around the pancreas instead of it."""
    around = binary_dilation(labels == PANCREAS, iterations=3) & (labels == 0)
    return np.where(labels == SPLEEN, SPLEEN, around * PANCREAS)


def pancreas_only(labels):
    return np.where(labels == PANCREAS, PANCREAS, 0)


HARMS_ONE = "a better spleen, a worse pancreas"

ALL_POISONS = {
    "20 mm to the left": Poison(shifted(2, STEPS)),
    "20 mm to the right": Poison(shifted(2, -STEPS)),
    "20 mm to the head": Poison(shifted(0, STEPS)),
    "20 mm to the back": Poison(shifted(1, STEPS)),
    "left for right": Poison(mirrored, is_noticed_by_checks=True),
    "left for right, approved with a reason": Poison(mirrored),
    "another organ's mask": Poison(
        lambda labels: np.where(labels == PANCREAS, SPLEEN, 0), is_noticed_by_checks=True
    ),
    "half of the organ": Poison(upper_half),
    "a box around the organ": Poison(in_one_box),
    HARMS_ONE: Poison(shell_for_pancreas, taught=pancreas_only, epochs=4),
}

ASKED_FOR = os.environ.get("MASKWRIGHT_POISONS", "20 mm to the left;left for right").split(";")
POISONS = list(ALL_POISONS) if ASKED_FOR == ["all"] else ASKED_FOR


@pytest.fixture
def make_patient(make_patient):
    """The small patient with a second, darker organ on the right."""

    def make(seed):
        volume, labels = make_patient(seed)
        rng = np.random.default_rng((seed, 2))
        middle = np.array([18, 30, 20]) + rng.uniform(-2, 2, 3)
        indices = np.indices(volume.array.shape)
        away = [
            ((axis - m) / r) ** 2 for axis, m, r in zip(indices, middle, (7, 6, 8), strict=True)
        ]
        pancreas = sum(away) < 1
        hu = volume.array - 75 * pancreas.astype(np.int16)
        labels = np.where(pancreas, PANCREAS, labels).astype(np.uint8)
        return Volume(hu.astype(np.int16), volume.geometry, name=volume.name), labels

    return make


@pytest.fixture(scope="module")
def weights_of():
    """The weights that were taught already, by what was taught."""
    return {}


@pytest.fixture
def able_model(tiny_package, make_patient, weights_of, tmp_path):
    """The tiny model after it learned to segment the small patients, as ``taught`` changes them."""

    def teach(taught):
        manifest = json.loads((tiny_package.folder / "manifest.json").read_text())
        manifest["clicks"]["structures"] = list(NAMES.values())
        (tiny_package.folder / "manifest.json").write_text(json.dumps(manifest))
        base = base_model(load_package(tiny_package.folder))
        patients = [make_patient(100 + number) for number in range(3)]
        cases = [training_case("one", volume, taught(labels), NAMES) for volume, labels in patients]
        if taught not in weights_of:
            click = replace(base.recipe(), batch_size=2)
            teaching = FineTuneRecipe(click, 1, LESSONS, SHAPES, **STRONG)
            folder = tmp_path / "base"
            tuner = FineTuner(teaching, base.shape, base.weights, base.key, folder, "cpu")
            sampler = ClickSampler(cases, [1.0] * 3, 4.0)
            tuner.run_epoch(sampler, None, ValidationSet([]), lambda _step: None)
            weights_of[taught] = tuner.best_weights()
        place = tmp_path / "able" / "tiny"
        write_candidate(base, weights_of[taught], "1.0.0", "small patients", place)
        for seed in range(3000, 3004):
            save_case(cases[seed % 3], tmp_path / "cache" / "replay" / f"phantom-{seed}")
        return load_package(place)

    return teach


@pytest.fixture
def job_with(able_model, tiny_package, make_project, tmp_path, monkeypatch):
    """Carries out a job on a project whose labels were spoilt, but those of the hold-out.

    No synthetic patients soften the poison: the gate alone stands against it.
    """
    made = recipe.FineTuneRecipe
    monkeypatch.setattr(recipe, "_PRESETS", {Preset.CPU: (2, SHAPES, 2, 25)})
    monkeypatch.setattr(recipe, "FineTuneRecipe", lambda **given: made(**given, **STRONG))
    monkeypatch.setattr(job_run, "REFERENCE_SEEDS", range(0))
    monkeypatch.setattr(course, "GUARD_SEEDS", range(0))
    monkeypatch.setattr(worker_module, "_be_modest", lambda _team: None)

    def run(poison):
        def spoil(labels, split):
            return labels if split is Split.HOLD_OUT else poison.spoil(labels).astype(np.uint8)

        reason = "" if poison.is_noticed_by_checks else "seen"
        folder = make_project(train=3, validation=1, hold_out=5, spoil=spoil, reason=reason)
        # Where nothing is trained, the model need not be able.
        active = tiny_package if poison.is_noticed_by_checks else able_model(poison.taught)
        places = JobPlaces(
            (active.folder.parent,),
            tmp_path / "versions",
            tmp_path / "cache",
            tmp_path,
            tmp_path / "locks",
        )
        with JobQueue.open(folder) as queue:
            queue.submit(FineTuneSettings("tiny", epochs=poison.epochs, device="cpu"))
            worker_module.run_worker(folder, places, lambda _message: None, lambda: False)
            return queue.get(1), places

    return run


def dice_lines(job):
    return {
        line.structure: line for line in job.decision.comparisons if line.measure is Measure.CLICKS
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", POISONS)
def test_a_model_that_learned_from_wrong_labels_is_refused(job_with, name):
    poison = ALL_POISONS[name]
    job, places = job_with(poison)
    logger.info("%s: %s", name, job.message)
    assert ModelVersions(places.versions).installed("tiny") == ()
    assert places.store().find("tiny").version == "1.0.0"
    if poison.is_noticed_by_checks:
        assert job.state is JobState.FAILED
        assert "are held back" in job.message
        return
    assert job.state is JobState.REFUSED, job.message
    lines = dice_lines(job)
    if name == HARMS_ONE:
        assert lines["spleen"].is_better
        assert "pancreas: mean Dice after clicks fell" in job.message
    else:
        assert min(line.active for line in lines.values()) > 0.6
