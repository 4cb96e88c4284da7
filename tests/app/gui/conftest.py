"""A window over a fake model and fake files, whose background work waits to be told."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.controllers.activities import Activities
from app.controllers.case_controller import CaseController
from app.controllers.computer_controller import ComputerController
from app.controllers.editing_controller import EditingController
from app.controllers.hand_tools import HandTools
from app.controllers.model_in_use import ModelInUse
from app.controllers.models_controller import ModelsController
from app.controllers.project_bench import ProjectBench
from app.controllers.right_of_way import RightOfWay
from app.controllers.segmentation_controller import SegmentationController
from app.controllers.training_controller import TrainingController
from app.controllers.version_takeover import VersionTakeover
from app.findings import Finding, Level
from app.gui.application import make_application
from app.gui.main_window import MainWindow
from app.gui.window_logic import WindowLogic
from app.gui.workbench import Workbench
from app.model_import import ModelImporter
from app.model_zoo import ZooInstaller
from app.settings import SettingsStore
from imaging.readers.series_info import SeriesInfo
from inference.model_store import ModelStore
from inference.model_versions import ModelVersions
from training.cases.provenance import ModelUsed

MADE_UP_EXAMINATION = SimpleNamespace(
    findings=(
        Finding("Display", Level.FAULT, "There is no OpenGL.", "Install a driver."),
        Finding("Memory", Level.FINE, "32 GB."),
    ),
    faults=("There is no OpenGL. Install a driver.",),
)


@dataclass
class Desk:
    """The window, its logic, and the strings behind it."""

    window: MainWindow
    logic: WindowLogic
    workbench: Workbench
    files: object
    executor: object
    predictor: object

    @property
    def actions(self):
        return self.window.actions_by_key

    @property
    def session(self):
        return self.workbench.cases.session

    def open_case(self):
        self.logic.files.open_sample()
        self.executor.run_all()

    def click_into(self, widget, qtbot, modifier=None):
        from PySide6.QtCore import Qt

        modifier = modifier or Qt.KeyboardModifier.NoModifier
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, modifier, widget.rect().center())


@pytest.fixture
def application(qapp):
    assert make_application() is qapp
    return qapp


@pytest.fixture
def desk(qtbot, application, files, held_executor, fake_model, predictor, segmenter_with, tmp_path):
    def call(function):
        function()

    assert application.styleSheet()
    activities = Activities()
    cases = CaseController(files, held_executor, call, activities, lambda: fake_model.structures)
    segmentation = SegmentationController(held_executor, call, activities)
    project = ProjectBench.make(
        cases,
        files,
        held_executor,
        call,
        activities,
        data_folder=tmp_path / "data",
        uid_map_file=tmp_path / "uid_map.json",
        structures_of_new_case=lambda: fake_model.structures,
        model_used=lambda: ModelUsed("fake", "1.0", "0" * 64),
        engine=lambda: segmentation.engine,
        make_segmenter=lambda: segmenter_with(predictor),
        right_of_way=RightOfWay(),
    )
    in_use = ModelInUse(replace(fake_model, id="shipped"), lambda _model: lambda _volume: predictor)
    importer = ModelImporter(tmp_path / "models", tmp_path / "versions", frozenset)
    workbench = Workbench(
        cases=cases,
        project=project,
        segmentation=segmentation,
        editing=EditingController(lambda: cases.session, segmentation),
        tools=HandTools.make(lambda: cases.session, held_executor, call, activities),
        activities=activities,
        settings=SettingsStore(tmp_path / "settings.json"),
        background=SimpleNamespace(inference=held_executor, pool=held_executor),
        gui_thread=SimpleNamespace(call=call),
        in_use=in_use,
        logs=tmp_path,
        models=ModelsController(
            ModelStore((tmp_path / "models",)).packages,
            lambda: importer,
            lambda: ZooInstaller(importer, tmp_path / "downloads"),
            frozenset({"shipped"}),
            in_use,
            SettingsStore(tmp_path / "settings.json"),
            held_executor,
            call,
            activities,
        ),
        training=TrainingController(
            lambda: project.projects.project.folder if project.projects.project else None,
            ModelStore((tmp_path / "models",), ModelVersions(tmp_path / "versions")),
            "shipped",
            lambda _folder: None,
            held_executor,
            call,
        ),
        takeover=VersionTakeover(
            ModelStore((tmp_path / "models",), ModelVersions(tmp_path / "versions")),
            in_use,
            segmentation,
            lambda: cases.session.volume if cases.session is not None else None,
            lambda _model: lambda _volume: predictor,
            lambda _networks: None,
            held_executor,
            call,
            activities,
        ),
        computer=ComputerController(
            lambda _tries_engines: MADE_UP_EXAMINATION,
            lambda file, _examination: file,
            held_executor,
            call,
        ),
    )
    window = MainWindow(workbench)

    def forget_changes(_window):
        if cases.session is not None:
            cases.session.mark_saved(cases.session.state)  # nobody is there to be asked

    qtbot.addWidget(window, before_close_func=forget_changes)
    logic = WindowLogic(window, workbench)
    window.show()
    with qtbot.waitExposed(window):
        pass
    return Desk(window, logic, workbench, files, held_executor, predictor)


@pytest.fixture
def make_series():
    def make(uid, description="Abdomen 5.0", slices=60, problem=None):
        return SeriesInfo(
            series_uid=uid,
            description=description,
            modality="CT",
            slice_count=slices,
            slice_thickness_mm=5.0,
            phase="portal venous",
            shape=None if problem else (slices, 512, 512),
            problem=problem,
            warnings=(),
        )

    return make


@pytest.fixture
def somewhere() -> Path:
    return Path("somewhere") / "ct.nii.gz"
