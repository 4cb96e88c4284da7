"""How label versions and review events are kept in the data base's rows; used in transactions."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from imaging.errors import CaseError
from imaging.geometry import VolumeGeometry
from imaging.measures import MM3_PER_ML, voxel_counts
from imaging.structures import all_structures
from training.cases.case_rows import (
    Stamp,
    case_row,
    update_case,
    volumes_from_json,
    volumes_to_json,
)
from training.cases.chain import Cell, insert_sealed
from training.cases.provenance import (
    Provenance,
    canonical_json,
    provenance_from_json,
    provenance_to_json,
)
from training.cases.records import (
    CaseStatus,
    LabelVersion,
    ReviewAction,
    ReviewEvent,
    StructureVolume,
    VersionKind,
)

VOLUME_DIGITS = 6
"""Volumes are kept to the thousandth of a cubic millimetre, so equal labels have equal rows."""


@dataclass(frozen=True, slots=True)
class KeptLabels:
    """Labels whose file is on the disk already: what a version's row says of them."""

    content_sha256: str
    file_sha256: str
    volumes: tuple[StructureVolume, ...]


def structure_volumes(
    labels: NDArray[np.uint8], geometry: VolumeGeometry
) -> tuple[StructureVolume, ...]:
    """Volumes of the structures that are there, in the order of the organ table."""
    counts = voxel_counts(labels)
    names = {structure.label_value: structure.name for structure in all_structures()}
    names |= {v: f"label {v}" for v in range(1, 256) if v not in names and counts[v]}
    scale = geometry.voxel_volume_mm3 / MM3_PER_ML
    return tuple(
        StructureVolume(name, round(int(counts[value]) * scale, VOLUME_DIGITS))
        for value, name in names.items()
        if counts[value]
    )


def insert_version(
    connection: sqlite3.Connection,
    stamp: Stamp,
    case_id: int,
    kind: VersionKind,
    kept: KeptLabels,
    *,
    parent_id: int | None,
    provenance: Provenance,
    note: str,
) -> LabelVersion:
    """Add a version and make it the case's newest.

    Raises:
        CaseError: the parent is not a version of this case.
    """
    case = case_row(connection, case_id)
    if parent_id is not None and version_row(connection, parent_id)["case_id"] != case_id:
        raise CaseError(
            f'"{case["name"]}" has no such earlier version to build on. Open the case again.'
        )
    connection.execute(
        "INSERT INTO label_files VALUES (?, ?) ON CONFLICT DO UPDATE "
        "SET file_sha256 = excluded.file_sha256",
        (kept.content_sha256, kept.file_sha256),
    )
    volumes = volumes_to_json(kept.volumes)
    row: dict[str, Cell] = {
        "case_id": case_id,
        "number": case["version_count"] + 1,
        "kind": kind,
        "parent_id": parent_id,
        "source_sha256": case["source_sha256"],
        "content_sha256": kept.content_sha256,
        "author": stamp.author,
        "created_at": stamp.at,
        "note": note,
        "volumes": volumes,
        "provenance": provenance_to_json(provenance),
    }
    version_id = insert_sealed(connection, "versions", row)
    update_case(
        connection,
        case_id,
        stamp,
        version_id=version_id,
        version_count=row["number"],
        volumes=volumes,
        total_ml=sum(volume.volume_ml for volume in kept.volumes),
        model=provenance.model.title if provenance.model else None,
    )
    return version_from_row(version_row(connection, version_id))


def insert_event(
    connection: sqlite3.Connection,
    stamp: Stamp,
    case_id: int,
    action: ReviewAction,
    status_after: CaseStatus,
    *,
    comment: str = "",
    point_lps: tuple[float, float, float] | None = None,
    structure: str | None = None,
    **values: Cell,
) -> ReviewEvent:
    """Write down what somebody did, and give the case its status and the other ``values``."""
    case = case_row(connection, case_id)
    row: dict[str, Cell] = {
        "case_id": case_id,
        "version_id": case["version_id"],
        "action": action,
        "status_before": case["status"],
        "status_after": status_after,
        "comment": comment,
        "point_lps": None if point_lps is None else canonical_json([float(x) for x in point_lps]),
        "structure": structure,
        "author": stamp.author,
        "created_at": stamp.at,
    }
    event_id = insert_sealed(connection, "reviews", row)
    update_case(connection, case_id, stamp, status=status_after, **values)
    found = connection.execute("SELECT * FROM reviews WHERE id = ?", (event_id,)).fetchone()
    return event_from_row(found)


def version_row(connection: sqlite3.Connection, version_id: int) -> sqlite3.Row:
    """The row of a version, with the SHA-256 of its file.

    Raises:
        CaseError: there is no such version.
    """
    row: sqlite3.Row | None = connection.execute(
        "SELECT versions.*, label_files.file_sha256 FROM versions JOIN label_files "
        "USING (content_sha256) WHERE versions.id = ?",
        (version_id,),
    ).fetchone()
    if row is None:
        raise CaseError("There is no such version in this project. Look at the list of versions.")
    return row


def version_from_row(row: sqlite3.Row) -> LabelVersion:
    """The record of a row."""
    return LabelVersion(
        id=row["id"],
        case_id=row["case_id"],
        number=row["number"],
        kind=VersionKind(row["kind"]),
        parent_id=row["parent_id"],
        content_sha256=row["content_sha256"],
        author=row["author"],
        created_at=datetime.fromisoformat(row["created_at"]),
        note=row["note"],
        volumes=volumes_from_json(row["volumes"]),
        provenance=provenance_from_json(row["provenance"]),
        chain_hash=row["chain_hash"],
    )


def event_from_row(row: sqlite3.Row) -> ReviewEvent:
    """The record of a row."""
    point_lps: tuple[float, float, float] | None = None
    if row["point_lps"] is not None:
        x, y, z = json.loads(row["point_lps"])
        point_lps = (x, y, z)
    return ReviewEvent(
        id=row["id"],
        case_id=row["case_id"],
        version_id=row["version_id"],
        action=ReviewAction(row["action"]),
        status_before=CaseStatus(row["status_before"]),
        status_after=CaseStatus(row["status_after"]),
        comment=row["comment"],
        point_lps=point_lps,
        structure=row["structure"],
        author=row["author"],
        created_at=datetime.fromisoformat(row["created_at"]),
        chain_hash=row["chain_hash"],
    )
