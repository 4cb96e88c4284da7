"""The cases of a project: add, find, list, and keep in touch with their CTs."""

from __future__ import annotations

import difflib
import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from imaging.errors import CaseError
from imaging.geometry import VolumeGeometry
from training.cases.case_rows import (
    SELECT_CASES,
    Stamp,
    case_from_row,
    case_row,
    geometry_cells,
    geometry_from_row,
    refresh_search_text,
    stored_path,
    update_case,
)
from training.cases.chain import Cell
from training.cases.database import Database
from training.cases.records import (
    CaseOrder,
    CaseQuery,
    CaseRecord,
    CaseSource,
    CaseStatus,
    NewCase,
    StatusCount,
)

NUMBER_PREFIX = "id:"
"""In front of a case's number, where another case has that number as its name."""

_STATUS_PLACE = {status: place for place, status in enumerate(CaseStatus)}


class CaseStore:
    """Adds cases and answers questions about them; any thread may call it."""

    def __init__(self, database: Database, folder: Path, stamp: Callable[[], Stamp]) -> None:
        self._database = database
        self._folder = folder
        self._stamp = stamp

    def add(self, new: NewCase) -> CaseRecord:
        """Add a CT as a new case.

        Raises:
            CaseError: the project has this CT already; the sentence names the case.
        """
        stamp = self._stamp()
        with self._database.write() as connection:
            self._refuse_duplicate(connection, new.source.content_sha256)
            name = _free_name(connection, new.name)
            cells: dict[str, Cell] = {
                "name": name,
                "name_folded": name.casefold(),
                "pseudonym": new.pseudonym or _pseudonym(connection, new.patient_key),
                "patient_key": new.patient_key,
                "status": CaseStatus.NEW,
                **self._source_cells(new.source),
                **geometry_cells(new.geometry),
                "added_by": stamp.author,
                "added_at": stamp.at,
                "changed_by": stamp.author,
                "changed_at": stamp.at,
                "search_text": "",
            }
            columns, holes = ", ".join(cells), ", ".join(f":{column}" for column in cells)
            cursor = connection.execute(f"INSERT INTO cases ({columns}) VALUES ({holes})", cells)
            case_id = int(cursor.lastrowid or 0)
            if new.thumbnail_png is not None:
                _put_thumbnail(connection, case_id, new.thumbnail_png)
            refresh_search_text(connection, case_id)
            return case_from_row(case_row(connection, case_id), self._folder)

    def duplicate_of(self, content_sha256: str) -> CaseRecord | None:
        """The case that has a CT of this content already; None if there is none."""
        with self._database.read() as connection:
            row = connection.execute(
                f"{SELECT_CASES} WHERE cases.source_sha256 = ?", (content_sha256,)
            ).fetchone()
            return case_from_row(row, self._folder) if row else None

    def pseudonym_for(self, patient_key: str) -> str:
        """The patient's pseudonym, or the one that a new patient would get now."""
        with self._database.read() as connection:
            return _pseudonym(connection, patient_key)

    def get(self, case_id: int) -> CaseRecord:
        """A case by its number.

        Raises:
            CaseError: there is none.
        """
        with self._database.read() as connection:
            return case_from_row(case_row(connection, case_id), self._folder)

    def find(self, id_or_name: int | str) -> CaseRecord:
        """A case by its name (upper and lower case are the same) or its number.

        "id:7" is case number 7, whatever the cases are called.

        Raises:
            CaseError: there is none, and the sentence names similar ones; or it is the name of one
                case and the number of another.
        """
        if isinstance(id_or_name, int):
            return self.get(id_or_name)
        wanted = id_or_name.strip()
        number = wanted.removeprefix(NUMBER_PREFIX)
        name = wanted.casefold() if number == wanted else None
        case_id = int(number) if number.isdecimal() and len(number) < 10 else None
        with self._database.read() as connection:
            rows = connection.execute(
                f"{SELECT_CASES} WHERE cases.name_folded = ? OR cases.id = ?", (name, case_id)
            ).fetchall()
            if len(rows) > 1:
                raise CaseError(_two_meanings(wanted, rows))
            if rows:
                return case_from_row(rows[0], self._folder)
            names = [str(other[0]) for other in connection.execute("SELECT name FROM cases")]
        near = difflib.get_close_matches(wanted, names, n=3)
        advice = f"Did you mean {' or '.join(near)}?" if near else "Look at the list of cases."
        raise CaseError(f'There is no case "{wanted}" in this project. {advice}')

    def listed(self, query: CaseQuery = CaseQuery()) -> tuple[CaseRecord, ...]:  # noqa: B008 - frozen
        """The cases that a query asks for, in its order; thumbnails are not loaded."""
        conditions, values = _conditions(query)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._database.read() as connection:
            rows = connection.execute(
                f"{SELECT_CASES} {where} ORDER BY cases.id", values
            ).fetchall()
        records = [case_from_row(row, self._folder) for row in rows]
        if query.order is not CaseOrder.ADDED:
            records.sort(key=_ORDERS[query.order])
        return tuple(reversed(records) if query.is_descending else records)

    def status_counts(self) -> tuple[StatusCount, ...]:
        """How many cases have each status, in the order of the work; 0 included."""
        with self._database.read() as connection:
            counts = dict(
                connection.execute("SELECT status, count(*) FROM cases GROUP BY status").fetchall()
            )
        return tuple(StatusCount(status, counts.get(status, 0)) for status in CaseStatus)

    def rename(self, case_id: int, name: str) -> CaseRecord:
        """Give a case another name.

        Raises:
            CaseError: another case has this name, or it is empty.
        """
        name = _checked_name(name)
        with self._database.write() as connection:
            case_row(connection, case_id)
            owner = connection.execute(
                "SELECT id FROM cases WHERE name_folded = ?", (name.casefold(),)
            ).fetchone()
            if owner is not None and owner["id"] != case_id:
                raise CaseError(
                    f'Case {owner["id"]} has the name "{name}" already. Choose another name.'
                )
            update_case(connection, case_id, self._stamp(), name=name, name_folded=name.casefold())
            return case_from_row(case_row(connection, case_id), self._folder)

    def thumbnail(self, case_id: int) -> bytes | None:
        """The small picture of a case, PNG; None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT png FROM thumbnails WHERE case_id = ?", (case_id,)
            ).fetchone()
            return bytes(row["png"]) if row else None

    def set_thumbnail(self, case_id: int, png: bytes) -> None:
        """Put another small picture in place."""
        with self._database.write() as connection:
            case_row(connection, case_id)
            _put_thumbnail(connection, case_id, png)

    def geometry(self, case_id: int) -> VolumeGeometry:
        """Where the CT's voxels lie, without opening it."""
        with self._database.read() as connection:
            return geometry_from_row(case_row(connection, case_id))

    def source_path(self, case_id: int) -> Path:
        """Where the CT is.

        Raises:
            CaseError: it is not there any more.
        """
        case = self.get(case_id)
        if not case.source.path.exists():
            raise CaseError(
                f'The CT of "{case.name}" is not at {case.source.path} any more. Connect the disk '
                "that holds it, or show where it is now (relink). Its labels are safe."
            )
        return case.source.path

    def check_content(self, case_id: int, content_sha256: str) -> None:
        """Compare a CT that was just read with the one that was added.

        Raises:
            CaseError: it has changed since.
        """
        case = self.get(case_id)
        if case.source.content_sha256 != content_sha256:
            raise CaseError(_other_ct(case, case.source.path))

    def relink(self, case_id: int, source: CaseSource) -> CaseRecord:
        """Say where a case's CT is now.

        Raises:
            CaseError: what is there is not this CT.
        """
        case = self.get(case_id)
        if case.source.content_sha256 != source.content_sha256:
            raise CaseError(_other_ct(case, source.path))
        with self._database.write() as connection:
            update_case(connection, case_id, self._stamp(), **self._source_cells(source))
            return case_from_row(case_row(connection, case_id), self._folder)

    def _source_cells(self, source: CaseSource) -> dict[str, Cell]:
        return {
            "source_kind": source.kind,
            "source_path": stored_path(source.path, self._folder),
            "source_sha256": source.content_sha256,
            "series_uid": source.series_uid,
        }

    def _refuse_duplicate(self, connection: sqlite3.Connection, content_sha256: str) -> None:
        row = connection.execute(
            "SELECT id, name FROM cases WHERE source_sha256 = ?", (content_sha256,)
        ).fetchone()
        if row is not None:
            raise CaseError(
                f'This CT is in the project already, as case {row["id"]} "{row["name"]}".'
            )


def _other_ct(case: CaseRecord, path: Path) -> str:
    return (
        f'What is at {path} is not the CT that "{case.name}" was made from: its voxels or their '
        "place differ. Put the original back or show where it is (relink), or add this one as a "
        "case of its own."
    )


def _two_meanings(wanted: str, rows: Sequence[sqlite3.Row]) -> str:
    choices = " or ".join(f'{NUMBER_PREFIX}{row["id"]} for "{row["name"]}"' for row in rows)
    return f'"{wanted}" is the number of one case and the name of another. Say which: {choices}.'


def _conditions(query: CaseQuery) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for word in query.text.casefold().split():
        conditions.append("instr(cases.search_text, ?) > 0")
        values.append(word)
    if query.statuses:
        conditions.append(f"cases.status IN ({', '.join('?' * len(query.statuses))})")
        values.extend(sorted(query.statuses))
    if query.splits:
        conditions.append(f"coalesce(split, '') IN ({', '.join('?' * len(query.splits))})")
        values.extend(sorted(split or "" for split in query.splits))
    if query.is_flagged is not None:
        conditions.append("cases.is_flagged = ?")
        values.append(int(query.is_flagged))
    return conditions, values


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that puts "P2" before "P10"."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


_ORDERS: dict[CaseOrder, Callable[[CaseRecord], Any]] = {
    CaseOrder.NAME: lambda case: _natural(case.name),
    CaseOrder.STATUS: lambda case: _STATUS_PLACE[case.status],
    CaseOrder.CHANGED: lambda case: case.changed_at,
    CaseOrder.VOLUME: lambda case: case.total_ml,
}


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise CaseError("A case needs a name. Type one.")
    return name


def _free_name(connection: sqlite3.Connection, wanted: str) -> str:
    """The wanted name, with a number behind it where another case has it."""
    wanted = _checked_name(wanted)
    taken = {row[0] for row in connection.execute("SELECT name_folded FROM cases")}
    name, number = wanted, 2
    while name.casefold() in taken:
        name, number = f"{wanted} ({number})", number + 1
    return name


def _pseudonym(connection: sqlite3.Connection, patient_key: str) -> str:
    """The patient's pseudonym, or the next that nobody has."""
    row = connection.execute(
        "SELECT pseudonym FROM cases WHERE patient_key = ? LIMIT 1", (patient_key,)
    ).fetchone()
    if row is not None:
        return str(row["pseudonym"])
    numbers = (
        int(found.group(1))
        for other in connection.execute("SELECT DISTINCT pseudonym FROM cases")
        if (found := re.fullmatch(r"P([0-9]{4,9})", other[0]))
    )
    return f"P{max(numbers, default=0) + 1:04d}"


def _put_thumbnail(connection: sqlite3.Connection, case_id: int, png: bytes) -> None:
    connection.execute(
        "INSERT INTO thumbnails VALUES (?, ?) ON CONFLICT DO UPDATE SET png = excluded.png",
        (case_id, png),
    )
