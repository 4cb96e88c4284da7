"""How cases are kept in the data base's rows; used inside transactions by the stores."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from imaging.errors import CaseError
from imaging.geometry import VolumeGeometry
from training.cases.chain import Cell
from training.cases.provenance import canonical_json
from training.cases.records import (
    CaseRecord,
    CaseSource,
    CaseStatus,
    SourceKind,
    Split,
    StructureVolume,
)

SELECT_CASES = """
    SELECT cases.*, patient_splits.split FROM cases
    LEFT JOIN patient_splits ON patient_splits.patient_key = cases.patient_key
"""

_SEARCHED = ("name", "pseudonym", "source_path", "volumes", "model", "status_reason", "changed_by")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who does something, and when: ISO 8601 in UTC."""

    author: str
    at: str


def case_row(connection: sqlite3.Connection, case_id: int) -> sqlite3.Row:
    """The row of a case.

    Raises:
        CaseError: there is no such case.
    """
    row: sqlite3.Row | None = connection.execute(
        f"{SELECT_CASES} WHERE cases.id = ?", (case_id,)
    ).fetchone()
    if row is None:
        raise CaseError(f"There is no case {case_id} in this project. Look at the list of cases.")
    return row


def update_case(connection: sqlite3.Connection, case_id: int, stamp: Stamp, **values: Cell) -> None:
    """Write some columns of a case, who did it and when, and what a search looks at."""
    values |= {"changed_by": stamp.author, "changed_at": stamp.at}
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(f"UPDATE cases SET {assignments} WHERE id = :id", {**values, "id": case_id})
    refresh_search_text(connection, case_id)


def refresh_search_text(connection: sqlite3.Connection, case_id: int) -> None:
    """Bring what a search looks at up to date."""
    row = case_row(connection, case_id)
    parts = {name: str(row[name] or "") for name in _SEARCHED}
    parts["source_path"] = Path(parts["source_path"]).name
    parts["volumes"] = " ".join(volume.structure for volume in volumes_from_json(row["volumes"]))
    text = "\n".join(parts.values()).casefold()
    connection.execute("UPDATE cases SET search_text = ? WHERE id = ?", (text, case_id))


def case_from_row(row: sqlite3.Row, folder: Path) -> CaseRecord:
    """The record of a row of ``SELECT_CASES``; ``folder`` is the project's."""
    k, j, i = json.loads(row["shape"])
    spacing_k, spacing_j, spacing_i = json.loads(row["spacing"])
    return CaseRecord(
        id=row["id"],
        name=row["name"],
        pseudonym=row["pseudonym"],
        patient_key=row["patient_key"],
        status=CaseStatus(row["status"]),
        status_reason=row["status_reason"],
        is_flagged=bool(row["is_flagged"]),
        split=Split(row["split"]) if row["split"] else None,
        source=CaseSource(
            kind=SourceKind(row["source_kind"]),
            path=folder / row["source_path"],  # an absolute path stays as it is
            content_sha256=row["source_sha256"],
            series_uid=row["series_uid"],
        ),
        shape_kji=(k, j, i),
        spacing_kji_mm=(spacing_k, spacing_j, spacing_i),
        volumes=volumes_from_json(row["volumes"]),
        version_count=row["version_count"],
        version_id=row["version_id"],
        model=row["model"],
        added_by=row["added_by"],
        added_at=datetime.fromisoformat(row["added_at"]),
        changed_by=row["changed_by"],
        changed_at=datetime.fromisoformat(row["changed_at"]),
    )


def stored_path(path: Path, folder: Path) -> str:
    """A path as it is kept: relative inside the project, absolute elsewhere."""
    resolved = path.resolve()
    if resolved.is_relative_to(folder):
        return resolved.relative_to(folder).as_posix()
    return str(resolved)


def geometry_cells(geometry: VolumeGeometry) -> dict[str, Cell]:
    """The columns that keep a geometry."""
    return {
        "shape": canonical_json(geometry.shape),
        "affine": canonical_json(geometry.affine.tolist()),
        "spacing": canonical_json([round(float(mm), 4) for mm in geometry.spacing_kji_mm]),
    }


def geometry_from_row(row: sqlite3.Row) -> VolumeGeometry:
    """The reverse of ``geometry_cells``."""
    k, j, i = json.loads(row["shape"])
    return VolumeGeometry((k, j, i), np.array(json.loads(row["affine"]), np.float64))


def volumes_to_json(volumes: Iterable[StructureVolume]) -> str:
    """Volumes as kept in a row."""
    return canonical_json([[volume.structure, volume.volume_ml] for volume in volumes])


def volumes_from_json(text: str) -> tuple[StructureVolume, ...]:
    """The reverse of ``volumes_to_json``."""
    return tuple(StructureVolume(str(name), float(ml)) for name, ml in json.loads(text))
