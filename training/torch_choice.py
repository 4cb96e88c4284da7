"""Which PyTorch an installed program trains with: its own, or that of the GPU pack where it works.

The program's own is built for processors. The pack's, for NVIDIA cards, lies outside of the
program as pip would install it, and is put in front of Python's search path before anything imports
PyTorch, but only after a process of its own has loaded it from there and computed with it.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from imaging.own_program import (
    FIRST_PACKAGES_VARIABLE,
    is_installed,
    module_command,
    put_first_packages_first,
)
from inference.engines.gpu_pack import GPU_PACK_VARIABLE, TORCH, GpuPack, installed_pack
from inference.engines.machine import installed_version

_TRIAL_S = 300.0
"""From a slow disk some gigabytes of libraries load for minutes the first time."""

_PROBE = "training.torch_probe"

_MAX_REASON_CHARS = 200

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TorchChoice:
    """The PyTorch to train with.

    Attributes:
        version: such as ``2.13.0+cpu``; empty where this program has none, and cannot train.
        folder: where it lies in the GPU pack; None for the program's own.
        card: what it computes on, as it calls it; empty for the processor, and where the
            program's own was not asked.
        refusal: why the pack's is not used, as the end of a sentence; empty where there is none
            in the pack, or it is used.
    """

    version: str
    folder: Path | None = None
    card: str = ""
    refusal: str = ""


def choose_torch(pack_folder: Path) -> TorchChoice:
    """Try the PyTorch of the pack in ``pack_folder``, if it has one; takes seconds then."""
    own = installed_version("torch")
    pack = installed_pack(pack_folder)
    if pack is None or not pack.torch or not own or not is_installed():
        return TorchChoice(own)
    refusal = _mismatch(pack, own)
    if refusal:
        return TorchChoice(own, refusal=refusal)
    folder = pack_folder / TORCH
    answer = _tried(folder)
    if "failed" not in answer:
        return TorchChoice(answer["version"], folder, card=answer["card"])
    reason = answer["failed"].replace(str(pack_folder), pack_folder.name)[:_MAX_REASON_CHARS]
    logger.warning("the PyTorch of the GPU pack does not work: %s", reason)
    return TorchChoice(own, refusal=f"it does not work here ({reason})")


def train_with_chosen_torch() -> None:
    """Choose, and have this process and those that it starts import what was chosen.

    To be called before anything imports PyTorch. Whoever started this process may have chosen.
    """
    if not is_installed() or FIRST_PACKAGES_VARIABLE in os.environ:
        return
    choice = choose_torch(Path(os.environ.get(GPU_PACK_VARIABLE) or os.devnull))
    os.environ[FIRST_PACKAGES_VARIABLE] = str(choice.folder or "")
    put_first_packages_first()
    owner = "the GPU pack" if choice.folder else "the program"
    logger.info("training with PyTorch %s of %s", choice.version, owner)


def _mismatch(pack: GpuPack, own: str) -> str:
    """Why the pack's cannot take the place of the program's own; empty if it can."""
    if pack.torch.partition("+")[0] == own.partition("+")[0]:
        return ""
    return f"it is version {pack.torch}, and this program was built with {own}"


def _tried(folder: Path) -> dict[str, str]:
    """What the probe says of the PyTorch in ``folder``; see there."""
    try:
        said = subprocess.run(
            [*module_command(_PROBE), str(folder)],
            env={**os.environ, FIRST_PACKAGES_VARIABLE: str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TRIAL_S,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        answer: dict[str, str] = json.loads(said.stdout.strip().rpartition(b"\n")[2])
    except subprocess.CalledProcessError as error:
        return {"failed": str(error).rpartition("' ")[2].rstrip(".")}
    except subprocess.TimeoutExpired:
        return {"failed": f"it has not loaded within {_TRIAL_S:.0f} s"}
    except (OSError, ValueError) as error:
        return {"failed": f"{type(error).__name__}: {error}"}
    return answer
