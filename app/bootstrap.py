"""Where the parts are put together: the one file that knows them all by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.controllers.predictor import MakePredictor, Predictor
from app.paths import AppPaths
from imaging.volume import Volume

if TYPE_CHECKING:
    from inference.model_package import ModelPackage
    from inference.model_store import ModelStore


def model_store(paths: AppPaths | None = None) -> ModelStore:
    """The shipped models and those that the user installed."""
    from inference.model_store import ModelStore

    return ModelStore((paths or AppPaths.of_user()).models)


def predictor_maker(package: ModelPackage) -> MakePredictor:
    """What makes a predictor of that model for a volume."""

    def make(volume: Volume) -> Predictor:
        # Imported on the inference thread: the engine's library takes a third of a second.
        from inference.click_session import ClickSession

        return ClickSession(volume, package)

    return make
