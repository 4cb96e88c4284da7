"""MONAI's networks from a package's ``architecture``: a class by name, and literal arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from monai.networks import nets
from monai.utils import OptionalImportError

from imaging.errors import ModelError
from training.missing_libraries import where_to_get_them

_RENAMED = {
    "UNet": {"dimensions": "spatial_dims"},
    "UNETR": {"pos_embed": "proj_type"},
}
"""Arguments by their names in older versions of MONAI."""

_DROPPED = {"SwinUNETR": {"img_size"}}
"""Arguments that only older versions take; they changed no weight."""

CLASSES: dict[str, Any] = {
    "DynUNet": nets.DynUNet,
    "UNet": nets.UNet,
    "UNETR": nets.UNETR,
    "SegResNet": nets.SegResNet,
    "SwinUNETR": nets.SwinUNETR,
}


def build_network(architecture: dict[str, Any]) -> torch.nn.Module:
    """The network with fresh weights, on the CPU.

    Raises:
        ModelError: the arguments do not go together.
    """
    arguments = dict(architecture)
    name = arguments.pop("name")
    for old, new in _RENAMED.get(name, {}).items():
        if old in arguments:
            arguments[new] = arguments.pop(old)
    for old in _DROPPED.get(name, ()):
        arguments.pop(old, None)
    try:
        if name == "DiNTS":
            return _build_dints(arguments)
        network: torch.nn.Module = CLASSES[name](**arguments)
    except OptionalImportError as error:
        raise ModelError(
            f"The network {name} needs a Python package that is missing "
            f"({str(error).partition(chr(10))[0]}). {where_to_get_them()}"
        ) from error
    except (KeyError, TypeError, ValueError, RuntimeError, IndexError, AssertionError) as error:
        raise ModelError(
            f"The network {name} cannot be built from the bundle's arguments ({error}). "
            "Ask its author which version of MONAI made it."
        ) from error
    return network


def _build_dints(arguments: dict[str, Any]) -> torch.nn.Module:
    space = dict(arguments.pop("dints_space"))
    paths, cells = (np.asarray(code, np.float64) for code in space.pop("arch_code"))
    topology = nets.TopologyInstance(arch_code=[paths, cells], device="cpu", **space)
    node_a = torch.from_numpy(np.asarray(arguments.pop("node_a"), np.float64))
    network: torch.nn.Module = nets.DiNTS(dints_space=topology, node_a=node_a, **arguments)
    return network


def load_weights(
    network: torch.nn.Module, tables: dict[str, torch.Tensor], aliases: dict[str, str]
) -> None:
    """Fill a network; every table must be there and fit.

    Raises:
        ModelError: tables are missing, left over, or of another shape.
    """
    state = {**tables, **{alias: tables[name] for alias, name in aliases.items()}}
    wanted = network.state_dict()
    missing = sorted(wanted.keys() - state.keys())
    left_over = sorted(state.keys() - wanted.keys())
    if missing or left_over:
        example = f"{missing[0]!r} is missing" if missing else f"{left_over[0]!r} belongs nowhere"
        raise ModelError(
            f"The weights are not those of this network: {example} ({len(missing)} missing, "
            f"{len(left_over)} left over). Choose the checkpoint that belongs to the network."
        )
    for name, table in wanted.items():
        if state[name].shape != table.shape:
            raise ModelError(
                f"The weights are not those of this network: {name!r} has the shape "
                f"{tuple(state[name].shape)}, not {tuple(table.shape)}. "
                "Choose the checkpoint that belongs to the network."
            )
    network.load_state_dict(state)
    if not all(bool(table.isfinite().all()) for table in network.state_dict().values()):
        raise ModelError("The weights are damaged: some are not finite numbers.")
