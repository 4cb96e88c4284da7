from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from imaging.errors import JobError  # noqa: E402 - only with torch
from training.click_samples import ClickSampler  # noqa: E402 - likewise
from training.fine_tuning.base_model import base_model  # noqa: E402 - likewise
from training.fine_tuning.recipe import FineTuneRecipe  # noqa: E402 - likewise
from training.fine_tuning.trainer import FineTuner  # noqa: E402 - likewise
from training.fine_tuning.tuner import (  # noqa: E402 - likewise
    TriedWeights,
    best_epoch,
    best_share,
    is_out_of_memory,
)
from training.fine_tuning.validation import ValidationSet  # noqa: E402 - likewise
from training.jobs.job import EpochFigures  # noqa: E402 - likewise
from training.patches import training_case  # noqa: E402 - likewise


@pytest.fixture
def case(make_patient):
    volume, labels = make_patient(3)
    return training_case("patient", volume, labels, {1: "spleen"})


@pytest.fixture
def train(tiny_package, tmp_path, case):
    """Runs so many epochs of two tiny steps in the folder of the test, or goes on there."""
    base = base_model(tiny_package)
    recipe = FineTuneRecipe(
        replace(base.recipe(), batch_size=1), epochs=4, steps_per_epoch=2, shapes=((32, 32, 32),)
    )
    sampler = ClickSampler([case], [1.0], 4.0)
    validation = ValidationSet.of([case], 4.0)

    def run(epochs, folder="run", before_batch=lambda _step: None, recipe=recipe, key=base.key):
        tuner = FineTuner(recipe, base.shape, base.weights, key, tmp_path / folder, "cpu")
        for _ in range(epochs):
            tuner.run_epoch(sampler, sampler, validation, before_batch)
        return tuner

    run.recipe = recipe
    return run


NOTHING = ValidationSet([])


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_training_that_was_killed_in_an_epoch_loses_no_more_than_it(train):
    train(2)

    def die(step):
        if step == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(1, before_batch=die)
    again = train(0)
    assert again.epoch == 2
    assert [one.epoch for one in again.figures] == [1, 2]
    assert [one.epoch for one in train(1).figures] == [1, 2, 3]


def test_what_it_goes_on_with_is_what_it_had(train):
    first = train(2)
    assert same(first.best_weights(), train(0).best_weights())


def test_it_moves_away_from_the_base_and_says_how_well_it_does(train, tiny_package):
    tuner = train(1)
    base = base_model(tiny_package).weights
    assert not same(tuner.best_weights(), base)
    figures = tuner.figures[0]
    assert np.isfinite(figures.loss)
    assert 0 <= figures.dice["spleen"] <= 1


def test_another_base_or_recipe_begins_anew(train):
    train(1)
    assert train(0, key="another").epoch == 0
    assert train(0, recipe=replace(train.recipe, epochs=9)).epoch == 0
    assert train(0).epoch == 1


def test_a_smaller_batch_goes_on_from_the_same_checkpoint(train):
    train(1)
    assert train(0, recipe=replace(train.recipe, shapes=((16, 32, 32),))).epoch == 1


def test_a_torn_checkpoint_begins_anew(train, tmp_path):
    train(1)
    file = tmp_path / "run" / "checkpoint.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    assert train(0).epoch == 0


def test_epochs_without_a_better_one_end_the_training(train):
    tuner = train(0)
    tuner.figures = tuple(EpochFigures(n, 1.0, {"spleen": 0.5}) for n in (1, 2, 3))
    assert tuner.best_epoch == 1
    assert not tuner.is_done
    impatient = train(0, recipe=replace(train.recipe, patience=2))
    impatient.figures = tuner.figures
    assert impatient.is_done


def test_the_best_epoch_is_that_of_the_highest_mean_dice():
    figures = (
        EpochFigures(1, 1.0, {"spleen": 0.9, "pancreas": 0.1}),
        EpochFigures(2, 1.0, {"spleen": 0.7, "pancreas": 0.6}),
        EpochFigures(3, 1.0, {"spleen": 0.95, "pancreas": 0.3}),
    )
    assert best_epoch(figures) == 2
    assert best_epoch((EpochFigures(1, 1.0), EpochFigures(2, 1.0))) == 2
    assert best_epoch(()) == 0


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory."), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("shape mismatch"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_want_of_memory_is_told_from_other_faults(error, expected):
    assert is_out_of_memory(error) is expected


class Told:
    """A validation set that likes weights the better, the nearer they are to a share of the new."""

    def __init__(self, tuner, share):
        self._tuner, self._share = tuner, share
        self._name = next(iter(tuner.best_weights()))
        self._old, self._new = tuner._base[self._name].clone(), tuner._best[self._name].clone()

    def __len__(self):
        return 1

    def dice_by_part(self, weights):
        wanted = torch.lerp(self._old, self._new, self._share)
        return {"spleen": 1 - float((weights[self._name] - wanted).abs().sum())}


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 1.0])
def test_the_validation_cases_choose_how_far_the_weights_move(train, monkeypatch, share):
    tuner = train(1)
    told = Told(tuner, share)
    monkeypatch.setattr(tuner, "_answers_of", lambda weights: weights)
    assert tuner.mix_with_base(told, NOTHING, lambda _number: None) == share
    mixed = tuner.best_weights()[told._name]
    assert torch.allclose(mixed, torch.lerp(told._old, told._new, share))


BEFORE = TriedWeights({"spleen": 0.90, "pancreas": 0.50}, {"pancreas": 0.70})


def tried(spleen, pancreas, synthetic=0.70):
    return TriedWeights({"spleen": spleen, "pancreas": pancreas}, {"pancreas": synthetic})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({0.5: tried(0.90, 0.52), 1.0: tried(0.91, 0.55)}, 1.0),
        ({0.5: tried(0.90, 0.52), 1.0: tried(0.89, 0.60)}, 0.5),
        ({0.5: tried(0.90, 0.52), 1.0: tried(0.91, 0.60, synthetic=0.65)}, 0.5),
        ({0.5: tried(0.90, 0.52), 1.0: tried(0.91, 0.60, synthetic=0.695)}, 1.0),
        ({0.5: tried(0.88, 0.52), 1.0: tried(0.85, 0.70)}, 0.5),
    ],
    ids=["better", "spleen falls", "synthetic falls", "within the margin", "all fall"],
)
def test_a_mixture_that_the_gate_would_refuse_is_not_taken(found, expected):
    assert best_share(BEFORE, found) == expected


def test_without_validation_cases_the_weights_move_half_of_the_way(train):
    tuner = train(1)
    new = tuner.best_weights()
    assert tuner.mix_with_base(NOTHING, NOTHING, lambda _number: None) == 0.5
    for name, mixed in tuner.best_weights().items():
        assert torch.allclose(mixed, (tuner._base[name] + new[name]) / 2, atol=1e-6)


def test_a_training_whose_numbers_are_none_ends_in_a_sentence(train, monkeypatch):
    monkeypatch.setattr(FineTuner, "_step", lambda *_: float("nan"))
    with pytest.raises(JobError, match="came off the rails"):
        train(1)
    assert train(0).epoch == 0


def test_gradients_of_small_patches_do_not_depend_on_what_was_in_memory(train, case):
    """The CPU's bfloat16 convolution reads beyond a grid of 2 voxels a side."""
    tuner = train(0)
    sampler = ClickSampler([case], [1.0], 4.0)
    losses = []
    for filling in (0.0, float("nan")):
        for size in (10**3, 10**4, 10**5, 10**6):
            torch.full((size,), filling, dtype=torch.bfloat16)
        losses.append(tuner._step(0, sampler, None))
        assert all(torch.isfinite(p.grad).all() for p in tuner._network.parameters())
    assert np.isfinite(losses).all()
