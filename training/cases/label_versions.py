"""The label versions of a project: saved, read back with their hash, never overwritten."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from imaging.errors import CaseError, GeometryMismatchError
from imaging.readers.label_file import MAX_MISPLACEMENT
from training.cases.case_rows import Stamp, case_row, geometry_from_row
from training.cases.content_hash import content_sha256
from training.cases.database import Database
from training.cases.label_files import LabelFiles
from training.cases.provenance import GoBackStep, Provenance, Step
from training.cases.records import (
    CaseStatus,
    LabelDraft,
    LabelVersion,
    ReviewAction,
    StoredLabels,
    VersionKind,
)
from training.cases.version_rows import (
    KeptLabels,
    insert_event,
    insert_version,
    structure_volumes,
    version_from_row,
    version_row,
)


class LabelVersions:
    """Saves and reads versions; any thread may call it.

    What ``save`` returned survives a crash and a power cut: the file and its folder are flushed
    to the disk before the row is, and the row before ``save`` returns.
    """

    def __init__(self, database: Database, files: LabelFiles, stamp: Callable[[], Stamp]) -> None:
        self._database = database
        self._files = files
        self._stamp = stamp

    def save(self, case_id: int, kind: VersionKind, draft: LabelDraft) -> LabelVersion:
        """Keep labels as a new version; an interim one turns a new case into one in progress.

        Raises:
            CaseError: the case is approved or excluded, or the draft's parent is not its version.
            GeometryMismatchError: the labels do not lie on the CT's grid.
            WriteError: the file could not be written; nothing has changed.
        """
        if kind is VersionKind.APPROVED:
            raise ValueError("a version is approved by Review.approve")
        with self._database.read() as connection:
            _refuse_closed(case_row(connection, case_id))
        kept = self.keep(case_id, draft)
        return self._insert(case_id, kind, kept, draft.parent_id, draft.provenance, draft.note)

    def keep(self, case_id: int, draft: LabelDraft) -> KeptLabels:
        """Put a draft's labels on the disk without making them a version yet.

        Raises:
            GeometryMismatchError: the labels do not lie on the CT's grid.
            WriteError: the file could not be written.
        """
        self._database.require_writable()
        with self._database.read() as connection:
            case = case_row(connection, case_id)
            geometry = geometry_from_row(case)
        tolerance_mm = MAX_MISPLACEMENT * float(geometry.spacing_kji_mm.min())
        if not draft.geometry.is_close(geometry, tolerance_mm):
            raise GeometryMismatchError(
                f'The labels do not lie on the voxel grid of "{case["name"]}". Open the case '
                "again, or choose the label file that was made from this CT."
            )
        content = content_sha256(draft.labels, geometry)
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT file_sha256 FROM label_files WHERE content_sha256 = ?", (content,)
            ).fetchone()
        file_sha256 = self._files.keep(
            draft.labels, geometry, content, row["file_sha256"] if row else None
        )
        return KeptLabels(content, file_sha256, structure_volumes(draft.labels, geometry))

    def kept(self, version_id: int) -> KeptLabels:
        """The labels of a version, after a check that its file is as it was written.

        Raises:
            CaseError: there is no such version.
            UnreadableFileError: its file is gone or has changed.
        """
        with self._database.read() as connection:
            row = version_row(connection, version_id)
        self._files.check(row["content_sha256"], row["file_sha256"])
        return KeptLabels(row["content_sha256"], row["file_sha256"], version_from_row(row).volumes)

    def go_back(self, case_id: int, version_id: int) -> LabelVersion:
        """Make an earlier version the newest again: a new interim one with its labels.

        Its parent is the version gone back to; nothing in between is lost.

        Raises:
            CaseError: the case is approved or excluded, or the version is not of this case.
            UnreadableFileError: the earlier version's file is gone or has changed.
        """
        self._database.require_writable()
        earlier = self.get(version_id)
        kept = self.kept(version_id)
        provenance = Provenance(
            earlier.provenance.model, earlier.provenance.engine, (GoBackStep(earlier.number),)
        )
        return self._insert(case_id, VersionKind.INTERIM, kept, version_id, provenance, "")

    def read(self, version_id: int) -> StoredLabels:
        """The voxels of a version, on the CT's grid, checked bit for bit.

        Raises:
            CaseError: there is no such version.
            UnreadableFileError: the file is gone or has changed.
        """
        with self._database.read() as connection:
            row = version_row(connection, version_id)
            geometry = geometry_from_row(case_row(connection, row["case_id"]))
        return StoredLabels(self._files.read(row["content_sha256"], row["file_sha256"]), geometry)

    def get(self, version_id: int) -> LabelVersion:
        """One version by its id.

        Raises:
            CaseError: there is none.
        """
        with self._database.read() as connection:
            return version_from_row(version_row(connection, version_id))

    def of_case(self, case_id: int) -> tuple[LabelVersion, ...]:
        """All versions of a case, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT * FROM versions WHERE case_id = ? ORDER BY number", (case_id,)
            ).fetchall()
        return tuple(version_from_row(row) for row in rows)

    def newest(self, case_id: int) -> LabelVersion | None:
        """The version that opens with the case; None before the first."""
        with self._database.read() as connection:
            version_id = case_row(connection, case_id)["version_id"]
            return version_from_row(version_row(connection, version_id)) if version_id else None

    def numbered(self, case_id: int, number: int) -> LabelVersion:
        """A version by its number within the case.

        Raises:
            CaseError: there is none.
        """
        with self._database.read() as connection:
            case = case_row(connection, case_id)
            row = connection.execute(
                "SELECT * FROM versions WHERE case_id = ? AND number = ?", (case_id, number)
            ).fetchone()
        if row is None:
            count = case["version_count"]
            has = f"has versions 1 to {count}" if count else "has no versions yet"
            raise CaseError(f'"{case["name"]}" has no version {number}; it {has}.')
        return version_from_row(row)

    def lineage(self, version_id: int) -> tuple[LabelVersion, ...]:
        """A version and what it was made from, first ancestor first."""
        found = [self.get(version_id)]
        while (parent_id := found[-1].parent_id) is not None:
            found.append(self.get(parent_id))
        return tuple(reversed(found))

    def steps_since_start(self, version_id: int) -> tuple[Step, ...]:
        """Every step from the first ancestor to this version, undone ones included."""
        return tuple(
            step for version in self.lineage(version_id) for step in version.provenance.steps
        )

    def _insert(
        self,
        case_id: int,
        kind: VersionKind,
        kept: KeptLabels,
        parent_id: int | None,
        provenance: Provenance,
        note: str,
    ) -> LabelVersion:
        stamp = self._stamp()
        with self._database.write() as connection:
            case = case_row(connection, case_id)
            _refuse_closed(case)
            version = insert_version(
                connection,
                stamp,
                case_id,
                kind,
                kept,
                parent_id=parent_id,
                provenance=provenance,
                note=note,
            )
            if kind is VersionKind.INTERIM and case["status"] == CaseStatus.NEW:
                insert_event(
                    connection, stamp, case_id, ReviewAction.STARTED, CaseStatus.IN_PROGRESS
                )
        return version


def _refuse_closed(case: sqlite3.Row) -> None:
    if case["status"] in (CaseStatus.APPROVED, CaseStatus.EXCLUDED):
        raise CaseError(
            f'"{case["name"]}" is {case["status"]}, so its labels stay as they are. '
            "Reopen the case to go on working on it."
        )
