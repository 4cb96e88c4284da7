"""Memory that the window's process and the engine process both see."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from numpy.typing import NDArray

ROOM = 1.25
"""How much more than asked is taken, so that a slightly larger input needs no new block."""


class SharedBlock:
    """A block that its owner lets grow; it is used for inputs and then for the answer."""

    def __init__(self) -> None:
        self._memory: SharedMemory | None = None

    def with_room_for(self, shape: Sequence[int]) -> NDArray[np.float32]:
        """The start of the block as an array; what was in it is lost if it had to grow.

        Raises:
            MemoryError: there is not so much memory.
        """
        needed = 4 * int(np.prod(shape))
        if self._memory is None or self._memory.size < needed:
            self.close()
            try:
                self._memory = SharedMemory(create=True, size=max(int(needed * ROOM), 1))
            except OSError as error:
                raise MemoryError(f"no {needed} bytes of shared memory") from error
        return view(self._memory, shape)

    @property
    def name(self) -> str:
        """What the other process attaches it by; empty before it was used."""
        return "" if self._memory is None else self._memory.name

    def close(self) -> None:
        """Give it back; arrays that were made of it must be gone."""
        memory, self._memory = self._memory, None
        if memory is None:
            return
        memory.close()
        try:
            memory.unlink()
        except FileNotFoundError:
            # A process that had no memory left to attach it has removed it: Python does that.
            resource_tracker.unregister(f"/{memory.name}", "shared_memory")


def attach(name: str) -> SharedMemory:
    """Another process's block; it stays its owner's, who alone removes it.

    Before Python 3.13 a process that attaches a block is made to remove it when it ends, so that
    one that is killed would take the block from its owner. Only processes that own none may call
    this: they keep no list of blocks afterwards.
    """
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    setattr(resource_tracker, "register", _keep_no_list)  # noqa: B010 - mypy knows the original
    return SharedMemory(name)


def _keep_no_list(_name: str, _kind: str) -> None:
    """In place of ``resource_tracker.register``."""


def view(memory: SharedMemory, shape: Sequence[int]) -> NDArray[np.float32]:
    """The start of a block as an array that does not own it."""
    return np.ndarray(tuple(shape), np.float32, buffer=memory.buf)
