"""Trains an imported network on a site's cases: DeepEdit with its clicks, UNet and DiNTS without.

As its bundle does it: Dice and cross-entropy, and for DeepEdit a user who clicks what is wrong.
Two things are added against forgetting. What nobody labelled in a case counts as the network itself
sees it; and synthetic patients are shown, on which it shall answer what it answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from monai.losses import DiceCELoss
from numpy.typing import NDArray

from training.fine_tuning.checkpoint import Tensors
from training.fine_tuning.network_base import NetworkBase
from training.fine_tuning.network_cases import (
    NetworkCase,
    NetworkSampler,
    Point,
    click_channel,
    network_inputs,
)
from training.fine_tuning.network_validation import NetworkAnswer
from training.fine_tuning.recipe import FineTuneRecipe
from training.fine_tuning.team import Team
from training.fine_tuning.tuner import Tuner
from training.simulated_clicks import click_in_largest_error

WITHOUT_CLICKS_SHARE = 0.4
"""How often DeepEdit shall answer alone, as in its bundle's recipe."""

MOST_ROUNDS = 3
"""Of clicks in the other steps; each costs a look of the network."""

_NORMS = torch.nn.modules.batchnorm._BatchNorm


class NetworkTuner(Tuner[NetworkSampler, NetworkAnswer]):
    """Teaches a network of MONAI; running means of its norms stay as they are."""

    def __init__(
        self,
        recipe: FineTuneRecipe,
        base: NetworkBase,
        folder: Path,
        device: str,
        team: Team | None = None,
    ) -> None:
        """Begin with the base, or where its checkpoint in ``folder`` ends."""
        self._model = base
        self._criterion = DiceCELoss(to_onehot_y=True, softmax=True)
        super().__init__(recipe, base.empty, base.weights, base.key, folder, device, team)

    def _load(self, network: torch.nn.Module, weights: Tensors) -> None:
        self._model.fill(network, weights)

    def _loss(
        self, cases: NetworkSampler, replay: NetworkSampler | None, rng: np.random.Generator
    ) -> tuple[torch.Tensor, Callable[[], None]]:
        recipe = self.recipe
        self._freeze_norms()
        is_replay = replay is not None and rng.random() < recipe.replay_share
        sampler = replay if is_replay and replay is not None else cases
        sides = recipe.shapes[int(rng.integers(len(recipe.shapes)))]
        samples = [sampler.draw(sides, rng) for _ in range(recipe.click.batch_size)]
        inputs = torch.stack([self._clicked(sample, rng) for sample in samples])
        logits = self._answer(self._network, inputs)
        with torch.no_grad():
            taught = self._answer(self._teacher, inputs)
        if is_replay:
            loss = recipe.teacher_weight * self._distance(logits, taught)
        else:
            target = torch.stack(
                [self._target(sample, one) for sample, one in zip(samples, taught, strict=True)]
            )
            loss = self._criterion(logits, target[:, None])
        return loss, lambda: None

    def _answers_of(self, weights: Tensors) -> NetworkAnswer:
        own = {k: v.detach().clone() for k, v in self._state(self._network).items()}

        def answer(inputs: NDArray[np.float32]) -> NDArray[np.uint8]:
            self._load(self._network, weights)
            classes = self._classes(inputs)
            self._load(self._network, own)
            return classes

        return answer

    def _clicked(self, sample: NetworkCase, rng: np.random.Generator) -> torch.Tensor:
        """A sample's channels, with clicks on what the network gets wrong where it takes any."""
        spec = self._model.spec
        clicks: defaultdict[str, list[Point]] = defaultdict(list)
        if self._model.takes_clicks and rng.random() >= WITHOUT_CLICKS_SHARE:
            for _ in range(int(rng.integers(1, MOST_ROUNDS + 1))):
                found = self._classes(network_inputs(sample.image, clicks, spec))
                self._click(sample, found, clicks, rng)
            self._network.train()
            self._freeze_norms()
        return torch.from_numpy(network_inputs(sample.image, clicks, spec))

    def _click(
        self,
        sample: NetworkCase,
        found: NDArray[np.uint8],
        clicks: defaultdict[str, list[Point]],
        rng: np.random.Generator,
    ) -> None:
        """Click the largest error of one of the labelled structures."""
        number = int(rng.choice(sample.labelled))
        target = sample.classes == number
        click = click_in_largest_error(target, found == number, np.ones(3), rng)
        if click is not None:
            structure = self._model.spec.outputs[number]
            channel = click_channel(structure, is_foreground=click.is_foreground)
            clicks[channel].append(click.index_kji)

    def _target(self, sample: NetworkCase, taught: torch.Tensor) -> torch.Tensor:
        """The labels, and what the network saw before where nobody looked."""
        target = torch.from_numpy(sample.classes.astype(np.int64)).to(self._device)
        seen = taught.argmax(0)
        unlabelled = torch.ones(len(taught), dtype=torch.bool, device=self._device)
        unlabelled[[0, *sample.labelled]] = False
        return torch.where((target == 0) & unlabelled[seen], seen, target)

    def _distance(self, logits: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
        """How far the answers about the old outputs are from those before (Kullback-Leibler)."""
        count = logits.shape[1] - len(self._model.added)
        old, before = logits[:, :count].log_softmax(1), taught[:, :count].log_softmax(1)
        divergence = torch.nn.functional.kl_div(old, before, log_target=True, reduction="sum")
        return divergence / (logits.numel() / logits.shape[1])

    def _classes(self, inputs: NDArray[np.float32]) -> NDArray[np.uint8]:
        self._network.eval()
        with torch.no_grad():
            logits = self._answer(self._network, torch.from_numpy(inputs)[None])[0]
        return logits.argmax(0).to(torch.uint8).cpu().numpy()

    def _answer(self, network: torch.nn.Module, inputs: torch.Tensor) -> torch.Tensor:
        """Logits in single precision; half where there is a GPU."""
        on_device = inputs.to(self._device)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"):
            logits = network(on_device)
        if logits.ndim == on_device.ndim + 1:  # DynUNet's deep supervision: the finest is first
            logits = logits[:, 0]
        answer: torch.Tensor = logits.float()
        return answer

    def _freeze_norms(self) -> None:
        """A few pieces would spoil the means that were learned from many."""
        for module in self._network.modules():
            if isinstance(module, _NORMS):
                module.eval()
