import numpy as np
import pytest

torch = pytest.importorskip("torch")

from imaging.errors import ModelError  # noqa: E402 - torch may be missing
from training.conversion.network_builder import build_network, load_weights  # noqa: E402

UNET = {
    "name": "UNet",
    "dimensions": 3,
    "in_channels": 1,
    "out_channels": 2,
    "channels": [2, 4],
    "strides": [2],
}
UNETR = {
    "name": "UNETR",
    "in_channels": 1,
    "out_channels": 2,
    "img_size": [16, 16, 16],
    "feature_size": 2,
    "hidden_size": 12,
    "mlp_dim": 8,
    "num_heads": 2,
    "pos_embed": "conv",
}
SEGRESNET = {"name": "SegResNet", "init_filters": 8, "in_channels": 1, "out_channels": 2}
SWIN = {
    "name": "SwinUNETR",
    "img_size": [64, 64, 64],
    "in_channels": 1,
    "out_channels": 2,
    "feature_size": 12,
}


@pytest.mark.parametrize("architecture", [UNET, UNETR, SEGRESNET], ids=lambda a: a["name"])
def test_known_networks_are_built_from_old_and_new_arguments(architecture):
    network = build_network(architecture).eval()
    side = 16
    with torch.inference_mode():
        assert network(torch.zeros(1, 1, side, side, side)).shape == (1, 2, side, side, side)


def test_swin_unetr_is_built_without_the_arguments_that_it_lost():
    network = build_network(SWIN)  # a run takes seconds
    assert network.out(torch.zeros(1, 12, 4, 4, 4)).shape == (1, 2, 4, 4, 4)


def test_dints_is_built_from_tables_of_numbers(monai_bundles):
    found = monai_bundles.architecture()
    network = build_network(
        {
            "name": "DiNTS",
            "in_channels": 1,
            "num_classes": 3,
            "use_downsample": True,
            "node_a": found["node_a"].tolist(),
            "dints_space": {
                "channel_mul": 0.125,
                "num_blocks": 2,
                "num_depths": 2,
                "use_downsample": True,
                "arch_code": [found["arch_code_a"].tolist(), found["arch_code_c"].tolist()],
            },
        }
    ).eval()
    with torch.inference_mode():
        assert network(torch.zeros(1, 1, 16, 16, 16)).shape == (1, 3, 16, 16, 16)


def test_arguments_that_do_not_go_together_are_a_sentence():
    with pytest.raises(ModelError, match="cannot be built"):
        build_network(UNET | {"channels": [2]})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda state: state.popitem(), "is missing"),
        (lambda state: state.update(extra=torch.ones(1)), "belongs nowhere"),
        (lambda state: state.update({next(iter(state)): torch.ones(3)}), "has the shape"),
        (lambda state: state.update({n: t * np.nan for n, t in state.items()}), "not finite"),
    ],
)
def test_weights_of_another_network_are_refused_in_a_sentence(spoil, words):
    network = build_network(UNET)
    state = dict(network.state_dict())
    spoil(state)
    with pytest.raises(ModelError, match=words):
        load_weights(network, state, {})


def test_shared_weights_get_all_their_names():
    network = build_network(UNET)
    state = dict(network.state_dict())
    first, second = [name for name, table in state.items() if table.numel() == 1][:2]
    del state[second]
    load_weights(network, state, {second: first})
    assert network.state_dict()[second] == network.state_dict()[first]
