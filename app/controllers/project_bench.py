"""The controllers of a project and its cases, put together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from app.controllers.activities import Activities
from app.controllers.adding_controller import AddingController
from app.controllers.autosave_controller import AutosaveController
from app.controllers.case_controller import CaseController, CaseFiles
from app.controllers.case_opener import CaseOpener
from app.controllers.export_controller import ExportController
from app.controllers.project_controller import ProjectController
from app.controllers.project_jobs import ProjectJobs
from app.controllers.project_segmentation_controller import (
    MakeSegmenter,
    ProjectSegmentationController,
)
from app.controllers.recovery_controller import RecoveryController
from app.controllers.review_controller import ReviewController
from app.controllers.right_of_way import RightOfWay
from app.controllers.runner import CallInGuiThread
from app.controllers.versions_controller import VersionsController
from training.cases.provenance import ModelUsed


@dataclass(frozen=True, slots=True)
class ProjectBench:
    """What the window needs to work with projects; ``make`` wires it."""

    projects: ProjectController
    opener: CaseOpener
    versions: VersionsController
    review: ReviewController
    adding: AddingController
    exporting: ExportController
    segmenting: ProjectSegmentationController
    autosave: AutosaveController
    recovery: RecoveryController
    jobs: ProjectJobs

    @classmethod
    def make(
        cls,
        cases: CaseController,
        files: CaseFiles,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        *,
        data_folder: Path,
        uid_map_file: Path,
        structures_of_new_case: Callable[[], tuple[str, ...]],
        model_used: Callable[[], ModelUsed | None],
        engine: Callable[[], str],
        make_segmenter: MakeSegmenter,
        right_of_way: RightOfWay,
    ) -> ProjectBench:
        """All controllers on one pool, which gives way to clicks.

        ``data_folder`` keeps what belongs to no project, ``uid_map_file`` which identifier
        became which when data were de-identified.
        """
        pool = (executor, call_in_gui_thread)
        projects = ProjectController(*pool, activities)
        opener = CaseOpener(projects, cases, files, *pool, activities, structures_of_new_case)
        versions = VersionsController(projects, opener, *pool, model_used, engine)
        journals = data_folder / "journals"
        autosave = AutosaveController(journals, cases, projects, opener, versions, *pool)
        cases.make_safe = autosave.make_safe
        adding = AddingController(projects, *pool, activities, uid_map_file)
        exporting = ExportController(projects, *pool, activities, uid_map_file)
        segmenting = ProjectSegmentationController(
            projects, *pool, activities, make_segmenter, right_of_way
        )
        jobs = ProjectJobs((adding, exporting, segmenting))
        projects.stop_jobs = jobs.stop
        return cls(
            projects=projects,
            opener=opener,
            versions=versions,
            review=ReviewController(projects, opener, versions, *pool, activities),
            adding=adding,
            exporting=exporting,
            segmenting=segmenting,
            autosave=autosave,
            recovery=RecoveryController(
                journals, files, cases, projects, opener, *pool, activities, autosave.flush
            ),
            jobs=jobs,
        )

    def close(self) -> None:
        """The window closes, and no job runs any more; unsaved changes wait in their journal."""
        self.opener.cancel()
        self.autosave.close()
        self.projects.close_project()
