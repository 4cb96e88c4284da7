"""Builds a network with a bundle's own code, in a child process that is confined before."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
from monai.bundle import ConfigParser

from imaging.errors import ModelError
from training.conversion.confinement import confine_to

TORCHSCRIPT = "models/model.ts"


def build_trusted_network(bundle: Path, config: str, workspace: Path) -> torch.nn.Module:
    """The ``network_def`` of the bundle in ``bundle``, built by MONAI on the CPU.

    Everything of the bundle that runs can from here on change files in ``workspace`` only.

    Raises:
        ModelError: it cannot be built.
    """
    _enter(bundle, workspace)
    try:
        parser = ConfigParser()
        parser.read_config(str(bundle / config))
        parser["bundle_root"] = str(bundle)
        parser["device"] = "$torch.device('cpu')"
        network = parser.get_parsed_content("network_def")
    except Exception as error:  # the bundle's own code may raise anything
        raise ModelError(f"The bundle's own code failed ({_last_cause(error)}).") from error
    if not isinstance(network, torch.nn.Module):
        raise ModelError("The bundle's network_def is no network.")
    return network.cpu()


def load_trusted_script(bundle: Path, workspace: Path) -> torch.nn.Module:
    """The network in the bundle's TorchScript file, program code and weights in one.

    Raises:
        ModelError: it cannot be loaded.
    """
    _enter(bundle, workspace)
    try:
        network: torch.nn.Module = torch.jit.load(  # type: ignore[no-untyped-call]
            str(bundle / TORCHSCRIPT), map_location="cpu"
        )
    except Exception as error:  # it may fail in native code's own ways
        raise ModelError(f"{TORCHSCRIPT} cannot be loaded ({_last_cause(error)}).") from error
    return network


def _enter(bundle: Path, workspace: Path) -> None:
    torch.zeros(1).sum()  # what torch loads late is loaded before the doors close
    confine_to(workspace)
    os.chdir(bundle)
    sys.path.insert(0, str(bundle))
    sys.dont_write_bytecode = True


def _last_cause(error: BaseException) -> str:
    """The innermost error, which MONAI wraps several times, as one short line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
