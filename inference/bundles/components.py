"""What a configuration is made of once its references are resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""A resolved value: a literal, a list or dict of values, or one of the classes below."""


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """An object that MONAI would build: a class by name, and its resolved arguments.

    ``name`` is the last part of ``target``; ``where`` its place in the configuration.
    """

    target: str
    name: str
    arguments: dict[str, Value]
    where: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """The result of an expression that is recognised, and of no use to us: a device, a list."""

    text: str


@dataclass(frozen=True, slots=True)
class SavedFile:
    """What ``torch.load(path)`` would give; read as data when a name in it is asked for."""

    path: str


class UnknownCodeError(Exception):
    """Code, or a class, that is not one of those that known bundles use.

    Attributes:
        what: it, fit for a sentence.
        where: its place in the configuration.
    """

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} in {where}")
        self.what = what
        self.where = where
