"""Checkpoints of PyTorch, read without PyTorch: named tables of numbers, and nothing else."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from imaging.errors import ModelError
from inference.bundles.archive import open_archive, read_member, shown
from inference.bundles.limits import MAX_MEMBERS, MAX_STRUCTURE_BYTES, MAX_TOTAL_BYTES
from inference.bundles.saved_objects import (
    Saved,
    TensorPlace,
    UnsafeObjectError,
    read_saved_objects,
)

STATE_KEYS = ("model", "state_dict", "model_state_dict", "network", "net")
"""Under which names programs keep the weights; MONAI's CheckpointSaver under "model"."""

_WRAPPER = "module."
"""In front of every name where a network was saved while it ran on several GPUs."""

_MAX_NAME = 300


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A network's numbers by name; ``aliases`` are further names of tables that are there once."""

    tables: dict[str, NDArray[np.generic]]
    aliases: dict[str, str]

    @property
    def names(self) -> frozenset[str]:
        """All names, aliases among them."""
        return frozenset((*self.tables, *self.aliases))


class Checkpoint:
    """An open checkpoint file; numbers are read when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._members = frozenset(archive.namelist())
        self.name = name
        self._root = self._find_root()
        self.saved = self._read_saved()
        self._records: dict[str, bytes] = {}

    def weights(self, key: str | None = None) -> Weights:
        """The weights, bare or under one of the usual names, or under ``key``.

        Raises:
            ModelError: there are none, or a table is not what its description says.
        """
        places = self._state(key)
        if len(places) > MAX_MEMBERS:
            raise ModelError(f"{self.name} holds more than {MAX_MEMBERS:,} tables of weights.")
        first: dict[TensorPlace, str] = {}
        tables: dict[str, NDArray[np.generic]] = {}
        aliases: dict[str, str] = {}
        total = 0
        for name, place in places.items():
            if len(name) > _MAX_NAME or not name.isprintable():
                raise ModelError(f"{self.name} holds weights called {shown(name)}. Choose another.")
            if place in first:
                aliases[name] = first[place]
                continue
            first[place] = name
            tables[name] = self._table(name, place)
            total += tables[name].nbytes
            if total > MAX_TOTAL_BYTES:
                raise self._too_large()
        self._records.clear()
        return Weights(tables, aliases)

    def array(self, key: str) -> list[object]:
        """A table of numbers under a name, as nested lists.

        Raises:
            ModelError: there is none.
        """
        value = self.saved.get(key) if isinstance(self.saved, dict) else None
        if isinstance(value, TensorPlace):
            value = self._table(key, value)
        if not isinstance(value, np.ndarray) or value.size > MAX_MEMBERS:
            raise ModelError(f"{self.name} holds no table of numbers called {shown(key)}.")
        listed: list[object] = value.tolist()
        return listed

    def _state(self, key: str | None) -> dict[str, TensorPlace]:
        wanted = (key,) if key is not None else STATE_KEYS
        saved = self.saved if isinstance(self.saved, dict) else {}
        found: object = saved
        for name in wanted:
            if isinstance(saved.get(name), dict):
                found = saved[name]
                break
        places = _places(found) if key is None or key in saved else {}
        if not places:
            names = ", ".join(shown(name) for name in list(saved)[:5]) or "nothing with a name"
            raise ModelError(
                f"{self.name} holds no weights of a network. It holds {names}. "
                "Choose the file that the training saved, model.pt for example."
            )
        return places

    def _table(self, name: str, place: TensorPlace) -> NDArray[np.generic]:
        record = self._record(place.record)
        dtype = np.dtype("<u2" if place.dtype == "bfloat16" else place.dtype)
        numbers = np.frombuffer(record, dtype, count=len(record) // dtype.itemsize)
        reach = sum(
            (side - 1) * step for side, step in zip(place.shape, place.strides, strict=True)
        )
        count = int(np.prod(place.shape, dtype=float))
        if count and place.offset + reach >= numbers.size:
            raise ModelError(
                f"{self.name} is damaged: the table {shown(name)} claims the shape "
                f"{shown(place.shape)}, and the file holds {numbers.size} numbers of it."
            )
        if count * dtype.itemsize > MAX_TOTAL_BYTES or (0 in place.strides and count > MAX_MEMBERS):
            raise self._too_large()
        steps = tuple(step * dtype.itemsize for step in place.strides)
        view = np.lib.stride_tricks.as_strided(
            numbers[place.offset :], place.shape, steps, writeable=False
        )
        if place.dtype == "bfloat16":
            return (view.astype(np.uint32) << 16).view(np.float32)
        return np.asarray(view, order="C")

    def _record(self, record: str) -> bytes:
        if record not in self._records:
            name = f"{self._root}data/{record}"
            if name not in self._members:
                raise ModelError(f"{self.name} is damaged: its record {shown(record)} is missing.")
            self._records[record] = read_member(self._archive, name, MAX_TOTAL_BYTES)
        return self._records[record]

    def _find_root(self) -> str:
        names = self._members
        if any("/code/" in name or name.endswith("/constants.pkl") for name in names):
            raise ModelError(
                f"{self.name} is a TorchScript file: program code, not only weights. "
                "Import the bundle's model.pt instead, or its folder."
            )
        found = [name for name in names if PurePosixPath(name).name == "data.pkl"]
        if len(found) != 1:
            raise ModelError(
                f"{self.name} is no checkpoint of weights. Choose the file that the training "
                "saved, model.pt for example."
            )
        return found[0].removesuffix("data.pkl")

    def _read_saved(self) -> Saved:
        program = read_member(self._archive, f"{self._root}data.pkl", MAX_STRUCTURE_BYTES)
        order = f"{self._root}byteorder"
        if order in self._members and read_member(self._archive, order, 16) != b"little":
            raise ModelError(f"{self.name} was saved on a computer of another byte order.")
        try:
            return read_saved_objects(program)
        except UnsafeObjectError as error:
            raise ModelError(
                f"{self.name} was refused: {error}. Weights need none of that; nothing was run. "
                "Ask its author for a file with the weights only (a state_dict)."
            ) from error

    def _too_large(self) -> ModelError:
        return ModelError(
            f"{self.name} holds more than {MAX_TOTAL_BYTES // 2**30} GB of weights, more than any "
            "known model. Nothing was imported."
        )


@contextmanager
def open_checkpoint(path: Path) -> Iterator[Checkpoint]:
    """The checkpoint in ``path``, a file of PyTorch 1.6 or newer.

    Raises:
        ModelError: it is damaged, is no checkpoint, or holds more than names and numbers.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == b"\x80\x02" or not start.startswith(b"PK"):
        raise ModelError(
            f"{path.name} is no checkpoint that can be read as data: it is damaged, or of a "
            "PyTorch before 1.6. Load it in PyTorch and save its state_dict again."
        )
    with open_archive(path) as archive:
        yield Checkpoint(archive, path.name)


def _places(saved: object) -> dict[str, TensorPlace]:
    """The tensors of a dictionary by their names; empty if anything in it is no tensor."""
    if not isinstance(saved, Mapping):
        return {}
    found = {
        str(name).removeprefix(_WRAPPER): value
        for name, value in saved.items()
        if isinstance(value, TensorPlace)
    }
    return found if len(found) == len(saved) else {}
