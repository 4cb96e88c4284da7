"""What every fine-tuning does alike, whatever learns: epochs, checkpoints, the best weights."""

from __future__ import annotations

import logging
import statistics
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch

from imaging.errors import JobError
from training.click_recipe import MAX_GRADIENT_NORM
from training.fine_tuning.checkpoint import Checkpoint, Tensors, load_checkpoint, save_checkpoint
from training.fine_tuning.recipe import SHARE_UNSEEN, SHARES_OF_NEW, FineTuneRecipe
from training.fine_tuning.team import Team
from training.jobs.job import EpochFigures
from training.promotion import MARGIN, REFERENCE_MARGIN

MOST_BAD_STEPS = 20
"""So many steps in a row whose gradient is no number end a training."""

logger = logging.getLogger(__name__)

_OFF_THE_RAILS = (
    "The training came off the rails: its numbers grew beyond all bounds. Look at the newest "
    "labels, then start it again with another seed."
)

BeforeBatch = Callable[[int], None]
"""Called with the number of the step in its epoch; waits for clicks, raises to stop."""

CasesT = TypeVar("CasesT")
AnswerT = TypeVar("AnswerT")
AskedT = TypeVar("AskedT", contravariant=True)


class Validation(Protocol[AskedT]):
    """Cases by which epochs and mixtures are chosen."""

    def __len__(self) -> int:
        """How many dialogues there are."""

    def dice(self, answer: AskedT) -> dict[str, float]:
        """Mean Dice of what answers, by structure."""

    def dice_by_part(self, answer: AskedT) -> dict[str, float]:
        """The same, by what the gate looks at: structures without clicks, and with them."""


class Tuner(ABC, Generic[CasesT, AnswerT]):
    """Runs epochs and keeps a checkpoint after each, from which another object goes on.

    Where several processes train, each has such an object: the leader's ``run_epoch`` takes the
    others' ``follow`` along, step by step.
    """

    def __init__(
        self,
        recipe: FineTuneRecipe,
        build: Callable[[], torch.nn.Module],
        base: Tensors,
        base_key: str,
        folder: Path,
        device: str,
        team: Team | None = None,
    ) -> None:
        """Begin with ``base``, or where the checkpoint of ``base_key`` in ``folder`` ends."""
        self.recipe = recipe
        self._folder = folder
        self._device = torch.device(device)
        self._team = team or Team()
        self._names = frozenset(base)
        torch.manual_seed(recipe.click.seed)
        self._network = self._built(build(), base)
        self._teacher = self._built(build(), base).eval().requires_grad_(False)
        self._average = {k: v.detach().clone() for k, v in self._state(self._network).items()}
        self._best = {k: v.clone() for k, v in self._average.items()}
        self._base = self._state(self._teacher)
        self.share = 1.0
        """Of the way from the old weights to the best epoch's, that ``best_weights`` go."""
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), recipe.learning_rate, weight_decay=recipe.click.weight_decay
        )
        # A batch that had to shrink for want of memory goes on from the same checkpoint.
        click = asdict(replace(recipe.click, batch_size=0))
        self._settings = f"{base_key} {click} {recipe.epochs} {recipe.steps_per_epoch}"
        self.figures: tuple[EpochFigures, ...] = ()
        self._resume()

    @abstractmethod
    def _loss(
        self, cases: CasesT, replay: CasesT | None, rng: np.random.Generator
    ) -> tuple[torch.Tensor, Callable[[], None]]:
        """The loss of a step, and what is to be done once the weights have moved."""

    @abstractmethod
    def _answers_of(self, weights: Tensors) -> AnswerT:
        """How the network with other weights answers."""

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
        self,
        validation: Validation[AnswerT],
        synthetic: Validation[AnswerT],
        before_batch: BeforeBatch,
    ) -> float:
        """Go back towards the weights it began with, as far as the validation cases ask for.

        ``synthetic`` has patients of no site: what they lose was forgotten.

        Weights between old and new often answer better than both, and forget less (Wortsman et
        al., "Robust fine-tuning of zero-shot models", 2022). Call it when the training is done;
        returns the share of the new ones.
        """
        self.share = SHARE_UNSEEN
        if len(validation):

            def tried(weights: Tensors) -> TriedWeights:
                answer = self._answers_of(weights)
                return TriedWeights(validation.dice_by_part(answer), synthetic.dice_by_part(answer))

            before = tried(self._base)
            found: dict[float, TriedWeights] = {}
            for number, share in enumerate(SHARES_OF_NEW):
                before_batch(number)
                found[share] = tried(self._mixture(share))
            self.share = best_share(before, found)
            logger.info(
                "share of the new weights: %s; Dice before %s, now %s", self.share, before, found
            )
        return self.share

    def go_back(self) -> bool:
        """Go one step further back towards the weights it began with; False if there is none."""
        smaller = [share for share in SHARES_OF_NEW if share < self.share]
        if smaller:
            self.share = max(smaller)
        return bool(smaller)

    def _mixture(self, share: float) -> Tensors:
        return {
            name: torch.lerp(old, self._best[name], share) if old.is_floating_point() else old
            for name, old in self._base.items()
        }

    def best_weights(self) -> Tensors:
        """The moving average of the best epoch, mixed or not, on the CPU."""
        weights = self._best if self.share == 1.0 else self._mixture(self.share)
        return {name: value.detach().cpu().contiguous() for name, value in weights.items()}

    def run_epoch(
        self,
        cases: CasesT,
        replay: CasesT | None,
        validation: Validation[AnswerT],
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
            number = self.epoch * self.recipe.steps_per_epoch + step
            self._team.announce(number)
            losses.append(self._step(number, cases, replay))
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

    def follow(self, cases: CasesT, replay: CasesT | None) -> None:
        """Take part in the leader's steps, in another process, until it needs no help.

        Raises:
            MemoryError, RuntimeError: there is too little memory, here or at another process.
        """
        while (number := self._team.next_step()) is not None:
            self._step(number, cases, replay)

    def _step(self, number: int, cases: CasesT, replay: CasesT | None) -> float:
        """Move the weights once; ``number`` counts over all epochs. NaN if they stayed."""
        recipe = self.recipe
        # A generator for each step: resuming after an epoch sees the same samples.
        rng = np.random.default_rng((recipe.click.seed, number, 0xF17E, *self._team.own_seed))
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate(number)
        self._network.train()
        self._optimizer.zero_grad(set_to_none=True)
        with self._team.shared_gradients(self._network):
            loss, settle = self._loss(cases, replay, rng)
            torch.autograd.backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self._network.parameters(), MAX_GRADIENT_NORM)
        if not torch.isfinite(norm):
            logger.warning("step %d left out: its gradient is not finite", number)
            return float("nan")
        self._optimizer.step()
        decay = min(recipe.average_decay, (1 + number) / (10 + number))
        for name, value in self._state(self._network).items():
            if value.is_floating_point():
                self._average[name].lerp_(value, 1 - decay)
        settle()
        return float(loss.item())

    def _learning_rate(self, number: int) -> float:
        """A short warm-up, then a cosine to a twentieth at the last epoch's end."""
        recipe = self.recipe
        share = number / (recipe.epochs * recipe.steps_per_epoch)
        warm = min(1.0, (number + 1) / recipe.warm_up_steps)
        return float(
            recipe.learning_rate * warm * (0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * share)))
        )

    def _built(self, network: torch.nn.Module, weights: Tensors) -> torch.nn.Module:
        self._load(network, weights)
        # torch's types know the memory format of a tensor only.
        moved: torch.nn.Module = network.to(  # type: ignore[call-overload]
            self._device, memory_format=torch.channels_last_3d
        )
        return moved

    def _load(self, network: torch.nn.Module, weights: Tensors) -> None:
        """Put weights in place, whose names are those of the base."""
        network.load_state_dict(weights)

    def _state(self, network: torch.nn.Module) -> Tensors:
        """A network's weights by the names of the base; a table that is shared has one name."""
        state: dict[str, Any] = network.state_dict()
        return {name: value for name, value in state.items() if name in self._names}

    def _save(self) -> None:
        tensors: Tensors = {f"network.{k}": v for k, v in self._state(self._network).items()}
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
        self._load(self._network, stored.part("network"))
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
    """Mean Dice by part on a site's validation cases and on synthetic patients."""

    site: Mapping[str, float]
    synthetic: Mapping[str, float]

    def loss_since(self, before: TriedWeights) -> float:
        """The worst fall of a part, as a share of half of what the gate forgives."""
        falls = [(before.site[name] - dice) / MARGIN for name, dice in self.site.items()]
        falls += [
            (before.synthetic[name] - dice) / REFERENCE_MARGIN
            for name, dice in self.synthetic.items()
        ]
        return 2 * max(falls)


def best_share(before: TriedWeights, found: Mapping[float, TriedWeights]) -> float:
    """The mixture with the best mean Dice at the site, of those that the gate would not refuse.

    ``found`` is by share of the new weights. Where every one lets a part fall too far, it is the
    one with which the worst part loses least.
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
