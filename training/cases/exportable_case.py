"""One case on its way out: its labels, the structures that were asked for, and who drew them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.errors import CaseError
from imaging.geometry import VolumeGeometry
from imaging.structures import Structure, all_structures, structure_by_name
from imaging.writers.mask_origin import MaskKind, MaskOrigin
from training.cases.project import Project
from training.cases.provenance import (
    AutomaticStep,
    ClickStep,
    ManualStep,
    ModelUsed,
    MovedClickStep,
    effective_steps,
)
from training.cases.records import CaseRecord, LabelVersion


@dataclass(frozen=True, slots=True, eq=False)
class ExportableCase:
    """The newest labels of a case, with nothing but the wanted structures in them.

    Attributes:
        file_name: how its files begin.
        labels: uint8, shape (k, j, i).
        structures: those that have voxels, in the order of the organ table.
        origin: who or what drew the masks.
    """

    case: CaseRecord
    file_name: str
    labels: NDArray[np.uint8]
    geometry: VolumeGeometry
    structures: tuple[Structure, ...]
    origin: MaskOrigin

    def mask(self, structure: Structure) -> NDArray[np.bool_]:
        """Where one of its structures is; shape (k, j, i)."""
        mask: NDArray[np.bool_] = self.labels == structure.label_value
        return mask


def exportable_case(
    project: Project, case: CaseRecord, file_name: str, wanted: Sequence[str]
) -> ExportableCase:
    """Read a case's newest labels; without ``wanted`` names, with all structures.

    Raises:
        CaseError: it has no labels, or none of the wanted structures.
        UnreadableFileError: its label file is damaged.
    """
    version = project.versions.newest(case.id)
    if version is None:
        raise CaseError(f'"{case.name}" has no labels yet. Segment it, or leave it out.')
    stored = project.versions.read(version.id)
    asked = [structure_by_name(name) for name in wanted] or list(all_structures())
    present = np.bincount(stored.labels.ravel(), minlength=256) > 0
    structures = tuple(s for s in all_structures() if s in asked and present[s.label_value])
    if not structures:
        what = ", ".join(wanted) or "any structure"
        raise CaseError(f'The labels of "{case.name}" do not have {what}. Leave the case out.')
    kept = np.zeros(256, np.uint8)
    for structure in structures:
        kept[structure.label_value] = structure.label_value
    return ExportableCase(
        case,
        file_name,
        kept[stored.labels],
        stored.geometry,
        structures,
        mask_origin(project, version),
    )


def mask_origin(project: Project, version: LabelVersion) -> MaskOrigin:
    """Who or what drew a version: by hand, by a model alone, or both."""
    model = _newest_model(project, version)
    steps = effective_steps(project.versions.steps_since_start(version.id))
    if model is None:
        return MaskOrigin(MaskKind.MANUAL)
    is_touched = any(isinstance(step, (ClickStep, MovedClickStep, ManualStep)) for step in steps)
    is_automatic = any(isinstance(step, AutomaticStep) for step in steps) and not is_touched
    kind = MaskKind.AUTOMATIC if is_automatic else MaskKind.SEMIAUTOMATIC
    return MaskOrigin(kind, model.id, model.version)


def _newest_model(project: Project, version: LabelVersion) -> ModelUsed | None:
    for ancestor in reversed(project.versions.lineage(version.id)):
        if ancestor.provenance.model is not None:
            return ancestor.provenance.model
    return None
