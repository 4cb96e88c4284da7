"""Draws patients for training, validation and hold-out: once, by patient, never moved again."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass

from imaging.errors import CaseError
from training.cases.database import Database
from training.cases.provenance import canonical_json
from training.cases.records import CaseStatus, Split, SplitShares
from training.cases.settings_rows import read_settings

_DRAW = "split_draw"


@dataclass(frozen=True, slots=True)
class SplitCount:
    """How many patients and cases a split has."""

    split: Split
    patients: int
    cases: int


@dataclass(frozen=True, slots=True)
class SplitReport:
    """How the patients are shared out.

    ``new_patients`` is how many the call that made this report assigned; ``undrawn_patients``
    waits for ``Splits.extend``.
    """

    counts: tuple[SplitCount, ...]
    new_patients: int
    undrawn_patients: int


class Splits:
    """Assigns each patient to a split and keeps it so; any thread may call it.

    The same patients, shares and seed give the same splits on every computer, in whatever order
    the cases were added. Patients whose cases are all excluded are left for later, and those whom
    a data set put somewhere count as drawn.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def is_drawn(self) -> bool:
        """Whether the splits are fixed."""
        with self._database.read() as connection:
            return _drawn(connection) is not None

    def draw(self, shares: SplitShares | None = None, seed: int = 0) -> SplitReport:
        """Draw the splits and freeze them; without shares, by those in the project's settings.

        Raises:
            CaseError: they are drawn already, or there is nobody to draw.
        """
        with self._database.write() as connection:
            if _drawn(connection) is not None:
                raise CaseError(
                    "The splits are drawn already and stay as they are, so that results can be "
                    "compared. Extend them to assign new patients."
                )
            shares = shares or read_settings(connection).shares
            connection.execute(
                "INSERT INTO settings VALUES (?, ?)",
                (_DRAW, f"{seed} {shares.train!r} {shares.validation!r} {shares.hold_out!r}"),
            )
            count = _assign(connection, shares, seed)
            if count == 0:
                raise CaseError(
                    "There is no patient without a split to draw. Add cases first; those of data "
                    "sets that state their split have theirs already."
                )
            return _report(connection, count)

    def assign(self, patient_key: str, split: Split) -> Split:
        """Put a patient where a data set says that it belongs; returns where it is for good.

        A patient that has a split already stays there.
        """
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO patient_splits VALUES (?, ?) ON CONFLICT DO NOTHING",
                (patient_key, split),
            )
            row = connection.execute(
                "SELECT split FROM patient_splits WHERE patient_key = ?", (patient_key,)
            ).fetchone()
        return Split(row["split"])

    def extend(self) -> SplitReport:
        """Assign the patients that came since, by the shares and seed of the draw.

        Raises:
            CaseError: nothing was drawn yet.
        """
        with self._database.write() as connection:
            drawn = _drawn(connection)
            if drawn is None:
                raise CaseError("There are no splits to extend. Draw them first.")
            shares, seed = drawn
            return _report(connection, _assign(connection, shares, seed))

    def report(self) -> SplitReport:
        """How the patients are shared out now."""
        with self._database.read() as connection:
            return _report(connection, 0)


def _drawn(connection: sqlite3.Connection) -> tuple[SplitShares, int] | None:
    """Shares and seed of the draw; None before it."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_DRAW,)).fetchone()
    if row is None:
        return None
    seed, train, validation, hold_out = str(row["value"]).split()
    return SplitShares(float(train), float(validation), float(hold_out)), int(seed)


def _assign(connection: sqlite3.Connection, shares: SplitShares, seed: int) -> int:
    """Give every waiting patient the split that is furthest below its share."""
    weights = {
        Split.TRAIN: shares.train,
        Split.VALIDATION: shares.validation,
        Split.HOLD_OUT: shares.hold_out,
    }
    total = sum(weights.values())
    patients = dict.fromkeys(Split, 0)
    for row in connection.execute("SELECT split, count(*) FROM patient_splits GROUP BY split"):
        patients[Split(row[0])] = int(row[1])
    waiting = sorted(_waiting(connection), key=lambda key: _lot(key, seed))
    for patient_key in waiting:
        goal = sum(patients.values()) + 1
        split = max(Split, key=lambda s: goal * weights[s] / total - patients[s])
        patients[split] += 1
        connection.execute("INSERT INTO patient_splits VALUES (?, ?)", (patient_key, split))
    return len(waiting)


def _lot(patient_key: str, seed: int) -> str:
    """A patient's place in the draw: random, but the same every time."""
    return hashlib.sha256(canonical_json([seed, patient_key]).encode()).hexdigest()


def _waiting(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT patient_key FROM cases WHERE status != ? "
        "AND patient_key NOT IN (SELECT patient_key FROM patient_splits)",
        (CaseStatus.EXCLUDED,),
    )
    return [str(row["patient_key"]) for row in rows]


def _report(connection: sqlite3.Connection, new_patients: int) -> SplitReport:
    found = {
        row["split"]: SplitCount(Split(row["split"]), row["patients"], row["cases"])
        for row in connection.execute(
            "SELECT split, count(DISTINCT cases.patient_key) AS patients, count(*) AS cases "
            "FROM cases JOIN patient_splits USING (patient_key) GROUP BY split"
        )
    }
    counts = tuple(found.get(split, SplitCount(split, 0, 0)) for split in Split)
    return SplitReport(counts, new_patients, len(_waiting(connection)))
