import contextlib

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from imaging.errors import ModelError  # noqa: E402 - torch may be missing
from inference.bundles.checkpoint import open_checkpoint  # noqa: E402 - likewise


@pytest.fixture
def saved(tmp_path):
    def save(what):
        torch.save(what, tmp_path / "model.pt")
        return tmp_path / "model.pt"

    return save


def weights(path, key=None):
    with open_checkpoint(path) as checkpoint:
        return checkpoint.weights(key)


@pytest.mark.parametrize(
    "wrap", [lambda s: s, lambda s: {"model": s}, lambda s: {"net": s, "n": 1}]
)
def test_weights_are_found_bare_or_under_the_usual_names(saved, wrap):
    state = torch.nn.BatchNorm3d(3).state_dict()
    found = weights(saved(wrap(state))).tables
    assert found.keys() == state.keys()
    assert found["num_batches_tracked"].shape == ()
    assert all(np.array_equal(found[name], table.numpy()) for name, table in state.items())


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32, torch.float16, torch.int64, torch.uint8, torch.bool]
)
def test_numbers_of_every_kind_come_as_they_are(saved, dtype):
    table = (torch.arange(24) % 2).reshape(2, 3, 4).to(dtype)
    found = weights(saved({"w": table})).tables["w"]
    assert found.dtype == table.numpy().dtype
    assert np.array_equal(found, table.numpy())


def test_bfloat16_becomes_single_precision(saved):
    table = torch.randn(5, 3).bfloat16()
    assert np.array_equal(weights(saved({"w": table})).tables["w"], table.float().numpy())


def test_views_come_in_their_own_shape(saved):
    table = torch.arange(60.0).reshape(3, 4, 5)
    found = weights(saved({"w": table.permute(2, 0, 1)[1::2], "v": table[1]})).tables
    assert np.array_equal(found["w"], table.permute(2, 0, 1)[1::2].numpy())
    assert np.array_equal(found["v"], table[1].numpy())


def test_shared_weights_are_kept_once_with_all_their_names(saved):
    table = torch.randn(4)
    found = weights(saved({"a": table, "b": table, "c": table.clone()}))
    assert found.tables.keys() == {"a", "c"}
    assert found.aliases == {"b": "a"}
    assert found.names == {"a", "b", "c"}


def test_names_of_several_gpus_are_shortened(saved):
    assert weights(saved({"module.w": torch.ones(1)})).names == {"w"}


def test_a_whole_training_state_gives_its_network(saved):
    network = torch.nn.Linear(2, 2)
    optimiser = torch.optim.Adam(network.parameters())
    network(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    state = {"net": network.state_dict(), "opt": optimiser.state_dict(), "epoch": 3, "dice": 0.5}
    assert weights(saved(state)).names == {"weight", "bias"}


def test_weights_under_another_name_are_found_by_it(saved):
    path = saved({"generator": {"w": torch.ones(1)}})
    assert weights(path, "generator").names == {"w"}
    with pytest.raises(ModelError, match="It holds 'generator'"):
        weights(path)


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_an_architecture_are_read(saved, order):
    table = np.asarray(np.random.default_rng(1).integers(0, 5, (12, 10)), order=order)
    path = saved({"node_a": table, "as_tensor": torch.tensor(table), "dice": np.float64(0.25)})
    with open_checkpoint(path) as checkpoint:
        assert checkpoint.array("node_a") == table.tolist()
        assert checkpoint.array("as_tensor") == table.tolist()
        assert checkpoint.saved["dice"] == 0.25


def test_any_flipped_byte_gives_weights_or_a_sentence(saved, tmp_path):
    path = saved({"model": torch.nn.Conv3d(1, 2, 3).state_dict()})
    data = path.read_bytes()
    for at in range(0, len(data), 7):
        spoiled = bytearray(data)
        spoiled[at] ^= 0xFF
        (tmp_path / "spoiled.pt").write_bytes(spoiled)
        with contextlib.suppress(ModelError):  # anything else is a fault of ours
            assert weights(tmp_path / "spoiled.pt").names == {"weight", "bias"}
