"""Searches the topology: ``python -m scripts.search run --config_file configs/search.yaml``.

Half of the training cases teach the weights, the other half the architecture. The first epochs
(``warmup_epochs``) teach weights only. With torchrun each process takes its own share of the
cases, and gradients are averaged.
"""

from __future__ import annotations

import csv
import logging
import os
import sys
from pathlib import Path
from typing import Any

import fire
import torch
import torch.distributed as dist
from monai.bundle import ConfigParser
from monai.data import DataLoader, Dataset, DistributedSampler
from monai.metrics import compute_dice
from monai.networks.utils import one_hot
from monai.utils import set_determinism

from .architecture import save_architecture

logger = logging.getLogger("search")

TOPOLOGY_WEIGHT = 0.001
EPSILON = 1e-5


def run(config_file: str, **override: object) -> None:
    """Search, and write ``models/search_code.pt`` and the history ``eval/search.csv``."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s")
    parser = ConfigParser()
    parser.read_config(config_file)
    parser.update(override)
    sys.path.insert(0, str(Path(config_file).resolve().parent.parent))
    is_distributed = int(os.environ.get("WORLD_SIZE", "1")) > 1
    if is_distributed:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        Search(parser).run()
        if is_distributed:
            # Without it a process may end while gloo's thread still frees tensors, and is aborted.
            dist.barrier()
    finally:
        if is_distributed:
            dist.destroy_process_group()


class Search:
    """One search; every process has one."""

    def __init__(self, parser: ConfigParser) -> None:
        take = parser.get_parsed_content
        # The same start in every process; only then may their data differ.
        set_determinism(seed=take("seed"))
        self._device: torch.device = take("device")
        self._space = take("dints_space")
        self._network = take("network")
        self._loss = take("loss")
        self._epochs: int = take("epochs")
        self._warmup_epochs: int = take("warmup_epochs")
        self._interval: int = take("val_interval")
        self._ram_cost_factor: float = take("ram_cost_factor")
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=take("amp"))
        self._inferer = take("validate#inferer")
        self._code_path = Path(take("arch_ckpt_path"))
        self._history_path = Path(take("output_dir")) / "search.csv"
        self._classes = len(take("label_names"))
        patch: list[int] = take("patch_size")
        batch: int = take("batch_size")
        self._input_shape = (batch, self._space.filter_nums[0], *patch)
        architecture = [self._space.log_alpha_a, self._space.log_alpha_c]
        held = {id(parameter) for parameter in architecture}
        weights = [p for p in self._network.parameters() if id(p) not in held]
        self._weight_optimizer = torch.optim.SGD(
            weights, lr=take("learning_rate"), momentum=0.9, weight_decay=4e-5
        )
        self._architecture_optimizer = torch.optim.Adam(
            architecture, lr=take("architecture_learning_rate"), betas=(0.5, 0.999)
        )
        searched = self._epochs - self._warmup_epochs
        self._scheduler = torch.optim.lr_scheduler.MultiStepLR(
            self._weight_optimizer,
            [self._warmup_epochs + int(searched * part) for part in (0.4, 0.8)],
            gamma=0.5,
        )
        workers = take("workers")
        self._weight_loader = _loader(take("train#dataset"), batch, workers)
        self._architecture_loader = _loader(take("train#architecture_dataset"), batch, workers)
        self._validation = DataLoader(take("validate#dataset"), num_workers=workers)
        self._best = -1.0

    def run(self) -> None:
        """All epochs; the last one is always measured."""
        for epoch in range(self._epochs):
            seen, loss, architecture_loss = 0, 0.0, 0.0
            for loader in (self._weight_loader, self._architecture_loader):
                if isinstance(loader.sampler, DistributedSampler):
                    loader.sampler.set_epoch(epoch)
            is_searching = epoch >= self._warmup_epochs
            for batch, other in zip(self._weight_loader, self._architecture_loader, strict=False):
                loss += self._step(self._weight_optimizer, batch, 0.0)
                seen += 1
                if is_searching:
                    share = (epoch - self._warmup_epochs) / (self._epochs - self._warmup_epochs)
                    architecture_loss += self._step(self._architecture_optimizer, other, share)
            self._scheduler.step()
            logger.info("epoch %d of %d: loss %.4f", epoch + 1, self._epochs, loss / max(seen, 1))
            is_last = epoch + 1 == self._epochs
            if is_searching and (is_last or (epoch + 1) % self._interval == 0):
                if _rank() == 0:
                    self._measure(epoch, loss / max(seen, 1), architecture_loss / max(seen, 1))
                if _is_distributed():
                    dist.barrier()

    def _step(
        self, optimizer: torch.optim.Optimizer, batch: dict[str, Any], cost_share: float
    ) -> float:
        self._network.train()
        image, label = (batch[key].as_tensor().to(self._device) for key in ("image", "label"))
        self._network.zero_grad(set_to_none=True)
        with torch.autocast(self._device.type, enabled=self._scaler.is_enabled()):
            loss = self._loss(self._network(image), label)
        if optimizer is self._architecture_optimizer:
            loss = loss + cost_share * self._architecture_cost()
        self._scaler.scale(loss).backward()
        _average_gradients(self._network)
        self._scaler.step(optimizer)
        self._scaler.update()
        return float(loss.detach())

    def _architecture_cost(self) -> torch.Tensor:
        """What makes the choice definite, connected, and small enough for the memory."""
        on = torch.sigmoid(self._space.log_alpha_a)
        choice = torch.softmax(self._space.log_alpha_c, -1)
        entropy_of_paths = -(
            on * torch.log(on + EPSILON) + (1 - on) * torch.log(1 - on + EPSILON)
        ).mean()
        entropy_of_cells = -(choice * torch.log(choice + EPSILON)).sum(-1).mean()
        usage = self._space.get_ram_cost_usage(self._input_shape)
        full = self._space.get_ram_cost_usage(self._input_shape, full=True).detach()
        probabilities, _ = self._space.get_prob_a(child=True)
        return (
            entropy_of_paths
            + entropy_of_cells
            + torch.abs(self._ram_cost_factor - usage / full)
            + TOPOLOGY_WEIGHT * self._space.get_topology_entropy(probabilities)
        )

    def _measure(self, epoch: int, loss: float, architecture_loss: float) -> None:
        """Validate; keep the architecture if it is the best so far."""
        dice = self._dice()
        is_best = dice > self._best
        if is_best:
            self._best = dice
            nodes, paths, operations, _ = self._space.decode()
            codes = {
                "node_a": torch.as_tensor(nodes).to(torch.int64),
                "arch_code_a": torch.as_tensor(paths).to(torch.float32),
                "arch_code_c": torch.as_tensor(operations).to(torch.int64),
            }
            save_architecture(self._code_path, codes)
        logger.info("validation Dice %.4f%s", dice, ", kept" if is_best else "")
        self._history_path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._history_path.exists()
        with self._history_path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(["epoch", "loss", "architecture_loss", "dice", "kept"])
            writer.writerow([epoch + 1, loss, architecture_loss, dice, int(is_best)])

    @torch.no_grad()
    def _dice(self) -> float:
        self._network.eval()
        # Not DiceMetric: it would wait for the other processes, which wait for this one.
        found = []
        for batch in self._validation:
            image, label = (batch[key].as_tensor().to(self._device) for key in ("image", "label"))
            logits = self._inferer(image, self._network)
            masks = one_hot(logits.argmax(1, keepdim=True), self._classes)
            found.append(
                compute_dice(masks, one_hot(label, self._classes), include_background=False)
            )
        dice = torch.cat(found).nanmean(0)  # of each class over the cases that have it
        return float(dice.nanmean().nan_to_num())


def _loader(dataset: Dataset, batch: int, workers: int) -> DataLoader:
    if not _is_distributed():
        return DataLoader(dataset, batch_size=batch, shuffle=True, num_workers=workers)
    sampler = DistributedSampler(dataset, shuffle=True)
    return DataLoader(dataset, batch_size=batch, sampler=sampler, num_workers=workers)


def _is_distributed() -> bool:
    return dist.is_available() and dist.is_initialized()


def _rank() -> int:
    return dist.get_rank() if _is_distributed() else 0


def _average_gradients(network: torch.nn.Module) -> None:
    """A path that is off has no gradient; the same ones in every process, as the codes agree."""
    if not _is_distributed():
        return
    for parameter in network.parameters():
        if parameter.grad is not None:
            dist.all_reduce(parameter.grad)
            parameter.grad /= dist.get_world_size()


if __name__ == "__main__":
    fire.Fire({"run": run})
