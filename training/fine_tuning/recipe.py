"""How a fine-tuning learns: what a preset asks of the computer, and to what it may shrink."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.click_recipe import PATCH_SHAPES, ClickRecipe
from training.click_samples import Variety
from training.jobs.job import FineTuneSettings, Preset

Shape = tuple[int, int, int]

SMALL_SHAPES: tuple[Shape, ...] = ((48, 48, 48), (32, 48, 64), (48, 64, 32), (64, 32, 48))
SMALLEST_SHAPES: tuple[Shape, ...] = ((32, 32, 32), (32, 48, 32))

BYTES_PER_VOXEL = 2600
"""Of a patch in a batch, forth and back, measured with the shipped network on the CPU."""

LIBRARY_BYTES = 700 * 2**20
"""What torch and MONAI take by themselves."""


SITE_VARIETY = Variety(blobs=0.0, cuts=0.05, appearance=0.35)
"""A site's own patients look like each other; synthetic ones keep all the variety."""

SHARES_OF_NEW = (0.25, 0.5, 0.75, 1.0)
"""Mixtures of new and old weights that are tried on the validation cases."""

SHARE_UNSEEN = 0.5
"""The mixture where there are no validation cases."""


@dataclass(frozen=True, slots=True)
class FineTuneRecipe:
    """Everything that decides what comes out, besides the weights it begins with and the cases.

    The learning rate is a quarter of that of the shipped model's training, after which the weights
    go back towards those they began with as far as the validation cases ask for: with 1e-4 hardly
    anything is learned within some hundred steps, and with 1e-3 more is lost than gained.

    Attributes:
        click: the loss and the samples, as in the training of the shipped model.
        patience: this many epochs without a better one end the training.
        replay_share: how often a sample is of a synthetic patient, against forgetting.
        teacher_weight: how much the active model's own answers count on those.
    """

    click: ClickRecipe
    epochs: int
    steps_per_epoch: int
    shapes: tuple[Shape, ...]
    learning_rate: float = 4e-4
    warm_up_steps: int = 20
    average_decay: float = 0.98
    patience: int = 8
    replay_share: float = 0.5
    teacher_weight: float = 1.0

    @property
    def bytes_needed(self) -> int:
        """An estimate of the memory of a training, the cases aside: they stay on the disk."""
        k, j, i = max(self.shapes, key=lambda shape: shape[0] * shape[1] * shape[2])
        return LIBRARY_BYTES + self.click.batch_size * k * j * i * BYTES_PER_VOXEL

    def smaller(self) -> FineTuneRecipe | None:
        """The same with less memory; None if it cannot be had with less."""
        if self.click.batch_size > 1:
            return replace(self, click=replace(self.click, batch_size=self.click.batch_size // 2))
        if self.shapes == SMALLEST_SHAPES:
            return None
        shapes = SMALLEST_SHAPES if self.shapes == SMALL_SHAPES else SMALL_SHAPES
        return replace(self, shapes=shapes)


_PRESETS = {
    Preset.CPU: (2, PATCH_SHAPES, 4, 60),
    Preset.SMALL: (1, SMALL_SHAPES, 8, 60),
    Preset.GPU_8: (4, PATCH_SHAPES, 20, 100),
    Preset.GPU_16: (8, PATCH_SHAPES, 20, 150),
}
"""Batch, patches, epochs, steps of an epoch."""


def recipe_for(settings: FineTuneSettings, click: ClickRecipe) -> FineTuneRecipe:
    """The recipe of a job; ``click`` has the grid and the intensities of its model."""
    batch, shapes, epochs, steps = _PRESETS[settings.preset]
    return FineTuneRecipe(
        click=replace(click, seed=settings.seed, batch_size=batch),
        epochs=settings.epochs or epochs,
        steps_per_epoch=steps,
        shapes=shapes,
    )
