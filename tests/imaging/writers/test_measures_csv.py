"""Tables of measures that spreadsheets and programs read alike."""

import csv
import json

import pytest

from imaging.errors import WriteError
from imaging.structure_measures import StructureMeasures
from imaging.writers.measures_csv import COLUMNS, MeasuredStructure, write_measures

ROWS = [
    MeasuredStructure(
        "P0001", "spleen", StructureMeasures(12, 1.23456, 51.239, 9.9, 2.0, 3.0, 4.0)
    ),
    MeasuredStructure("Päd, 2", "liver", StructureMeasures(7, 0.5, None, None, 1.0, 2.125, 3.0)),
]


def test_csv_has_one_row_a_structure_and_units_in_the_head(tmp_path):
    path = tmp_path / "measures.csv"
    write_measures(path, ROWS)
    with path.open(newline="", encoding="utf-8-sig") as file:
        head, first, second = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert first == ["P0001", "spleen", "12", "1.235", "51.24", "9.9", "2.0", "3.0", "4.0"]
    assert second[:5] == ["Päd, 2", "liver", "7", "0.5", ""]


def test_json_has_the_same_names_and_null_for_what_was_not_measured(tmp_path):
    path = tmp_path / "measures.json"
    write_measures(path, ROWS)
    first, second = json.loads(path.read_text("utf-8"))
    assert tuple(first) == COLUMNS
    assert first["volume_ml"] == 1.235
    assert second["mean_hu"] is None


@pytest.mark.parametrize("name", ["=1+1", "+A1", "-2", "@SUM(A1)"])
def test_a_case_named_like_a_formula_stays_text_in_a_spreadsheet(name, tmp_path):
    path = tmp_path / "measures.csv"
    write_measures(path, [MeasuredStructure(name, "spleen", ROWS[0].measures)])
    assert f"'{name}," in path.read_text("utf-8-sig")


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(WriteError, match=r"Use one of \.csv, \.json"):
        write_measures(tmp_path / "measures.xlsx", ROWS)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_said_in_a_sentence(tmp_path):
    with pytest.raises(WriteError, match="the folder does not exist"):
        write_measures(tmp_path / "none" / "measures.csv", ROWS)
