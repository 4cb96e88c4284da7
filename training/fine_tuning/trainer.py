"""Trains the click network on a site's cases, beginning with the active version's weights."""

from __future__ import annotations

import logging
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from imaging.errors import JobError
from training.click_network import ClickNetworkShape, build_click_network
from training.click_recipe import MAX_GRADIENT_NORM, click_loss, network_input
from training.click_rounds import OpenRounds, clicked_error
from training.click_samples import ClickSample, ClickSampler
from training.fine_tuning.checkpoint import Checkpoint, Tensors, load_checkpoint, save_checkpoint
from training.fine_tuning.recipe import SHARE_UNSEEN, SHARES_OF_NEW, FineTuneRecipe
from training.fine_tuning.validation import Answer, ValidationSet
from training.jobs.job import EpochFigures
from training.promotion import MARGIN, REFERENCE_MARGIN

SMALLEST_HALF_SIDE = 48
"""Patches with a shorter side are computed in float32 on the CPU.

There the deepest grid has 2 voxels a side, for which its bfloat16 convolution gives wrong weight
gradients, NaN at times (torch 2.13, seen by comparing with float32).
"""

MOST_BAD_STEPS = 20
"""So many steps in a row whose gradient is no number end a training."""

logger = logging.getLogger(__name__)

_OFF_THE_RAILS = (
    "The training came off the rails: its numbers grew beyond all bounds. Look at the newest "
    "labels, then start it again with another seed."
)

BeforeBatch = Callable[[int], None]
"""Called with the number of the step in its epoch; waits for clicks, raises to stop."""


class FineTuner:
    """Runs epochs and keeps a checkpoint after each, from which another object goes on."""

    def __init__(
        self,
        recipe: FineTuneRecipe,
        shape: ClickNetworkShape,
        base: Tensors,
        base_key: str,
        folder: Path,
        device: str,
    ) -> None:
        """Begin with ``base``, or where the checkpoint of ``base_key`` in ``folder`` ends."""
        self.recipe = recipe
        self._folder = folder
        self._device = torch.device(device)
        torch.manual_seed(recipe.click.seed)
        self._network = self._built(shape, base)
        self._teacher = self._built(shape, base).eval().requires_grad_(False)
        self._average = {k: v.detach().clone() for k, v in self._network.state_dict().items()}
        self._best = {k: v.clone() for k, v in self._average.items()}
        self._base = dict(self._teacher.state_dict())
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), recipe.learning_rate, weight_decay=recipe.click.weight_decay
        )
        self._rounds = {False: OpenRounds(), True: OpenRounds()}
        # A batch that had to shrink for want of memory goes on from the same checkpoint.
        click = asdict(replace(recipe.click, batch_size=0))
        self._settings = f"{base_key} {click} {recipe.epochs} {recipe.steps_per_epoch}"
        self.figures: tuple[EpochFigures, ...] = ()
        self._resume()

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return len(self.figures)

    @property
    def is_done(self) -> bool:
        """Whether all epochs are done, or the last ones brought nothing."""
        since_best = self.epoch - self.best_epoch
        return self.epoch >= self.recipe.epochs or since_best >= self.recipe.patience

    @property
    def best_epoch(self) -> int:
        """The epoch with the best mean Dice on the validation cases; the last one without any."""
        return best_epoch(self.figures)

    def mix_with_base(
        self, validation: ValidationSet, synthetic: ValidationSet, before_batch: BeforeBatch
    ) -> float:
        """Go back towards the weights it began with, as far as the validation cases ask for.

        ``synthetic`` has patients of no site: what they lose was forgotten.

        Weights between old and new often answer better than both, and forget less (Wortsman et
        al., "Robust fine-tuning of zero-shot models", 2022). Call it when the training is done;
        returns the share of the new ones.
        """
        chosen = SHARE_UNSEEN
        if len(validation):

            def tried(weights: Tensors) -> TriedWeights:
                answer = self._answers_of(weights)
                return TriedWeights(validation.dice(answer), synthetic.dice(answer))

            before = tried(self._base)
            found: dict[float, TriedWeights] = {}
            for number, share in enumerate(SHARES_OF_NEW):
                before_batch(number)
                found[share] = tried(self._mixture(share))
            chosen = best_share(before, found)
            logger.info(
                "share of the new weights: %s; Dice before %s, now %s", chosen, before, found
            )
        self._best = self._mixture(chosen)
        return chosen

    def _mixture(self, share: float) -> Tensors:
        return {name: torch.lerp(old, self._best[name], share) for name, old in self._base.items()}

    def best_weights(self) -> Tensors:
        """The moving average of the best epoch, mixed or not, on the CPU."""
        return {name: value.detach().cpu().contiguous() for name, value in self._best.items()}

    def run_epoch(
        self,
        cases: ClickSampler,
        replay: ClickSampler | None,
        validation: ValidationSet,
        before_batch: BeforeBatch,
    ) -> EpochFigures:
        """One epoch, its validation and its checkpoint.

        Raises:
            torch.OutOfMemoryError, RuntimeError, MemoryError: there is too little memory.
            JobError: the training has come off the rails.
        """
        losses = []
        for step in range(self.recipe.steps_per_epoch):
            before_batch(step)
            losses.append(self._step(step, cases, replay))
            if len(losses) >= MOST_BAD_STEPS and not any(np.isfinite(losses[-MOST_BAD_STEPS:])):
                raise JobError(_OFF_THE_RAILS)
        finite = [loss for loss in losses if np.isfinite(loss)]
        if not finite:
            raise JobError(_OFF_THE_RAILS)
        dice = validation.dice(self._answers_of(self._average))
        loss = statistics.fmean(finite)
        self.figures = (*self.figures, EpochFigures(self.epoch + 1, loss, dice))
        if self.best_epoch == self.epoch:
            self._best = {k: v.clone() for k, v in self._average.items()}
        self._save()
        return self.figures[-1]

    def _step(self, step: int, cases: ClickSampler, replay: ClickSampler | None) -> float:
        recipe = self.recipe
        number = self.epoch * recipe.steps_per_epoch + step
        # A generator for each step: resuming after an epoch sees the same samples.
        rng = np.random.default_rng((recipe.click.seed, number, 0xF17E))
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
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate(number)
        self._network.train()
        self._optimizer.zero_grad(set_to_none=True)
        with self._half_precision(shape):
            logits = self._network(inputs)
        loss = click_loss(logits.float(), target, inputs, errors.to(self._device), recipe.click)
        if is_replay:
            loss = loss + recipe.teacher_weight * self._distance_to_teacher(inputs, logits.float())
        torch.autograd.backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self._network.parameters(), MAX_GRADIENT_NORM)
        if not torch.isfinite(norm):
            logger.warning("step %d left out: its gradient is not finite", number)
            return float("nan")
        self._optimizer.step()
        decay = min(recipe.average_decay, (1 + number) / (10 + number))
        for name, value in self._network.state_dict().items():
            self._average[name].lerp_(value, 1 - decay)
        answers = (logits[:, 1] > logits[:, 0]).detach().cpu().numpy()
        for sample, answer in zip(samples, answers, strict=True):
            rounds.answer(sample, answer, rng)
        return float(loss.item())

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

    def _learning_rate(self, number: int) -> float:
        """A short warm-up, then a cosine to a twentieth at the last epoch's end."""
        recipe = self.recipe
        share = number / (recipe.epochs * recipe.steps_per_epoch)
        warm = min(1.0, (number + 1) / recipe.warm_up_steps)
        return float(
            recipe.learning_rate * warm * (0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * share)))
        )

    def _built(self, shape: ClickNetworkShape, weights: Tensors) -> torch.nn.Module:
        network = build_click_network(shape)
        network.load_state_dict({name: value.float() for name, value in weights.items()})
        # torch's types know the memory format of a tensor only.
        moved: torch.nn.Module = network.to(  # type: ignore[call-overload]
            self._device, memory_format=torch.channels_last_3d
        )
        return moved

    def _save(self) -> None:
        tensors: Tensors = {f"network.{k}": v for k, v in self._network.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self._average.items()}
        tensors |= {f"best.{k}": v for k, v in self._best.items()}
        for number, parameter in enumerate(self._network.parameters()):
            moments: Mapping[str, torch.Tensor] = self._optimizer.state.get(parameter, {})
            tensors |= {f"adam.{number}.{k}": v for k, v in moments.items()}
        save_checkpoint(self._folder, Checkpoint(self._settings, self.figures, tensors))

    def _resume(self) -> None:
        stored = load_checkpoint(self._folder, self._settings, self._device)
        if stored is None:
            return
        self._network.load_state_dict(stored.part("network"))
        self._average = stored.part("average")
        self._best = stored.part("best")
        for number, parameter in enumerate(self._network.parameters()):
            moments = stored.part(f"adam.{number}")
            if moments:
                self._optimizer.state[parameter] = moments
        self.figures = stored.figures
        logger.info("resumed after epoch %d", self.epoch)


@dataclass(frozen=True, slots=True)
class TriedWeights:
    """Mean Dice by structure on a site's validation cases and on synthetic patients."""

    site: Mapping[str, float]
    synthetic: Mapping[str, float]

    def loss_since(self, before: TriedWeights) -> float:
        """The worst fall of a structure, as a share of half of what the gate forgives."""
        falls = [(before.site[name] - dice) / MARGIN for name, dice in self.site.items()]
        falls += [
            (before.synthetic[name] - dice) / REFERENCE_MARGIN
            for name, dice in self.synthetic.items()
        ]
        return 2 * max(falls)


def best_share(before: TriedWeights, found: Mapping[float, TriedWeights]) -> float:
    """The mixture with the best mean Dice at the site, of those that the gate would not refuse.

    ``found`` is by share of the new weights. Where every one lets a structure fall too far, it is
    the one with which the worst structure loses least.
    """
    losses = {share: tried.loss_since(before) for share, tried in found.items()}
    allowed = [share for share in found if losses[share] <= 1]
    if not allowed:
        return min(found, key=lambda share: losses[share])
    return max(allowed, key=lambda share: statistics.fmean(found[share].site.values()))


def best_epoch(figures: tuple[EpochFigures, ...]) -> int:
    """The epoch with the best mean Dice over the structures; the last where none was measured."""
    by_epoch: defaultdict[int, float] = defaultdict(float)
    for one in figures:
        if one.dice:
            by_epoch[one.epoch] = statistics.fmean(one.dice.values())
    if not by_epoch:
        return len(figures)
    return max(by_epoch, key=lambda epoch: by_epoch[epoch])


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch, or the computer, had too little memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    words = ("not enough memory", "can't allocate memory", "out of memory")
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in words)
