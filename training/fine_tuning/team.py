"""The processes of one training on one computer, started by torchrun: one leads, the others follow.

The leader is the worker as it always is. It hands an order to the followers, then announces each
step; all compute a gradient of their own samples and move their weights by the mean of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from imaging.errors import JobError

LONGEST_SILENCE = timedelta(days=7)
"""While the leader waits for a click to end, or measures, the followers wait for it."""

_NO_STEP = -1


class Team:
    """This process's place among those that train together; one process is a team of its own."""

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank = rank
        self.size = size
        self._is_awaited = False  # whether followers wait for the announcement of a step

    @classmethod
    def joined(cls) -> Team:
        """The team that torchrun has started; one process alone without it."""
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls()
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        dist.init_process_group(backend, timeout=LONGEST_SILENCE)
        return cls(dist.get_rank(), size)

    @property
    def leads(self) -> bool:
        """Whether this process is the worker that takes jobs and says how they are."""
        return self.rank == 0

    @property
    def own_seed(self) -> tuple[int, ...]:
        """What makes a follower's samples other ones than the leader's."""
        return (self.rank,) if self.rank else ()

    def device(self, wanted: str) -> str:
        """A GPU of its own for each process.

        Raises:
            JobError: there are fewer.
        """
        if self.size == 1 or wanted != "cuda":
            return wanted
        if self.size > torch.cuda.device_count():
            raise JobError(
                f"{self.size} processes need {self.size} GPUs, and {torch.cuda.device_count()} are "
                "here. Resume the job with fewer processes."
            )
        return f"cuda:{os.environ.get('LOCAL_RANK', self.rank)}"

    def hand_out(self, order: object | None) -> None:
        """Give the followers something to do; None sends them home."""
        self._share([order])
        self._is_awaited = order is not None

    def next_order(self) -> Any:  # noqa: ANN401 - whatever was handed out
        """Wait, as a follower, for something to do; None if all is done."""
        found: list[Any] = [None]
        self._share(found)
        return found[0]

    def announce(self, number: int) -> None:
        """Begin a step with the followers."""
        self._send(number)
        self._is_awaited = False

    def dismiss(self) -> None:
        """Let followers who wait for a step go and wait for the next order."""
        if self._is_awaited:
            self._send(_NO_STEP)
            self._is_awaited = False

    def next_step(self) -> int | None:
        """Wait, as a follower, for the number of the next step; None after the last one."""
        number = torch.zeros(1, dtype=torch.int64)
        dist.broadcast(number, 0)
        return None if int(number) == _NO_STEP else int(number)

    @contextmanager
    def shared_gradients(self, network: torch.nn.Module) -> Iterator[None]:
        """After the block every process has the mean of all gradients.

        Raises:
            MemoryError: another process failed in its block, most likely for want of memory.
        """
        if self.size == 1:
            yield
            return
        try:
            yield
        except BaseException:
            self._average(network, has_failed=True)
            raise
        self._average(network, has_failed=False)
        self._is_awaited = True

    def leave(self) -> None:
        """Part from the others, all at once."""
        if self.size > 1:
            dist.barrier()
            dist.destroy_process_group()

    def _average(self, network: torch.nn.Module, *, has_failed: bool) -> None:
        failures = torch.tensor([float(has_failed)])
        dist.all_reduce(failures)
        if float(failures):
            if not has_failed:
                raise MemoryError("another process of the training ran out of memory")
            return
        for parameter in network.parameters():
            if parameter.requires_grad:
                gradient = parameter.grad
                if gradient is None:  # a branch that this process's samples did not use
                    gradient = parameter.grad = torch.zeros_like(parameter)
                dist.all_reduce(gradient)
                gradient /= self.size

    def _share(self, objects: list[Any]) -> None:
        if self.size > 1:
            dist.broadcast_object_list(objects, 0, device=torch.device("cpu"))

    def _send(self, number: int) -> None:
        if self.size > 1:
            dist.broadcast(torch.tensor([number]), 0)
