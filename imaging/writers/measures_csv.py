"""Writes a table of measures as CSV or JSON, one row for each structure of each case."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from imaging.errors import WriteError
from imaging.structure_measures import StructureMeasures
from imaging.writers.atomic_file import whole_file

TABLE_ENDINGS = (".csv", ".json")

DECIMALS = {"volume_ml": 3, "mean_hu": 2, "sd_hu": 2, "surface_cm2": 2}
"""Digits that mean something; diameters get the usual ones."""

USUAL_DECIMALS = 2

COLUMNS = ("case", "structure", *StructureMeasures.__dataclass_fields__)

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class MeasuredStructure:
    """A row of the table: the case's pseudonym, the structure's name, the numbers."""

    case: str
    structure: str
    measures: StructureMeasures

    def cells(self) -> dict[str, Cell]:
        """What the table shows, by column; the unit is in the column's name."""
        numbers = {
            name: round(value, DECIMALS.get(name, USUAL_DECIMALS))
            if isinstance(value, float)
            else value
            for name, value in asdict(self.measures).items()
        }
        return {"case": self.case, "structure": self.structure, **numbers}


def write_measures(path: Path, rows: Sequence[MeasuredStructure]) -> None:
    """Write a table; the ending of ``path`` chooses CSV or JSON.

    Raises:
        WriteError: it could not be written, or did not read back the same.
    """
    ending = path.suffix.lower()
    if ending not in TABLE_ENDINGS:
        raise WriteError(
            f"{path.name} was not saved: its ending names no format. "
            f"Use one of {', '.join(TABLE_ENDINGS)}."
        )
    cells = [row.cells() for row in rows]
    with whole_file(path, ending) as part:
        if ending == ".csv":
            _write_csv(part, cells)
            wanted: object = [{name: _as_text(row[name]) for name in COLUMNS} for row in cells]
            found = _read_csv(part)
        else:
            part.write_text(json.dumps(cells, indent=1, ensure_ascii=False) + "\n", "utf-8")
            wanted, found = cells, json.loads(part.read_text("utf-8"))
        if found != wanted:
            raise WriteError(
                f"{path.name} was not saved: what was written did not read back the same. The "
                "disk may be full or damaged; save to another one. What was there before is "
                "unchanged."
            )


def measures_text(rows: Sequence[MeasuredStructure]) -> str:
    """The table as CSV, for the clipboard."""
    text = io.StringIO(newline="")
    _write_rows(text, [row.cells() for row in rows])
    return text.getvalue()


def _write_csv(part: Path, cells: Sequence[dict[str, Cell]]) -> None:
    # With a byte order mark, or Excel takes the letters of a name for others.
    with part.open("w", newline="", encoding="utf-8-sig") as file:
        _write_rows(file, cells)


def _write_rows(file: TextIO, cells: Sequence[dict[str, Cell]]) -> None:
    table = csv.DictWriter(file, COLUMNS)
    table.writeheader()
    for row in cells:
        table.writerow({name: _as_text(value) for name, value in row.items()})


def _read_csv(part: Path) -> object:
    with part.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _as_text(value: Cell) -> str:
    """A cell's text; a name that a spreadsheet would run as a formula is quoted."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return f"'{value}"
    return "" if value is None else str(value)
