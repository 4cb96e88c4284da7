"""What a fine-tuning keeps after each epoch: one file, in place whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from imaging.writers.atomic_file import whole_file
from training.jobs.job import EpochFigures

CHECKPOINT = "checkpoint.safetensors"

Tensors = dict[str, torch.Tensor]

_FIGURES = TypeAdapter(tuple[EpochFigures, ...])
_SETTINGS = "settings"
_FIGURES_KEY = "figures"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The state after an epoch.

    Attributes:
        settings: the recipe and the base it belongs to, as text; another one cannot go on.
        figures: of the epochs so far, the newest last.
        tensors: weights, their moving average, the best average so far, Adam's moments.
    """

    settings: str
    figures: tuple[EpochFigures, ...]
    tensors: Tensors

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.figures[-1].epoch if self.figures else 0

    def part(self, name: str) -> Tensors:
        """The tensors of one kind."""
        prefix = f"{name}."
        return {k.removeprefix(prefix): v for k, v in self.tensors.items() if k.startswith(prefix)}


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Put a checkpoint in the place of the one before."""
    metadata = {
        _SETTINGS: checkpoint.settings,
        _FIGURES_KEY: _FIGURES.dump_json(checkpoint.figures).decode(),
    }
    tensors = {k: v.detach().cpu().contiguous() for k, v in checkpoint.tensors.items()}
    folder.mkdir(parents=True, exist_ok=True)
    with whole_file(folder / CHECKPOINT, ".safetensors") as part:
        save_file(tensors, part, metadata=metadata)


def load_checkpoint(folder: Path, settings: str, device: torch.device) -> Checkpoint | None:
    """The checkpoint of a folder; None if there is none of these settings."""
    file = folder / CHECKPOINT
    if not file.is_file():
        return None
    try:
        with safe_open(file, framework="pt", device=str(device)) as stored:
            metadata = stored.metadata() or {}
            if metadata.get(_SETTINGS) != settings:
                return None
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - no dict
        return Checkpoint(settings, _FIGURES.validate_json(metadata[_FIGURES_KEY]), tensors)
    except (SafetensorError, ValidationError, KeyError):
        return None
