"""The model that the window works with; another may take its place between two clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.predictor import MakePredictor

if TYPE_CHECKING:
    from inference.model_package import ModelPackage


class ModelInUse:
    """Owns the choice; all methods are called on the GUI thread."""

    changed = Signal()
    """Another model is in use: what was prepared for the one before is of no use to it."""

    def __init__(
        self, package: ModelPackage, maker_of: Callable[[ModelPackage], MakePredictor]
    ) -> None:
        """``maker_of`` gives what makes a model's predictors."""
        self._maker_of = maker_of
        self._package = package
        self._make_predictor = maker_of(package)

    @property
    def package(self) -> ModelPackage:
        """The model."""
        return self._package

    @property
    def make_predictor(self) -> MakePredictor:
        """Makes predictors of the model that is in use now, also after another took its place."""
        return self._make_predictor

    def use(self, package: ModelPackage) -> None:
        """Work with another model from now on."""
        self._package = package
        self._make_predictor = self._maker_of(package)
        self.changed.emit()
