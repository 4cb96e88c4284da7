"""The values of a project: cases, label versions, review events, splits and settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from training.cases.provenance import ModelUsed, Provenance


class CaseStatus(StrEnum):
    """Where a case stands."""

    NEW = "new"
    IN_PROGRESS = "in progress"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    EXCLUDED = "excluded"

    @property
    def is_undone(self) -> bool:
        """Whether somebody should still draw here: "next undone case" stops at these."""
        return self in (CaseStatus.NEW, CaseStatus.IN_PROGRESS)


class SourceKind(StrEnum):
    """What a CT is on disk."""

    DICOM = "dicom"
    """A folder of DICOM files, and a series UID in it."""
    FILE = "file"
    """One NIfTI, NRRD or MetaImage file."""


class VersionKind(StrEnum):
    """Why a label version was kept."""

    INTERIM = "interim"
    APPROVED = "approved"
    AUTOMATIC = "automatic"
    IMPORTED = "imported"


class Split(StrEnum):
    """What a patient's cases are for; drawn once, never moved."""

    TRAIN = "train"
    VALIDATION = "validation"
    HOLD_OUT = "hold-out"


class ReviewAction(StrEnum):
    """What somebody did with a case as a whole."""

    STARTED = "started"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    REOPENED = "reopened"
    EXCLUDED = "excluded"
    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"
    COMMENTED = "commented"


class CaseOrder(StrEnum):
    """What a list of cases is sorted by; equal ones by id."""

    ADDED = "added"
    NAME = "name"
    STATUS = "status"
    CHANGED = "changed"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class CaseSource:
    """Where a case's CT is.

    Attributes:
        kind: a DICOM folder or one file.
        path: absolute. Inside the project folder it is kept relative, so projects can be moved.
        content_sha256: ``content_hash.content_sha256`` of the CT's voxels and grid.
        series_uid: for DICOM, which series of the folder; None for a file.
    """

    kind: SourceKind
    path: Path
    content_sha256: str
    series_uid: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NewCase:
    """A CT to add to a project.

    Attributes:
        name: for people; never a patient's name. " (2)" and so on is added where it is taken.
        patient_key: from ``Project.patient_key``; equal for all CTs of one patient.
        pseudonym: None takes the patient's own one, or the project's next ("P0007").
        thumbnail_png: None where there is none.
    """

    name: str
    source: CaseSource
    geometry: VolumeGeometry
    patient_key: str
    pseudonym: str | None = None
    thumbnail_png: bytes | None = None


@dataclass(frozen=True, slots=True)
class StructureVolume:
    """How large a structure is in a label version."""

    structure: str
    volume_ml: float


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One line of the case list: everything but voxels and thumbnail.

    Attributes:
        status_reason: why it is excluded; empty otherwise.
        split: None while it is not drawn.
        volumes: of the structures in the newest version, in the order of the organ table; those
            are the structures done.
        version_count: 0 before the first version; the newest version has this number.
        version_id: of the newest version; None before the first.
        model: that took part in the newest version; None where none did.
        changed_by: who saved, reviewed or added last, and ``changed_at`` when (UTC).
    """

    id: int
    name: str
    pseudonym: str
    patient_key: str
    status: CaseStatus
    status_reason: str
    is_flagged: bool
    split: Split | None
    source: CaseSource
    shape_kji: tuple[int, int, int]
    spacing_kji_mm: tuple[float, float, float]
    volumes: tuple[StructureVolume, ...]
    version_count: int
    version_id: int | None
    model: str | None
    added_by: str
    added_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def structures(self) -> tuple[str, ...]:
        """Names of the structures that are in the newest version."""
        return tuple(volume.structure for volume in self.volumes)

    @property
    def total_ml(self) -> float:
        """Volume of all structures together."""
        return sum(volume.volume_ml for volume in self.volumes)


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases to list, and in what order; the default lists all as they were added.

    Attributes:
        text: words that must all occur in name, pseudonym, file name, structures, model, status
            reason or the name of who changed it last; case does not matter.
        statuses, splits: empty means any; None among the splits means "not drawn".
        is_flagged: None means both.
    """

    text: str = ""
    statuses: frozenset[CaseStatus] = frozenset()
    splits: frozenset[Split | None] = frozenset()
    is_flagged: bool | None = None
    order: CaseOrder = CaseOrder.ADDED
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many cases have a status."""

    status: CaseStatus
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class LabelDraft:
    """Labels to be kept as a version.

    Attributes:
        labels: uint8, shape (k, j, i); read, never changed, and must not change meanwhile.
        geometry: must be the CT's.
        parent_id: the version that the work began from; None where it began from nothing.
        note: a sentence of the author, or empty.
    """

    labels: NDArray[np.uint8]
    geometry: VolumeGeometry
    provenance: Provenance = field(default_factory=Provenance)
    parent_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LabelVersion:
    """One kept state of a case's labels, without the voxels; never changed, never deleted.

    ``number`` counts from 1 within the case. ``content_sha256`` is of the voxels and their grid,
    equal for equal labels. ``chain_hash`` seals this row and all rows before it.
    """

    id: int
    case_id: int
    number: int
    kind: VersionKind
    parent_id: int | None
    content_sha256: str
    author: str
    created_at: datetime
    note: str
    volumes: tuple[StructureVolume, ...]
    provenance: Provenance
    chain_hash: str

    @property
    def model(self) -> ModelUsed | None:
        """The model that took part; None where none did."""
        return self.provenance.model


@dataclass(frozen=True, slots=True, eq=False)
class StoredLabels:
    """A version's labels, read back and checked; uint8, shape (k, j, i), read-only."""

    labels: NDArray[np.uint8]
    geometry: VolumeGeometry

    def __post_init__(self) -> None:
        """Freeze the array."""
        view = self.labels.view()
        view.flags.writeable = False
        object.__setattr__(self, "labels", view)


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """What somebody did or said about a case; never changed, never deleted.

    Attributes:
        version_id: the case's newest version then; None if there was none.
        comment: a sentence, or empty.
        point_lps: where the comment points, in mm; None for the case as a whole.
        structure: what it is about; None for all.
    """

    id: int
    case_id: int
    version_id: int | None
    action: ReviewAction
    status_before: CaseStatus
    status_after: CaseStatus
    comment: str
    point_lps: tuple[float, float, float] | None
    structure: str | None
    author: str
    created_at: datetime
    chain_hash: str


@dataclass(frozen=True, slots=True)
class SplitShares:
    """Shares of the patients, in any unit: 70, 15, 15 and 0.7, 0.15, 0.15 are the same."""

    train: float = 70.0
    validation: float = 15.0
    hold_out: float = 15.0

    def __post_init__(self) -> None:
        """Check that there is something to share."""
        shares = (self.train, self.validation, self.hold_out)
        if not all(0 <= share < float("inf") for share in shares) or sum(shares) <= 0:
            raise ValueError(f"shares are numbers from 0 on and not all 0, got {shares}")


HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What the users of a project agreed on.

    Attributes:
        reviewer_must_differ: nobody approves what they submitted or drew themselves.
        copies_cts: CTs are copied into the project; otherwise referenced where they are.
        trains_after_cases: a training starts by itself after so many newly approved cases to
            learn from; 0 for never.
        trains_at_hour: or at this hour of the day, local time, if there is one at least.
    """

    name: str
    reviewer_must_differ: bool = False
    shares: SplitShares = SplitShares()
    copies_cts: bool = False
    trains_after_cases: int = 0
    trains_at_hour: int | None = None

    def __post_init__(self) -> None:
        """Check that the wishes for a start by itself can be meant."""
        if self.trains_after_cases < 0 or not 0 <= (self.trains_at_hour or 0) < HOURS_OF_A_DAY:
            raise ValueError(f"no such start of a training: {self}")
