"""Weights made in minutes give masks that are neither empty nor noise."""

import numpy as np
import pytest
import torch
from monai.networks.nets import DynUNet, UNet

from imaging.measures import dice
from training import trial_weights
from training.trial_weights import Example, TrialRecipe, crop, learn, widen

SIDE = 20


class WithNorm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv3d(1, 8, 1),
            torch.nn.BatchNorm3d(8),
            torch.nn.ReLU(),
            torch.nn.Conv3d(8, 2, 3, padding=1),
        )

    def forward(self, x):
        return self.layers(x)


def _draw(rng):
    """A bright ball in grey noise, each time somewhere else."""
    index = np.stack(np.meshgrid(*[np.arange(SIDE)] * 3, indexing="ij"), -1)
    ball = np.linalg.norm(index - rng.uniform(7, 13, 3), axis=-1) < 5
    image = rng.normal(0.3, 0.05, ball.shape) + 0.4 * ball
    return Example(image[None].astype(np.float32), ball.astype(np.uint8))


def _found_dice(network, example):
    with torch.no_grad():
        logits = network(torch.from_numpy(example.inputs)[None])[0].numpy()
    return dice(logits[1] > logits[0], example.classes > 0)


@pytest.fixture(autouse=True)
def one_thread():
    """So small a network only waits for others' cores with two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return WithNorm()


def test_a_patient_whom_the_weights_have_not_seen_has_a_mask(network):
    losses = list(learn(network, _draw, TrialRecipe(100, learning_rate=2e-2)))
    assert losses[-1] < losses[0]
    assert not network.training
    assert _found_dice(network, _draw(np.random.default_rng(99))) > 0.8


def test_the_same_seed_gives_the_same_weights():
    tables = []
    for _ in range(2):
        torch.manual_seed(0)
        network = WithNorm()
        list(learn(network, _draw, TrialRecipe(3), seed=3))
        tables.append(network.layers[3].weight.detach().numpy().copy())
    np.testing.assert_array_equal(*tables)


def test_where_the_time_is_over_the_weights_of_the_checkpoint_are_in_place(
    network, tmp_path, monkeypatch
):
    monkeypatch.setattr(trial_weights, "STEPS_TO_CHECKPOINT", 2)
    file = tmp_path / "weights.pt"
    assert len(list(learn(network, _draw, TrialRecipe(2), file))) == 2
    other = WithNorm()
    assert list(learn(other, _draw, TrialRecipe(5, seconds=-1.0), file)) == []
    torch.testing.assert_close(other.layers[3].weight, network.layers[3].weight)


def test_a_crop_has_its_size_and_often_holds_the_structure():
    rng = np.random.default_rng(0)
    classes = np.zeros((40, 30, 50), np.uint8)
    classes[30:34, 5:9, 40:44] = 1
    image = classes.astype(np.float32)
    crops = [crop(image, classes, (16, 20, 24), rng) for _ in range(40)]
    assert {one.inputs.shape for one in crops} == {(1, 16, 20, 24)}
    assert sum(one.classes.any() for one in crops) > 20
    for one in crops:  # the image moves with the classes
        if one.classes.any():
            bright = one.inputs[0][one.classes > 0].mean()
            assert bright > one.inputs[0][one.classes == 0].mean() + 0.5


def _unet(channels):
    return UNet(3, 1, 2, channels, (2, 2), num_res_units=1, norm="batch")


def _dynunet(filters):
    return DynUNet(
        3, 2, 2, [3] * 3, [1, 2, [2, 2, 1]], [2, [2, 2, 1]], filters, norm_name="instance",
        res_block=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "few", "many", "inputs"),
    [(_unet, (4, 8, 16), (8, 16, 32), 1), (_dynunet, (4, 6, 8), (12, 18, 24), 2)],
)
def test_a_wider_network_answers_the_same(make, few, many, inputs):
    torch.manual_seed(1)
    narrow, wide = make(few), make(many)
    image = torch.rand(1, inputs, 16, 16, 16)
    narrow(image)  # moves the running means of batch norms
    narrow.eval()
    wide.eval()
    widen(narrow, wide)
    with torch.no_grad():
        torch.testing.assert_close(wide(image), narrow(image), atol=1e-4, rtol=1e-4)
    parameters = [sum(p.numel() for p in one.parameters()) for one in (narrow, wide)]
    assert parameters[1] > 2 * parameters[0]


def test_copies_of_a_channel_are_not_rounded_alike():
    torch.manual_seed(1)
    narrow, wide = _unet((4, 8, 16)), _unet((16, 32, 64))
    widen(narrow.eval(), wide.eval())
    rows = wide.model[0].conv.unit0.conv.weight.detach().flatten(1)
    copies = rows[:4]  # of the first channel
    assert len({float(one) for one in copies[:, 0]}) == 4
    directions = copies / copies.norm(dim=1, keepdim=True)
    torch.testing.assert_close(directions, directions[:1].expand(4, -1))


def test_channels_that_are_no_multiple_are_refused():
    with pytest.raises(ValueError, match="cannot be widened"):
        widen(_unet((4, 8, 16)), _unet((8, 12, 24)))
