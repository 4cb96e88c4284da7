"""Weights made in a minute give masks that are neither empty nor noise."""

import numpy as np
import pytest
import torch

from imaging.measures import dice
from training import trial_weights
from training.trial_weights import Example, settle_and_fit

SIDE = 24


class WithNorm(torch.nn.Module):
    """A last layer that looks at single voxels, after a norm with running means."""

    def __init__(self, last_kernel):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv3d(1, 8, 1),
            torch.nn.BatchNorm3d(8),
            torch.nn.ReLU(),
            torch.nn.Conv3d(8, 2, last_kernel, padding=last_kernel // 2),
        )

    def forward(self, x):
        return self.layers(x)


@pytest.fixture
def examples():
    """Bright balls in grey noise, each somewhere else."""
    rng = np.random.default_rng(5)
    found = []
    for middle in ((8, 9, 14), (15, 12, 9), (12, 12, 12)):
        index = np.stack(np.meshgrid(*[np.arange(SIDE)] * 3, indexing="ij"), -1)
        ball = np.linalg.norm(index - middle, axis=-1) < 5
        image = rng.normal(0.3, 0.05, ball.shape) + 0.4 * ball
        found.append(Example(image[None].astype(np.float32), ball.astype(np.uint8)))
    return found


def found_dice(network, example):
    with torch.no_grad():
        logits = network(torch.from_numpy(example.inputs)[None])[0].numpy()
    return dice(logits[1] > logits[0], example.classes > 0)


@pytest.mark.parametrize(("last_kernel", "way"), [(1, "fitted"), (3, "trained")])
def test_a_patient_whom_the_weights_have_not_seen_has_a_mask(
    examples, last_kernel, way, monkeypatch
):
    monkeypatch.setattr(trial_weights, "STEPS", 40)
    monkeypatch.setattr(trial_weights, "CROP", 16)
    monkeypatch.setattr(trial_weights, "VOXELS", 500)  # as many of the ball as of the rest
    torch.manual_seed(0)
    network = WithNorm(last_kernel)
    assert way in settle_and_fit(network, examples[:2])
    assert found_dice(network, examples[2]) > 0.8


def test_the_same_seed_gives_the_same_weights(examples):
    tables = []
    for _ in range(2):
        torch.manual_seed(0)
        network = WithNorm(1)
        settle_and_fit(network, examples[:1], seed=3)
        tables.append(network.layers[3].weight.detach().numpy().copy())
    np.testing.assert_array_equal(*tables)
