"""Pictures of a whole fine-tuning, as a user sees it: from the approval to the roll back.

Everything is real: the window, a project of small synthetic patients, a worker process, the gate.
The model is ``training.tiny_model``, which learns in minutes, because nobody would wait for the
shipped one; with ``--model`` it is another one.
"""

from __future__ import annotations

import argparse
import base64
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from take_pictures import Photographer, say, virtual_screen

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl

    from app.gui.training_dialog import TrainingDialog
    from training.jobs.job import Job

TINY = "tiny"
SHAPE = (40, 88, 88)
FIRST_SEED = 700
PATIENTS = {"train": 3, "validation": 1, "hold-out": 5}
AUTHOR = "Dr. Weber"
REPORT_WIDTH_PX = 1000
LONGEST_S = 7200.0
"""Of a training, with all that is computed for the comparison."""


def main() -> None:
    """Take all pictures of one fine-tuning."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("out", type=Path, help="folder for the pictures")
    options.add_argument("--model", default=TINY, help="its id; default: a tiny one")
    options.add_argument("--language", choices=("en", "de"), default="en")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with virtual_screen(), tempfile.TemporaryDirectory() as home:
        os.environ["MASKWRIGHT_HOME"] = home
        os.environ["LOGNAME"] = AUTHOR  # who signs what is done in the window
        if given.model == TINY:
            from training.tiny_model import write_tiny_model

            write_tiny_model(Path(home) / "data" / "models" / TINY)
        camera = Photographer(given.out, given.language, given.model)
        project = Path(home) / "Spleens"
        last = make_project(project, Path(home) / "cts")
        take_training(camera, project, last)
        camera.close()


def make_project(folder: Path, cts: Path) -> int:
    """Patients with drawn spleens, approved but one that waits for it; its number."""
    import numpy as np

    from imaging.phantom import make_phantom
    from imaging.writers.volume_file import write_volume_file
    from training.cases.add_cases import add_cases
    from training.cases.project import Project
    from training.cases.records import LabelDraft, Split, VersionKind

    cts.mkdir()
    count = sum(PATIENTS.values())
    phantoms = [make_phantom(FIRST_SEED + n, shape=SHAPE) for n in range(count)]
    for number, phantom in enumerate(phantoms, start=1):
        write_volume_file(cts / f"abdomen {number:02}.nii.gz", phantom.volume)
    splits = [Split(name) for name, number in PATIENTS.items() for _ in range(number)]
    with Project.create(folder, author=AUTHOR) as project:
        add_cases(project, [cts])
        for case, phantom, split in zip(project.cases.listed(), phantoms, splits, strict=True):
            project.splits.assign(case.patient_key, split)
            labels = np.where(phantom.labels == 1, 1, 0).astype(np.uint8)
            draft = LabelDraft(labels, project.cases.geometry(case.id))
            project.versions.save(case.id, VersionKind.INTERIM, draft)
            if case.id == 1:
                project.review.submit(case.id)
            else:
                project.review.approve(case.id, comment="True labels of a synthetic patient.")
    return 1


def take_training(camera: Photographer, project: Path, unapproved: int) -> None:
    """The journey, a picture at each step."""
    from PySide6.QtWidgets import QCheckBox

    from training.jobs.job import JobState

    bench = camera.bench.project
    camera.logic.project.open_project(project)
    camera.wait()
    bench.opener.open_case(unapproved)
    camera.keep("training-1-review")
    camera.press("approve_case")
    camera.keep("training-2-approved")
    dialog = _opened(camera)
    camera.keep_widget("training-3-start", dialog)
    (asks,) = dialog.findChildren(QCheckBox)
    asks.setChecked(True)
    _press(dialog, "Improve the model")
    _until(camera, lambda: bool(_jobs(camera)))
    _until(camera, lambda: _job(camera).progress.epoch >= 2 or not _job(camera).state.is_open)
    camera.keep_widget("training-4-watch", dialog)
    _until(camera, lambda: not _job(camera).state.is_open)
    job = _job(camera)
    say(f"{job.state}: {job.message}")
    camera.keep_widget("training-5-result", dialog)
    _keep_report(camera, project, job)
    if job.state is not JobState.FINISHED:
        return
    _press(dialog, "Use this model…")
    _until(camera, lambda: camera.bench.training.state.version == job.version)
    camera.keep_widget("training-6-promoted", dialog)
    dialog.close()
    _take_click(camera, unapproved)
    dialog = _opened(camera)
    _press(dialog, "Roll back")
    _until(camera, lambda: camera.bench.training.state.version != job.version)
    camera.keep_widget("training-8-rolled-back", dialog)
    dialog.close()


def _take_click(camera: Photographer, case_id: int) -> None:
    """A click that the new model answers."""
    import numpy as np

    from imaging.phantom import make_phantom

    camera.bench.project.opener.open_case(case_id)
    camera.wait()
    truth = make_phantom(FIRST_SEED + case_id - 1, shape=SHAPE).labels == 1
    session = camera.bench.cases.session
    if session is None:
        raise SystemExit(camera.window.banner.text)
    k, j, i = np.argwhere(truth).mean(axis=0)
    x, y, z = (float(mm) for mm in session.volume.geometry.index_to_lps((k, j, i)))
    camera.click((x, y, z), is_foreground=True)
    camera.keep("training-7-click")


def _opened(camera: Photographer) -> TrainingDialog:
    camera.press("improve_model")
    dialog = camera.logic.training.dialog
    if dialog is None:
        raise SystemExit("The dialog of the training did not open.")
    return dialog


def _jobs(camera: Photographer) -> tuple[Job, ...]:
    return camera.bench.training.state.jobs


def _job(camera: Photographer) -> Job:
    return _jobs(camera)[0]


def _press(dialog: TrainingDialog, text: str) -> None:
    from PySide6.QtWidgets import QPushButton

    from viewer.widgets.translation import tr

    (button,) = (one for one in dialog.findChildren(QPushButton) if one.text() == tr(text))
    if not button.isEnabled():
        raise SystemExit(f"{text} cannot be pressed: {dialog.sentence}")
    button.click()


def _until(camera: Photographer, is_so: Callable[[], bool]) -> None:
    """Go on when something has come about."""
    started = time.monotonic()
    while not is_so():
        camera.process_events()
        if time.monotonic() - started > LONGEST_S:
            raise SystemExit("It took too long.")
    camera.wait()


def _keep_report(camera: Photographer, project: Path, job: Job) -> None:
    """The report as a browser shows it, more or less: Qt knows less of styles."""
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QTextBrowser

    from training.jobs.candidates import candidate_folder

    class Page(QTextBrowser):
        def loadResource(self, kind: int, name: QUrl) -> object:
            text = name.toString()
            if not text.startswith("data:image/png;base64,"):
                return super().loadResource(kind, name)
            data = base64.b64decode(text.partition(",")[2])
            return QImage.fromData(QByteArray(data))

    report = candidate_folder(project, job.id) / "report.html"
    if not report.is_file():
        return
    page = Page()
    page.setStyleSheet("background: white; color: black;")  # as browsers do
    page.setHtml(report.read_text(encoding="utf-8"))
    page.resize(REPORT_WIDTH_PX, 600)
    page.show()
    camera.wait()
    page.resize(REPORT_WIDTH_PX, round(page.document().size().height()) + 20)
    camera.keep_widget("training-report", page)
    page.close()


if __name__ == "__main__":
    main()
