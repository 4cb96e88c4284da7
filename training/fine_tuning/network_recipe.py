"""How an imported network is fine-tuned, and what memory that takes, asked of the network."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from training.click_recipe import ClickRecipe
from training.fine_tuning.network_base import NetworkBase
from training.fine_tuning.recipe import LIBRARY_BYTES, FineTuneRecipe, Shape
from training.jobs.job import FineTuneSettings, Preset

COPIES = 9
"""Of the weights: network, teacher, gradient, two moments, average, best, base, checkpoint."""

HALF_OF_FLOAT = 0.5
"""On a GPU most of what is kept for the way back has half precision."""

_PRESETS = {
    Preset.CPU: (1, 4, 40),
    Preset.SMALL: (1, 8, 40),
    Preset.GPU_8: (1, 20, 100),
    Preset.GPU_16: (2, 20, 150),
}
"""Batch, epochs, steps of an epoch."""


@dataclass(frozen=True, slots=True)
class NetworkRecipe(FineTuneRecipe):
    """As ``FineTuneRecipe``; ``click`` has the seed, the batch and the weight decay.

    Attributes:
        weight_bytes: of one copy of the weights.
        voxel_bytes: what a voxel of a piece takes, forth and back.
        can_shrink: whether the network may see smaller pieces than it does in use.
        side_multiple: sides of smaller pieces are multiples of it.
    """

    weight_bytes: int = 0
    voxel_bytes: float = 0.0
    can_shrink: bool = False
    side_multiple: int = 16

    @property
    def bytes_needed(self) -> int:
        """An estimate of the memory of a training, the cases aside: they stay on the disk."""
        r, a, s = self.shapes[0]
        pieces = self.click.batch_size * r * a * s * self.voxel_bytes
        return LIBRARY_BYTES + COPIES * self.weight_bytes + int(pieces)

    def smaller(self) -> NetworkRecipe | None:
        """The same with less memory; None if it cannot be had with less."""
        if self.click.batch_size > 1:
            return replace(self, click=replace(self.click, batch_size=self.click.batch_size // 2))
        r, a, s = (side // 2 for side in self.shapes[0])
        if not self.can_shrink or any(side % self.side_multiple for side in (r, a, s)):
            return None
        return replace(self, shapes=((r, a, s),))


def network_recipe(settings: FineTuneSettings, base: NetworkBase, device: str) -> NetworkRecipe:
    """The recipe of a job for an imported network."""
    batch, epochs, steps = _PRESETS[settings.preset]
    sides = base.sides
    weight_bytes = sum(table.numel() * 4 for table in base.weights.values())
    bytes_kept = voxel_bytes(base, sides) * (HALF_OF_FLOAT if device.startswith("cuda") else 1.0)
    return NetworkRecipe(
        click=ClickRecipe(seed=settings.seed, batch_size=batch),
        epochs=settings.epochs or epochs,
        steps_per_epoch=steps,
        shapes=(sides,),
        learning_rate=1e-4,
        replay_share=0.25,
        weight_bytes=weight_bytes,
        voxel_bytes=bytes_kept,
        can_shrink=base.part == "sliding_window",
    )


def voxel_bytes(base: NetworkBase, sides: Shape) -> float:
    """What the way forth keeps for the way back, for each voxel of what the network sees.

    Nothing is computed: the network runs on torch's device without memory.
    """
    kept = 0

    def count(table: torch.Tensor) -> torch.Tensor:
        nonlocal kept
        kept += table.numel() * table.element_size()
        return table

    network = base.empty().to("meta")
    inputs = torch.zeros((1, base.in_channels, *sides), device="meta")
    with torch.autograd.graph.saved_tensors_hooks(count, lambda table: table):
        network(inputs)
    r, a, s = sides
    return kept / (r * a * s)
