"""Segments every new case of a project without clicks, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.controllers.predictor import MakePredictor
from imaging.errors import CancelledError, MaskwrightError, ProjectError
from imaging.labels import LabelMap
from imaging.measures import MM3_PER_ML
from imaging.structures import Structure
from imaging.volume import Volume
from inference.messages import IsCancelled, ReportProgress
from inference.predictor import Predictor
from training.cases.case_volume import open_case_volume
from training.cases.find_cases import Problem
from training.cases.project import Project
from training.cases.provenance import AutomaticStep, ModelUsed, Provenance
from training.cases.records import (
    CaseQuery,
    CaseRecord,
    CaseStatus,
    LabelDraft,
    LabelVersion,
    VersionKind,
)

READING_SHARE = 0.2
"""Of a case's time, more or less; for the progress bar."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProjectSegmenter:
    """A model and what it shall find.

    ``structures`` are found without clicks; where two claim a voxel, the first keeps it.
    """

    model: ModelUsed
    structures: tuple[Structure, ...]
    make_predictor: MakePredictor

    def segment(
        self,
        project: Project,
        case: CaseRecord,
        report_progress: ReportProgress,
        is_cancelled: IsCancelled,
    ) -> LabelVersion | None:
        """Segment one case and keep the result as an automatic version, whole or not at all.

        None where the case got labels meanwhile: they stay the newest, and nothing is kept.

        Raises:
            CancelledError: ``is_cancelled`` said so; the project is as it was.
            MaskwrightError: why it cannot be segmented.
        """
        volume = open_case_volume(
            project,
            case,
            is_cancelled=is_cancelled,
            report_progress=lambda share, text: report_progress(share * READING_SHARE, text),
        )
        predictor = self.make_predictor(volume)
        labels = LabelMap(volume.geometry.shape)
        steps = []
        seconds = 0.0
        for number, structure in enumerate(self.structures):

            def report(share: float, text: str, number: int = number) -> None:
                done = (number + share) / len(self.structures)
                report_progress(READING_SHARE + (1 - READING_SHARE) * done, text)

            step, spent_s = _find(predictor, structure, labels, volume, report, is_cancelled)
            steps.append(step)
            seconds += spent_s
        engine = f"{predictor.engine_name} on {predictor.device_name}"
        provenance = Provenance(self.model, engine, tuple(steps), round(seconds, 3))
        draft = LabelDraft(labels.array, volume.geometry, provenance)
        if _has_labels(project, case):
            return None
        return project.versions.save(case.id, VersionKind.AUTOMATIC, draft)


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """What became of a project's new cases.

    ``left_out`` counts those that had labels already, ``problems`` those that failed.
    """

    done: tuple[tuple[CaseRecord, LabelVersion], ...]
    left_out: int
    problems: tuple[Problem, ...]
    was_cancelled: bool


def segment_new_cases(
    project: Project,
    segmenter: ProjectSegmenter,
    *,
    report_progress: ReportProgress = lambda _share, _text: None,
    is_cancelled: IsCancelled = lambda: False,
    on_done: Callable[[CaseRecord, LabelVersion], None] = lambda _case, _version: None,
) -> SegmentReport:
    """Segment the cases that are new and have no labels; a failing one stops nothing.

    Cancelling keeps what is finished; calling it again goes on with the rest.
    """
    new = project.cases.listed(CaseQuery(statuses=frozenset({CaseStatus.NEW})))
    waiting = [case for case in new if case.version_count == 0]
    done: list[tuple[CaseRecord, LabelVersion]] = []
    problems: list[Problem] = []
    was_cancelled = False
    for number, case in enumerate(waiting):
        if _has_labels(project, case):
            continue
        report = _part(report_progress, case, number, len(waiting))
        try:
            version = segmenter.segment(project, case, report, is_cancelled)
        except CancelledError:
            was_cancelled = True
            break
        except ProjectError as error:  # nothing can be kept any more
            problems.append(Problem(case.name, str(error)))
            break
        except MaskwrightError as error:
            if is_cancelled():  # Ctrl+C ends the decoding process as well, which is no fault
                was_cancelled = True
                break
            problems.append(Problem(case.name, str(error)))
            continue
        if version is not None:
            logger.info("case %d segmented", case.id)
            done.append((case, version))
            on_done(case, version)
    return SegmentReport(tuple(done), len(new) - len(waiting), tuple(problems), was_cancelled)


def _has_labels(project: Project, case: CaseRecord) -> bool:
    """Whether somebody has drawn in a case since it was listed, or closed it."""
    now = project.cases.get(case.id)
    return now.version_count > 0 or now.status is not CaseStatus.NEW


def _find(
    predictor: Predictor,
    structure: Structure,
    labels: LabelMap,
    volume: Volume,
    report_progress: ReportProgress,
    is_cancelled: IsCancelled,
) -> tuple[AutomaticStep, float]:
    """Find a structure and write it into ``labels``; the step and its seconds."""
    proposal = predictor.segment(structure.name, report_progress, is_cancelled)
    edit = labels.edit_to(
        proposal.mask,
        structure.label_value,
        locked_values=frozenset(range(1, 256)),
        box=proposal.box,
    )
    changed = 0
    if edit is not None:
        labels.apply(edit)
        changed = int(np.count_nonzero(edit.before != edit.after))
    ml = changed * volume.geometry.voxel_volume_mm3 / MM3_PER_ML
    return AutomaticStep(structure.name, changed, ml), proposal.seconds.total


def _part(report: ReportProgress, case: CaseRecord, number: int, count: int) -> ReportProgress:
    def part(share: float, text: str) -> None:
        report((number + share) / count, f"{number + 1} of {count}, {case.name}: {text}")

    return part


def volumes_text(version: LabelVersion) -> str:
    """What a version holds, in words."""
    volumes = (f"{volume.structure} {volume.volume_ml:.1f} mL" for volume in version.volumes)
    return ", ".join(volumes) or "nothing was found"
