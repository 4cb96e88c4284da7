"""How the click network is trained: steps, loss, schedule, checkpoints, all from one seed."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from imaging.errors import ModelError
from inference.guidance import guidance_channel
from inference.preprocessing import scale_intensity
from training.click_network import build_click_network
from training.click_rounds import OpenRounds, clicked_error
from training.click_samples import ClickSample, ClickSampler

logger = logging.getLogger(__name__)

PATCH_SHAPES = ((48, 64, 64), (64, 64, 48), (48, 48, 64), (64, 64, 64))
"""Different sides, since the network's box follows the organ when it is used."""

RECIPE_FILE = "recipe.json"

MAX_GRADIENT_NORM = 1.0


@dataclass(frozen=True, slots=True)
class ClickRecipe:
    """Everything that decides what comes out, besides the cases."""

    seed: int = 0
    cycles: tuple[tuple[int, float], ...] = ((2400, 1.5e-3), (900, 8e-4))
    """Steps and highest learning rate of each cycle; within one the rate falls as a cosine."""
    batch_size: int = 2
    weight_decay: float = 1e-4
    warm_up_steps: int = 100
    average_decay: float = 0.995
    """Of the moving average of the weights, which is what is kept."""
    spacing_mm: float = 2.0
    low_hu: float = -160.0
    high_hu: float = 240.0
    guidance_sigma_voxels: float = 3.0
    next_round_share: float = 0.6
    """How often a sample is one that the network answered before and that was clicked again."""
    click_weight: float = 3.0
    """How much more a voxel right at a click counts in the loss."""
    error_weight: float = 3.0
    """How much more a voxel of the error that the newest click is about counts in the loss."""
    checkpoint_steps: int = 100

    @property
    def steps(self) -> int:
        """Of all cycles."""
        return sum(steps for steps, _ in self.cycles)

    @property
    def cycle_ends(self) -> tuple[int, ...]:
        """The number of steps done at the end of each cycle."""
        return tuple(accumulate(steps for steps, _ in self.cycles))

    def as_json(self) -> str:
        """For the folder of a training."""
        return json.dumps(asdict(self), indent=1)

    def learning_rate(self, step: int) -> float:
        """Linear warm-up at the start of each cycle, then a cosine to a hundredth."""
        for steps, highest in self.cycles:
            if step < steps:
                warm = min(1.0, (step + 1) / self.warm_up_steps)
                cosine = 0.5 * (1 + np.cos(np.pi * step / steps))
                return float(highest * warm * (0.01 + 0.99 * cosine))
            step -= steps
        return 0.0


def network_input(sample: ClickSample, recipe: ClickRecipe) -> torch.Tensor:
    """Image, mask and guidance as (4, k, j, i)."""
    shape = (sample.hu.shape[0], sample.hu.shape[1], sample.hu.shape[2])
    sigma = recipe.guidance_sigma_voxels
    channels = [
        scale_intensity(sample.hu, recipe.low_hu, recipe.high_hu),
        sample.mask,
        guidance_channel(np.array(sample.foreground), shape, sigma),
        guidance_channel(np.array(sample.background), shape, sigma),
    ]
    return torch.from_numpy(np.stack(channels))


def click_loss(
    logits: torch.Tensor,
    target: torch.Tensor,
    inputs: torch.Tensor,
    errors: torch.Tensor,
    recipe: ClickRecipe,
) -> torch.Tensor:
    """Cross-entropy, heavier near clicks and in clicked errors, plus soft Dice; a scalar.

    Shapes: logits (n, 2, k, j, i), target and errors (n, k, j, i) of 0 and 1, inputs
    (n, 4, k, j, i).
    """
    near_clicks = inputs[:, 2:4].amax(dim=1)
    weight = 1 + (recipe.click_weight - 1) * near_clicks + (recipe.error_weight - 1) * errors
    entropy = torch.nn.functional.cross_entropy(logits, target, reduction="none")
    structure = logits.softmax(1)[:, 1]
    truth = target.float()
    overlap = (structure * truth).sum((1, 2, 3))
    dice = (2 * overlap + 1) / (structure.sum((1, 2, 3)) + truth.sum((1, 2, 3)) + 1)
    return (entropy * weight).mean() * 2 + (1 - dice).mean()


class ClickTrainer:
    """Runs a recipe on a sampler and keeps checkpoints in a folder, from which it resumes."""

    def __init__(
        self,
        recipe: ClickRecipe,
        sampler: ClickSampler,
        folder: Path,
        device: str = "cpu",
        start: Path | None = None,
    ) -> None:
        """Make the network, from weights in ``start`` (safetensors) where given, and resume.

        Raises:
            ModelError: if ``folder`` holds a training by another recipe.
        """
        self._recipe = recipe
        self._sampler = sampler
        self._folder = folder
        self._device = torch.device(device)
        torch.manual_seed(recipe.seed)
        network = build_click_network()
        if start is not None:
            network.load_state_dict({k: v.float() for k, v in load_file(start).items()})
        # torch's types know the memory format of a tensor only.
        self._network: torch.nn.Module = network.to(  # type: ignore[call-overload]
            self._device, memory_format=torch.channels_last_3d
        )
        self._average = {k: v.detach().clone() for k, v in network.state_dict().items()}
        self._optimizer = torch.optim.AdamW(
            network.parameters(), recipe.learning_rate(0), weight_decay=recipe.weight_decay
        )
        self._open_rounds = OpenRounds()
        self._step = 0
        self._resume()

    def run(self, is_cancelled: Callable[[], bool] = lambda: False) -> Path:
        """Train to the recipe's last step; returns the averaged weights (safetensors).

        These are the mean of the moving averages at the ends of all cycles, which follows clicks
        a little better than the last alone (``docs/decisions/0014``); after a cancelled training
        they are the moving average so far.
        """
        recipe = self._recipe
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / RECIPE_FILE).write_text(recipe.as_json())
        started = time.monotonic()
        losses: list[float] = []
        while self._step < recipe.steps and not is_cancelled():
            losses.append(self._train_step(losses[-1] if losses else 0.0))
            self._step += 1
            if self._step in recipe.cycle_ends:
                self._save_average(self._cycle_file(self._step))
            if self._step % recipe.checkpoint_steps == 0:
                seconds = (time.monotonic() - started) / len(losses)
                mean = float(np.mean(losses[-recipe.checkpoint_steps :]))
                logger.info("step %d loss %.4f %.2f s a step", self._step, mean, seconds)
                self._save(mean)
        self._save(float(np.mean(losses)) if losses else 0.0)
        return self._mean_of_cycles() if self._step == recipe.steps else self._average_file

    @property
    def _average_file(self) -> Path:
        return self._folder / "average.safetensors"

    def _cycle_file(self, step: int) -> Path:
        return self._folder / f"average_{step}.safetensors"

    def _mean_of_cycles(self) -> Path:
        ends = [load_file(self._cycle_file(step)) for step in self._recipe.cycle_ends]
        mean = {name: torch.stack([end[name] for end in ends]).mean(0) for name in ends[0]}
        file = self._folder / "trained.safetensors"
        save_file(mean, file)
        return file

    def _train_step(self, last_loss: float) -> float:
        recipe = self._recipe
        # A generator for each step: resuming from a checkpoint sees the same samples.
        rng = np.random.default_rng((recipe.seed, self._step))
        shape = PATCH_SHAPES[int(rng.integers(len(PATCH_SHAPES)))]
        samples = [self._next_sample(shape, rng) for _ in range(recipe.batch_size)]
        inputs = self._batch(samples)
        target = torch.from_numpy(np.stack([s.target for s in samples])).long().to(self._device)
        errors = torch.from_numpy(np.stack([clicked_error(s) for s in samples])).float()
        self._set_learning_rate()
        self._network.train()
        self._optimizer.zero_grad(set_to_none=True)
        with torch.autocast(self._device.type, torch.bfloat16):
            logits = self._network(inputs)
        loss = click_loss(logits.float(), target, inputs, errors.to(self._device), recipe)
        torch.autograd.backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self._network.parameters(), MAX_GRADIENT_NORM)
        if not torch.isfinite(norm):
            logger.warning("step %d left out: its gradient is not finite", self._step)
            return last_loss
        self._optimizer.step()
        self._update_average()
        answers = (logits[:, 1] > logits[:, 0]).detach().cpu().numpy()
        for sample, answer in zip(samples, answers, strict=True):
            self._open_rounds.answer(sample, answer, rng)
        return loss.item()

    def _next_sample(self, shape: tuple[int, int, int], rng: np.random.Generator) -> ClickSample:
        waiting = None
        if rng.random() < self._recipe.next_round_share:
            waiting = self._open_rounds.take(shape, rng)
        return waiting or self._sampler.draw(shape, rng)

    def _batch(self, samples: Sequence[ClickSample]) -> torch.Tensor:
        batch = torch.stack([network_input(sample, self._recipe) for sample in samples])
        return batch.to(self._device).contiguous(memory_format=torch.channels_last_3d)

    def _set_learning_rate(self) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.learning_rate(self._step)

    def _update_average(self) -> None:
        decay = min(self._recipe.average_decay, (1 + self._step) / (10 + self._step))
        for name, value in self._network.state_dict().items():
            self._average[name].lerp_(value, 1 - decay)

    def _save(self, loss: float) -> None:
        state = {f"network.{k}": v for k, v in self._network.state_dict().items()}
        state |= {f"average.{k}": v for k, v in self._average.items()}
        state["step"] = torch.tensor(self._step)
        for number, parameter in enumerate(self._network.parameters()):
            moments = self._optimizer.state.get(parameter, {})
            state |= {f"adam.{number}.{k}": v for k, v in moments.items()}
        temporary = self._folder / "checkpoint.tmp"
        contiguous = {k: v.detach().cpu().contiguous() for k, v in state.items()}
        save_file(contiguous, temporary, metadata={"loss": f"{loss:.5f}"})
        temporary.replace(self._folder / "checkpoint.safetensors")
        self._save_average(self._average_file)

    def _save_average(self, file: Path) -> None:
        averages = {k: v.detach().cpu().contiguous() for k, v in self._average.items()}
        save_file(averages, file)

    def _resume(self) -> None:
        file = self._folder / "checkpoint.safetensors"
        if not file.exists():
            return
        if (self._folder / RECIPE_FILE).read_text() != self._recipe.as_json():
            raise ModelError(
                f"{self._folder.name} holds a training by another recipe. Finish it with that "
                "recipe, or name another folder."
            )
        state = load_file(file, device=str(self._device))
        own = {k.removeprefix("network."): v for k, v in state.items() if k.startswith("network.")}
        self._network.load_state_dict(own)
        for name in self._average:
            self._average[name] = state[f"average.{name}"]
        for number, parameter in enumerate(self._network.parameters()):
            prefix = f"adam.{number}."
            moments = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
            if moments:
                self._optimizer.state[parameter] = moments
        self._step = int(state["step"])
        logger.info("resumed at step %d", self._step)
