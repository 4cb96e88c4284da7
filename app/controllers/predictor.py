"""What the program needs to know of a model, and how it gets a predictor of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from imaging.volume import Volume
from inference.predictor import Predictor


class ModelAbilities(Protocol):
    """What the program needs to know of a model; `ModelPackage` is the real one."""

    @property
    def id(self) -> str:
        """Its name in commands and settings."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def title(self) -> str:
        """Its name as shown in the window."""

    @property
    def structures(self) -> tuple[str, ...]:
        """What it can segment with clicks or without."""

    @property
    def automatic_structures(self) -> tuple[str, ...]:
        """What it can segment without clicks."""

    @property
    def takes_clicks(self) -> bool:
        """Whether it answers clicks."""

    @property
    def answers_any_structure(self) -> bool:
        """Whether it answers clicks on structures that it was not made for, too."""


MakePredictor = Callable[[Volume], Predictor]
"""Called on the inference thread: it may load weights."""
