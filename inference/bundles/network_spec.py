"""The networks that can be built again from names and numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imaging.errors import ModelError
from inference.bundles.archive import shown
from inference.bundles.components import Component, Opaque, Value
from inference.bundles.limits import MAX_LENGTH

MAX_CHANNELS = 8192
MAX_ARGUMENT = 1_000_000
MAX_TEXT = 64

SPACE = "dints_space"
"""DiNTS' argument that is a network of its own: the architecture that a search found."""


TRUSTED = "trusted code"
"""Name of a network that only a bundle's own code can build."""


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A network of MONAI by its class and arguments, as a package's manifest keeps it.

    ``architecture`` is ``{"name": "UNet", "in_channels": 1, ...}``: JSON, nothing else.
    """

    architecture: dict[str, Value]

    @property
    def name(self) -> str:
        """The class, the last part of its name only."""
        return str(self.architecture["name"])

    @property
    def is_known(self) -> bool:
        """True if it can be built from its architecture."""
        return self.name != TRUSTED

    @property
    def in_channels(self) -> int:
        """How many channels go in."""
        return int(self.architecture.get("in_channels", 1))

    @property
    def out_channels(self) -> int:
        """How many classes come out, background among them."""
        key = "num_classes" if self.name == "DiNTS" else "out_channels"
        return int(self.architecture.get(key, 2))


_COMMON = "spatial_dims in_channels out_channels"
KNOWN_NETWORKS: dict[str, frozenset[str]] = {
    "DynUNet": frozenset(
        f"{_COMMON} kernel_size strides upsample_kernel_size filters dropout norm_name act_name "
        "deep_supervision deep_supr_num res_block trans_bias".split()
    ),
    "UNet": frozenset(
        f"{_COMMON} dimensions channels strides kernel_size up_kernel_size num_res_units act norm "
        "dropout bias adn_ordering".split()
    ),
    "UNETR": frozenset(
        f"{_COMMON} img_size feature_size hidden_size mlp_dim num_heads proj_type pos_embed "
        "norm_name conv_block res_block dropout_rate qkv_bias save_attn".split()
    ),
    "SegResNet": frozenset(
        f"{_COMMON} init_filters dropout_prob act norm norm_name num_groups use_conv_final "
        "blocks_down blocks_up upsample_mode".split()
    ),
    "SwinUNETR": frozenset(
        f"{_COMMON} img_size patch_size depths num_heads window_size qkv_bias mlp_ratio "
        "feature_size norm_name drop_rate attn_drop_rate dropout_path_rate normalize patch_norm "
        "use_checkpoint downsample use_v2".split()
    ),
    "DiNTS": frozenset(
        [
            "spatial_dims",
            "in_channels",
            "num_classes",
            "act_name",
            "norm_name",
            "use_downsample",
            "node_a",
        ]
    )
    | {SPACE},
}
"""Arguments that each class takes in the versions of MONAI that wrote the bundles."""

TOPOLOGY = "TopologyInstance"
TOPOLOGY_ARGUMENTS = frozenset(
    [
        "arch_code",
        "channel_mul",
        "num_blocks",
        "num_depths",
        "spatial_dims",
        "act_name",
        "norm_name",
        "use_downsample",
        "device",
    ]
)

KNOWN_NETWORK_PREFIXES = ("", "monai.networks.nets.")


def network_spec(component: Value) -> NetworkSpec:
    """The network that a configuration describes.

    Raises:
        ModelError: it is none of the known classes, or an argument is not a plain number or name.
    """
    if not isinstance(component, Component) or component.name not in KNOWN_NETWORKS:
        found = component.name if isinstance(component, Component) else component
        raise ModelError(
            f"The network {shown(found)} is not one that can be built here. Known: "
            f"{', '.join(KNOWN_NETWORKS)}."
        )
    arguments = dict(component.arguments)
    _check_names(component.name, arguments, KNOWN_NETWORKS[component.name])
    if SPACE in arguments:
        arguments[SPACE] = _topology(arguments[SPACE])
    spec = NetworkSpec({"name": component.name, **arguments})
    _check_values(component.name, spec.architecture)
    if spec.architecture.get("spatial_dims", spec.architecture.get("dimensions", 3)) != 3:
        raise ModelError(
            f"The network {component.name} is not for volumes (spatial_dims is not 3). "
            "Only networks of three dimensions can be used."
        )
    if component.name == "DiNTS" and not {SPACE, "node_a"} <= arguments.keys():
        raise ModelError("The DiNTS network does not name its architecture file.")
    return spec


def _topology(space: Value) -> dict[str, Value]:
    if not isinstance(space, Component) or space.name != TOPOLOGY:
        raise ModelError(f"DiNTS is known with a {TOPOLOGY} only; this is a search, not a network.")
    _check_names(TOPOLOGY, space.arguments, TOPOLOGY_ARGUMENTS)
    kept = {name: value for name, value in space.arguments.items() if name != "device"}
    codes = kept.get("arch_code")
    if not (isinstance(codes, list) and len(codes) == 2):
        raise ModelError("The DiNTS network's arch_code must be two tables of numbers.")
    return kept


def _check_names(network: str, arguments: dict[str, Value], known: frozenset[str]) -> None:
    for name in arguments:
        if name not in known:
            raise ModelError(
                f"The network {network} has the argument {shown(name)}, which is not known here."
            )


def _check_values(network: str, architecture: dict[str, Value]) -> None:
    for count, (name, value) in enumerate(_leaves(architecture, "")):
        if count > MAX_LENGTH:
            raise ModelError(f"The network {network} has too many arguments.")
        if isinstance(value, Opaque | Component) or not _is_plain(value):
            raise ModelError(
                f"The network {network} has {shown(name)} = {shown(value)}, which is not a plain "
                "number or name."
            )
        if isinstance(value, int) and "channels" in name and value > MAX_CHANNELS:
            raise ModelError(f"The network {network} has {value} {name}, more than any known one.")


def _leaves(node: Value, name: str) -> Iterator[tuple[str, Value]]:
    """All single values in lists and dicts, with the argument that they belong to."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{name}#{key}" if name else str(key))
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, name)
    else:
        yield name, node


def _is_plain(value: Value) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and value.isprintable()
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, int | float) and abs(value) <= MAX_ARGUMENT
