"""Pictures of a project: synthetic patients in every status, made and reviewed for the camera."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from take_pictures import Photographer

    from imaging.phantom import Phantom
    from training.cases.project import Project
    from training.cases.records import CaseRecord, LabelDraft

SHAPE = (64, 160, 160)
PATIENTS = 7
AUTHOR = "Dr. Weber"
DATA_SET_CTS = 420
LABELLED_CTS = 281
ORGANS = (1, 2)  # spleen and pancreas
DAY = datetime(2026, 3, 4, 8, 12, tzinfo=UTC)
"""Fixed, so that the pictures change only when the window does."""


class _Clock:
    """Each look at it is some work later."""

    def __init__(self) -> None:
        self._now = DAY

    def __call__(self) -> datetime:
        self._now += timedelta(minutes=47)
        return self._now


def take_project(camera: Photographer) -> None:
    """Empty project, list, review, versions, export, read-only, and work to be restored."""
    from training.cases.project import Project

    os.environ["LOGNAME"] = AUTHOR  # who signs what is done in the window
    bench = camera.bench.project
    session = camera.bench.cases.session
    if session is not None:
        session.mark_saved(session.state)  # nobody is there to be asked
        camera.bench.cases.close()
    with tempfile.TemporaryDirectory() as home:
        Project.create(Path(home) / "New study").close()
        camera.logic.project.open_project(Path(home) / "New study")
        camera.keep("window-project-empty")
        take_data_set(camera)
        folder = Path(home) / "Spleen and pancreas"
        make_project(folder, Path(home) / "cts")
        camera.logic.project.open_project(folder)
        camera.wait()
        bench.opener.open_case(3)
        camera.keep("window-project")
        take_review(camera)
        bench.projects.close_project()
        camera.wait()
        leave_work_behind(folder)
        camera.logic.project.open_project(folder)
        camera.keep("window-recovery")
        bench.projects.close_project()
        camera.wait()
        with Project.open(folder, author="Dr. Braun"):
            pretend_another_computer(folder)
            camera.logic.project.open_project(folder)
            camera.wait()
            bench.opener.open_case(2)
            camera.keep("window-read-only")
            bench.projects.close_project()
        camera.wait()


def take_review(camera: Photographer) -> None:
    """What a check says about a mask with an island and a hole; two versions; the export."""
    from app.gui.export_dialog import ExportDialog
    from imaging.history import Change

    window, session = camera.window, camera.bench.cases.session
    if session is None:
        raise SystemExit(window.banner.text)
    window.review.versions.select(1, 2)
    first, second = window.review.versions.selected
    window.review.raise_()
    camera.bench.project.versions.compare(first, second)
    camera.keep("window-versions")
    window.review.versions.comparison_closed.emit()
    spoilt = session.labels.array.copy()
    spoilt[40:44, 100:106, 30:36] = ORGANS[0]
    k, j, i = np.argwhere(spoilt == ORGANS[1]).mean(axis=0).round().astype(int)
    spoilt[k - 1 : k + 2, j : j + 3, i : i + 3] = 0
    edit = session.labels.edit_to_labels(spoilt)
    session.do(Change("brush", edit, session.clicks.clicks, session.clicks.clicks))
    camera.press("check_case")
    buttons = window.review.checks.buttons
    if buttons:
        buttons[0].click()
    camera.keep("window-review")
    session.undo()
    session.mark_saved(session.state)
    record = camera.bench.project.opener.record
    dialog = ExportDialog(record, 2, Path("exports") / "spleen and pancreas", window)
    dialog.choose_format("dicom-seg")
    dialog.show()
    camera.keep_widget("window-export", dialog)
    dialog.close()


def take_data_set(camera: Photographer) -> None:
    """The question what the labels of a data set mean."""
    from app.gui.data_set_dialog import DataSetDialog
    from training.cases.data_set_offer import DataSetOffer, ForeignLabel
    from training.cases.data_sets import DataSet, LabelledCt
    from training.cases.records import Split

    cts = tuple(
        LabelledCt(
            Path(f"pancreas_{number:03}.nii.gz"),
            Path("labels") if number < LABELLED_CTS else None,
            None if number < LABELLED_CTS else Split.HOLD_OUT,
        )
        for number in range(DATA_SET_CTS)
    )
    labels = (ForeignLabel(1, "pancreas", "pancreas"), ForeignLabel(2, "cancer", None))
    names = {label.value: label.name for label in labels}
    offer = DataSetOffer(Path("Task07_Pancreas"), DataSet("Pancreas", cts, names), labels)
    dialog = DataSetDialog(offer, copies=False, parent=camera.window)
    dialog.show()
    camera.keep_widget("window-data-set", dialog)
    dialog.close()


def make_project(folder: Path, cts: Path) -> None:
    """A project of synthetic patients, some new, some drawn, reviewed, approved, excluded."""
    from imaging.phantom import make_phantom
    from imaging.writers.volume_file import write_volume_file
    from training.cases.add_cases import add_cases
    from training.cases.project import Project
    from training.cases.records import SplitShares, VersionKind

    cts.mkdir()
    phantoms = [make_phantom(seed, shape=SHAPE) for seed in range(PATIENTS)]
    for number, phantom in enumerate(phantoms, start=1):
        write_volume_file(cts / f"abdomen {number:02}.nii.gz", phantom.volume)
    with Project.create(folder, author=AUTHOR, clock=_Clock()) as project:
        add_cases(project, [cts])
        cases = project.cases.listed()
        drawn = [
            (case, phantom.labels * np.isin(phantom.labels, ORGANS))
            for case, phantom in zip(cases, phantoms, strict=True)
        ]
        case, labels = drawn[1]
        project.versions.save(case.id, VersionKind.AUTOMATIC, _draft(project, case, labels == 1))
        case, labels = drawn[2]
        part = labels.copy()
        part[: len(part) // 2 - 3] = 0
        first = project.versions.save(case.id, VersionKind.INTERIM, _draft(project, case, part))
        project.review.submit(case.id)
        spot = _middle_lps(phantoms[2], ORGANS[1])
        text = "The head of the pancreas is missing. Please add it."
        project.review.send_back(case.id, text, point_lps=spot, structure="pancreas")
        draft = _draft(project, case, labels, first.id)
        project.versions.save(case.id, VersionKind.INTERIM, draft)
        project.review.submit(case.id)
        project.review.flag(case.id)
        for case, labels in drawn[3:5]:
            project.review.approve(case.id, _draft(project, case, labels))
        project.review.exclude(cases[5].id, "Strong motion artefacts")
        project.splits.draw(SplitShares(), seed=1)


def leave_work_behind(folder: Path) -> None:
    """What a crash leaves: a journal with two steps of work on the first case."""
    from imaging.history import Change
    from imaging.labels import LabelMap
    from training.cases.journal import Journal, JournalHeader
    from training.cases.project import Project

    with Project.open(folder) as project:
        case = project.cases.get(1)
        labels = LabelMap(case.shape_kji)
        header = JournalHeader(case.name, DAY.isoformat(), case_id=case.id)
        journal = Journal(project.journals_folder, header, labels.array.copy())
        target = np.zeros(case.shape_kji, np.bool_)
        for name, size in (("automatic spleen", 20), ("foreground click on spleen", 24)):
            target[30:40, 80 : 80 + size, 100 : 100 + size] = True
            change = Change(name, labels.edit_to(target, ORGANS[0]), (), ())
            if change.label_edit is not None:
                labels.apply(change.label_edit)
            journal.append(change)
        journal.close(discard=False)


def pretend_another_computer(folder: Path) -> None:
    """Let the lock say who a colleague on another computer would be."""
    from training.cases.file_lock import LockHolder

    holder = LockHolder("dr.braun", "reading-room-2", 4711, DAY.isoformat())
    holder.write(folder / "project.holder.json")


def _draft(
    project: Project, case: CaseRecord, labels: NDArray[np.generic], parent_id: int | None = None
) -> LabelDraft:
    from training.cases.records import LabelDraft

    geometry = project.cases.geometry(case.id)
    return LabelDraft(labels.astype(np.uint8), geometry, parent_id=parent_id)


def _middle_lps(phantom: Phantom, label_value: int) -> tuple[float, float, float]:
    from imaging.measures import inner_point_lps

    point_lps = inner_point_lps(phantom.labels == label_value, phantom.volume.geometry)
    if point_lps is None:
        raise SystemExit("The phantom has no such organ.")
    return point_lps
