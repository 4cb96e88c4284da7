"""Where the parts are put together: the one file that knows them all by name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from app.controllers.predictor import MakePredictor
from app.engines import Notify, OpenEngine, WindowEngines, engine_opener
from app.paths import AppPaths
from imaging.volume import Volume
from inference.predictor import Predictor

if TYPE_CHECKING:
    from app.controllers.computer_controller import ComputerController
    from app.doctor import Examination
    from app.gui.background import Background
    from app.gui.gui_thread import GuiThread
    from app.gui.workbench import Workbench
    from app.model_import import ModelImporter
    from app.model_zoo import ZooInstaller
    from app.segment_project import ProjectSegmenter
    from app.settings import SettingsStore
    from inference.model_package import ModelPackage
    from inference.model_store import ModelStore

logger = logging.getLogger(__name__)


def model_store(paths: AppPaths | None = None) -> ModelStore:
    """The shipped models and those that the user installed, each in its active version."""
    from inference.model_store import ModelStore
    from inference.model_versions import ModelVersions

    paths = paths or AppPaths.of_user()
    versions = ModelVersions(paths.model_versions)
    return ModelStore((resources.path("models"), paths.models), versions)


def shipped_model_ids() -> frozenset[str]:
    """Ids of the models that ship with the program."""
    return frozenset(folder.name for folder in resources.path("models").iterdir())


def model_importer(paths: AppPaths) -> ModelImporter:
    """What imports into the user's models, and removes from them."""
    from app.model_import import ModelImporter

    return ModelImporter(paths.models, paths.model_versions, shipped_model_ids)


def zoo_installer(paths: AppPaths, proxy: str = "") -> ZooInstaller:
    """What downloads from the Model Zoo, through ``proxy`` or as the settings say."""
    from app.model_zoo import ZooInstaller
    from app.settings import SettingsStore

    proxy = proxy or SettingsStore(paths.settings_file).settings.proxy
    return ZooInstaller(model_importer(paths), paths.downloads, proxy)


def find_package(store: ModelStore, model: str | None) -> ModelPackage:
    """The package in the folder ``model``, else the installed one of that id, else the default.

    Raises:
        ModelError: there is none, or it cannot be used.
    """
    from inference.model_package import MANIFEST, load_package

    if model is not None and (Path(model) / MANIFEST).is_file():
        return load_package(Path(model))
    return store.find(model)


def command_engines(
    paths: AppPaths, engine: str | None = None, notify: Notify = logger.warning
) -> OpenEngine:
    """What loads networks for a command, in its own process.

    ``engine`` is the id that the command line names; without one the settings say. ``notify``
    gets a sentence where that engine cannot be used.
    """
    from app.settings import SettingsStore

    wanted = engine or SettingsStore(paths.settings_file).settings.engine
    return engine_opener(paths.engines, wanted, notify)


def predictor_maker(
    package: ModelPackage,
    open_engine: OpenEngine | None = None,
    get_ready: Callable[[], None] = lambda: None,
    *,
    is_exact: bool = False,
) -> MakePredictor:
    """What makes a predictor of that model for a volume, with a command's engines by default.

    ``get_ready`` is called before the volume is looked at. ``is_exact`` asks for MONAI's own
    masks, see ``open_session``.
    """
    open_engine = open_engine or command_engines(AppPaths.of_user())

    def make(volume: Volume) -> Predictor:
        # Imported on the inference thread: what it needs takes a third of a second to load.
        from inference.model_store import ModelStore
        from inference.open_session import open_session

        get_ready()
        finder = ModelStore().spleen_finder() if package.sliding_window else None
        return open_session(volume, package, open_engine, is_exact=is_exact, spleen_finder=finder)

    return make


def _computer_controller(
    paths: AppPaths, settings: SettingsStore, background: Background, gui_thread: GuiThread
) -> ComputerController:
    """What looks at this computer for the window."""
    from app.controllers.computer_controller import ComputerController

    def examine(tries_engines: bool) -> Examination:
        from app.doctor import examine_computer

        return examine_computer(paths, model_store(paths), tries_engines=tries_engines)

    def save_logs(file: Path, examination: Examination) -> Path:
        from app.log_bundle import write_log_bundle

        return write_log_bundle(file, paths, examination, settings.settings)

    return ComputerController(examine, save_logs, background.pool, gui_thread.call)


def make_workbench(
    package: ModelPackage,
    paths: AppPaths,
    background: Background,
    gui_thread: GuiThread,
    engine: str | None = None,
) -> Workbench:
    """The controllers behind the window, on its threads.

    ``engine`` is the id of the engine to prefer; without one the settings say.
    """
    from app.case_files import FilesOnDisk
    from app.controllers.activities import Activities
    from app.controllers.case_controller import CaseController
    from app.controllers.editing_controller import EditingController
    from app.controllers.hand_tools import HandTools
    from app.controllers.model_in_use import ModelInUse
    from app.controllers.models_controller import ModelsController
    from app.controllers.project_bench import ProjectBench
    from app.controllers.right_of_way import RightOfWay
    from app.controllers.segmentation_controller import SegmentationController
    from app.controllers.training_controller import TrainingController
    from app.controllers.version_takeover import VersionTakeover
    from app.gui.workbench import Workbench
    from app.settings import SettingsStore
    from imaging.structures import structure_by_name
    from training.cases.model_used import model_used
    from training.jobs.clicks_first import announce_click, seconds_since_click
    from training.jobs.process import start_worker

    activities = Activities()
    settings = SettingsStore(paths.settings_file)
    files = FilesOnDisk(paths.cache)
    cases = CaseController(
        files,
        background.pool,
        gui_thread.call,
        activities,
        lambda: in_use.package.structures,
    )

    def make_segmenter() -> ProjectSegmenter:
        from app.segment_project import ProjectSegmenter  # readers; the window's start saves them

        model = in_use.package
        structures = tuple(structure_by_name(name) for name in model.automatic_structures)
        return ProjectSegmenter(model_used(model), structures, in_use.make_predictor)

    segmentation = SegmentationController(background.inference, gui_thread.call, activities)
    engines = WindowEngines(
        paths.engines,
        engine or settings.settings.engine,
        lambda sentence: gui_thread.call(lambda: segmentation.noticed.emit(sentence)),
    )
    background.close_first(engines.close)

    def maker_of(model: ModelPackage) -> MakePredictor:
        return predictor_maker(model, engines.open_engine, engines.start)

    in_use = ModelInUse(package, maker_of)
    right_of_way = RightOfWay(announce=lambda: announce_click(paths.cache))
    segmentation.state_changed.connect(lambda: right_of_way.set_taken(segmentation.is_answering))
    project = ProjectBench.make(
        cases,
        files,
        background.pool,
        gui_thread.call,
        activities,
        data_folder=paths.data,
        uid_map_file=paths.uid_map_file,
        structures_of_new_case=lambda: in_use.package.structures,
        model_used=lambda: model_used(in_use.package),
        engine=lambda: segmentation.engine,
        make_segmenter=make_segmenter,
        right_of_way=right_of_way,
    )
    training = TrainingController(
        lambda: project.projects.project.folder if project.projects.project else None,
        model_store(paths),
        package.id,
        start_worker,
        background.pool,
        gui_thread.call,
        lambda: seconds_since_click(paths.cache),
    )
    models = ModelsController(
        model_store(paths).packages,
        lambda: model_importer(paths),
        lambda: zoo_installer(paths, settings.settings.proxy),
        shipped_model_ids(),
        in_use,
        settings,
        background.pool,
        gui_thread.call,
        activities,
    )
    background.close_first(models.give_up)
    in_use.changed.connect(lambda: training.follow(in_use.package.id))
    takeover = VersionTakeover(
        model_store(paths),
        in_use,
        segmentation,
        lambda: cases.session.volume if cases.session is not None else None,
        maker_of,
        engines.try_networks,
        background.pool,
        gui_thread.call,
        activities,
    )
    return Workbench(
        cases=cases,
        segmentation=segmentation,
        project=project,
        editing=EditingController(lambda: cases.session, segmentation),
        tools=HandTools.make(lambda: cases.session, background.pool, gui_thread.call, activities),
        activities=activities,
        settings=settings,
        background=background,
        gui_thread=gui_thread,
        in_use=in_use,
        logs=paths.logs,
        models=models,
        training=training,
        takeover=takeover,
        computer=_computer_controller(paths, settings, background, gui_thread),
        why_this_engine=lambda: engines.reasons,
    )
