"""Seals rows into a chain of hashes, so that a later change of any of them shows.

Who can write the data base can also compute a whole new chain: note the last hash elsewhere, in a
study's log for example, and compare it, where that matters.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping

from training.cases.provenance import canonical_json

SEALED_COLUMNS = {
    "versions": (
        "id", "case_id", "number", "kind", "parent_id", "source_sha256", "content_sha256",
        "author", "created_at", "note", "volumes", "provenance", "chain_position",
    ),
    "reviews": (
        "id", "case_id", "version_id", "action", "status_before", "status_after", "comment",
        "point_lps", "structure", "author", "created_at", "chain_position",
    ),
}  # fmt: skip
"""What a row's hash covers. A column that a migration adds must stay out, or old hashes break."""

FIRST_HASH = "0" * 64
"""What the first row counts as its predecessor's hash."""

Cell = str | int | float | None

_HEAD = "chain_head"


def insert_sealed(connection: sqlite3.Connection, table: str, row: Mapping[str, Cell]) -> int:
    """Insert a row at the end of the chain, inside the caller's transaction; returns its id."""
    row_id = _scalar(connection, f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
    position, previous_hash = _head(connection)
    sealed: dict[str, Cell] = {"id": row_id, **row, "chain_position": position + 1}
    own_hash = row_hash(table, sealed, previous_hash)
    sealed["chain_hash"] = own_hash
    names = ", ".join(sealed)
    holes = ", ".join(f":{name}" for name in sealed)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({holes})", sealed)
    connection.execute(
        "INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (_HEAD, f"{position + 1} {own_hash}"),
    )
    return row_id


def row_hash(table: str, row: Mapping[str, Cell], previous_hash: str) -> str:
    """The hash of a row's sealed columns and of all rows before it."""
    sealed = {name: row[name] for name in SEALED_COLUMNS[table]}
    text = previous_hash + canonical_json({"table": table, **sealed})
    return hashlib.sha256(text.encode()).hexdigest()


def chain_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """One sentence for each place where the chain does not hold."""
    rows = []
    for table in SEALED_COLUMNS:
        for row in connection.execute(f"SELECT * FROM {table}"):
            rows.append((int(row["chain_position"]), table, dict(row)))
    rows.sort(key=lambda entry: entry[0])
    previous_hash, expected = FIRST_HASH, 1
    for position, table, row in rows:
        if position != expected:
            missing = position - expected
            yield (
                f"{missing} record{'s' if missing > 1 else ''} before {_title(table, row)} "
                "were removed from the project's history."
            )
        own_hash = row["chain_hash"]
        if position == expected and row_hash(table, row, previous_hash) != own_hash:
            yield f"The record of {_title(table, row)} was changed after it was written."
        previous_hash, expected = own_hash, position + 1
    head_position, head_hash = _head(connection)
    if (head_position, head_hash) != (expected - 1, previous_hash):
        yield (
            f"The history should end with record {head_position} but ends with record "
            f"{expected - 1}: its newest records were removed or replaced."
        )


def head_hash(connection: sqlite3.Connection) -> str:
    """The hash of the newest row, which stands for the whole history."""
    return _head(connection)[1]


def _head(connection: sqlite3.Connection) -> tuple[int, str]:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_HEAD,)).fetchone()
    if row is None:
        return 0, FIRST_HASH
    position, _, own_hash = str(row[0]).partition(" ")
    return int(position), own_hash


def _title(table: str, row: Mapping[str, Cell]) -> str:
    if table == "versions":
        return f"version {row['number']} of case {row['case_id']}"
    return f"the review of case {row['case_id']} at {row['created_at']}"


def _scalar(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
