"""Trains the click network on a site's cases, beginning with the active version's weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.click_network import ClickNetworkShape, build_click_network
from training.click_recipe import click_loss, network_input
from training.click_rounds import OpenRounds, clicked_error
from training.click_samples import ClickSample, ClickSampler
from training.fine_tuning.checkpoint import Tensors
from training.fine_tuning.recipe import FineTuneRecipe
from training.fine_tuning.team import Team
from training.fine_tuning.tuner import Tuner
from training.fine_tuning.validation import Answer

SMALLEST_HALF_SIDE = 48
"""Patches with a shorter side are computed in float32 on the CPU.

There the deepest grid has 2 voxels a side, for which its bfloat16 convolution gives wrong weight
gradients, NaN at times (torch 2.13, seen by comparing with float32).
"""


class FineTuner(Tuner[ClickSampler, Answer]):
    """Teaches the click network in rounds, as the shipped one was taught."""

    def __init__(
        self,
        recipe: FineTuneRecipe,
        shape: ClickNetworkShape,
        base: Tensors,
        base_key: str,
        folder: Path,
        device: str,
        team: Team | None = None,
    ) -> None:
        """Begin with ``base``, or where the checkpoint of ``base_key`` in ``folder`` ends."""
        self._rounds = {False: OpenRounds(), True: OpenRounds()}

        def build() -> torch.nn.Module:
            return build_click_network(shape)

        super().__init__(recipe, build, base, base_key, folder, device, team)

    def _loss(
        self, cases: ClickSampler, replay: ClickSampler | None, rng: np.random.Generator
    ) -> tuple[torch.Tensor, Callable[[], None]]:
        recipe = self.recipe
        shape = recipe.shapes[int(rng.integers(len(recipe.shapes)))]
        is_replay = replay is not None and rng.random() < recipe.replay_share
        sampler = replay if is_replay and replay is not None else cases
        rounds = self._rounds[is_replay]
        samples = [
            self._sample(sampler, rounds, shape, rng) for _ in range(recipe.click.batch_size)
        ]
        inputs = self._batch(samples)
        target = torch.from_numpy(np.stack([s.target for s in samples])).long().to(self._device)
        errors = torch.from_numpy(np.stack([clicked_error(s) for s in samples])).float()
        with self._half_precision(shape):
            logits = self._network(inputs)
        loss = click_loss(logits.float(), target, inputs, errors.to(self._device), recipe.click)
        if is_replay:
            loss = loss + recipe.teacher_weight * self._distance_to_teacher(inputs, logits.float())

        def click_again() -> None:
            answers = (logits[:, 1] > logits[:, 0]).detach().cpu().numpy()
            for sample, answer in zip(samples, answers, strict=True):
                rounds.answer(sample, answer, rng)

        return loss, click_again

    def _sample(
        self,
        sampler: ClickSampler,
        rounds: OpenRounds,
        shape: tuple[int, int, int],
        rng: np.random.Generator,
    ) -> ClickSample:
        waiting = None
        if rng.random() < self.recipe.click.next_round_share:
            waiting = rounds.take(shape, rng)
        return waiting or sampler.draw(shape, rng)

    def _distance_to_teacher(self, inputs: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        """How far the answers are from those of the network as it was (Kullback-Leibler)."""
        with torch.no_grad(), torch.autocast(self._device.type, torch.bfloat16):
            taught = self._teacher(inputs)
        return torch.nn.functional.kl_div(
            logits.log_softmax(1), taught.float().log_softmax(1), log_target=True, reduction="sum"
        ) / (logits.numel() / logits.shape[1])

    def _answers_of(self, weights: Tensors) -> Answer:
        """How the network with other weights answers a sample; bool, the sample's shape."""
        own = {k: v.detach().clone() for k, v in self._network.state_dict().items()}

        def answer(sample: ClickSample) -> NDArray[np.bool_]:
            self._network.load_state_dict(weights)
            self._network.eval()
            with torch.no_grad(), torch.autocast(self._device.type, torch.bfloat16):
                logits = self._network(self._batch([sample]))[0].float()
            self._network.load_state_dict(own)
            is_structure: NDArray[np.bool_] = (logits[1] > logits[0]).cpu().numpy()
            return is_structure

        return answer

    def _half_precision(self, shape: tuple[int, int, int]) -> torch.autocast:
        """Where bfloat16 can be trusted, convolutions are computed in it."""
        is_trusted = self._device.type != "cpu" or min(shape) >= SMALLEST_HALF_SIDE
        return torch.autocast(self._device.type, torch.bfloat16, enabled=is_trusted)

    def _batch(self, samples: list[ClickSample]) -> torch.Tensor:
        batch = torch.stack([network_input(sample, self.recipe.click) for sample in samples])
        return batch.to(self._device).contiguous(memory_format=torch.channels_last_3d)
