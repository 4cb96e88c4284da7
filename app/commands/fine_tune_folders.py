"""A project made of two folders, CTs and label files of the same names, for a fine-tuning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import typer

from app.commands.project_access import print_problems, require_writable
from app.interruption import ProgressLine, cancel_on_interrupt
from imaging.errors import CancelledError, CaseError
from training.cases.data_sets import DataSet, LabelledCt
from training.cases.import_labels import add_data_set
from training.cases.label_names import label_mapping, parse_map
from training.cases.project import Project, is_project
from training.cases.records import CaseStatus, SplitShares
from training.evaluation.cases import data_of_folders
from training.promotion import MIN_PATIENTS

VALIDATION_SHARE = 0.15
HOLD_OUT_SHARE = 0.15
LARGEST_HOLD_OUT_SHARE = 0.4
"""Few patients are needed more for learning than for a judgement that a person can make."""


def project_of_folders(
    folder: Path | None, images: Path, labels: Path, said: Sequence[str], author: str | None
) -> Path:
    """Make a project, or go on with one, in which every labelled CT is approved and has a split.

    The CTs stay where they are. Without ``folder`` it is made in the working directory. What was
    done is told on standard error.

    Raises:
        CaseError: nothing goes together, or it is not clear what the labels mean.
        CancelledError: the user stopped it; the same call goes on.
    """
    data = data_of_folders(images, labels)
    values = parse_map(said)
    mapping = label_mapping(data.label_names, values)
    if not mapping:
        raise CaseError(
            "It is not said what the label values mean. Say it for each, for example "
            '--map "1=spleen", or put the dataset.json beside the folder of labels.'
        )
    folder = folder or Path.cwd() / f"{data.name}-fine-tuning"
    entries = tuple(LabelledCt(case.image, case.labels, None) for case in data.cases)
    is_new = not is_project(folder)
    with (Project.create if is_new else Project.open)(folder, author=author) as project:
        require_writable(project)
        line = ProgressLine()
        with cancel_on_interrupt() as is_cancelled:
            report = add_data_set(
                project,
                DataSet(data.name, entries, data.label_names),
                mapping,
                report_progress=line.report,
                is_cancelled=is_cancelled,
            )
        line.clear()
        if report.was_cancelled:
            raise CancelledError("Stopped. The same command goes on with the cases that are left.")
        print_problems(report.problems)
        for case in (*report.added, *report.already_there):
            if case.version_count and case.status is not CaseStatus.APPROVED:
                project.review.approve(case.id)
        _share_out(project)
    typer.echo(f"The project is in {folder}.", err=True)
    return folder


def shares_for(patients: int) -> SplitShares:
    """Enough held-out patients for a judgement, where there are enough to spare them."""
    wanted = max(HOLD_OUT_SHARE * patients, MIN_PATIENTS)
    hold_out = math.floor(min(wanted, LARGEST_HOLD_OUT_SHARE * patients))
    validation = min(max(1, round(VALIDATION_SHARE * patients)), max(0, patients - hold_out - 1))
    return SplitShares(patients - hold_out - validation, validation, hold_out)


def _share_out(project: Project) -> None:
    splits = project.splits
    if splits.is_drawn:
        report = splits.extend() if splits.report().undrawn_patients else splits.report()
    else:
        report = splits.draw(shares_for(splits.report().undrawn_patients))
    counts = {count.split.value: count.patients for count in report.counts}
    told = ", ".join(f"{patients} in {split}" for split, patients in counts.items())
    typer.echo(
        f"Patients: {told}. A file that is no DICOM counts as a patient of its own; where one "
        "patient has several, make a project and give them the same split there.",
        err=True,
    )
