"""What the window works with: the controllers and what the user prefers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.controllers.activities import Activities
from app.controllers.case_controller import CaseController
from app.controllers.computer_controller import ComputerController
from app.controllers.editing_controller import EditingController
from app.controllers.hand_tools import HandTools
from app.controllers.model_in_use import ModelInUse
from app.controllers.models_controller import ModelsController
from app.controllers.predictor import MakePredictor, ModelAbilities
from app.controllers.project_bench import ProjectBench
from app.controllers.segmentation_controller import SegmentationController
from app.controllers.training_controller import TrainingController
from app.controllers.version_takeover import VersionTakeover
from app.gui.background import Background
from app.gui.gui_thread import GuiThread
from app.settings import SettingsStore


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything behind the window; `app.bootstrap` puts it together."""

    cases: CaseController
    segmentation: SegmentationController
    editing: EditingController
    tools: HandTools
    project: ProjectBench
    activities: Activities
    settings: SettingsStore
    background: Background
    gui_thread: GuiThread
    in_use: ModelInUse
    logs: Path
    models: ModelsController
    training: TrainingController
    takeover: VersionTakeover
    computer: ComputerController
    why_this_engine: Callable[[], tuple[str, ...]] = tuple
    """Lines that say why the networks run on what they run on."""

    @property
    def model(self) -> ModelAbilities:
        """What the model in use can do."""
        return self.in_use.package

    @property
    def make_predictor(self) -> MakePredictor:
        """Makes predictors of the model in use."""
        return self.in_use.make_predictor
