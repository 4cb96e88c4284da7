from pathlib import Path

import numpy as np
import pytest

from app.controllers.adding_controller import report_text
from app.controllers.export_controller import ExportRequest
from app.controllers.export_controller import report_text as exported_text
from app.gui.project_settings_dialog import split_text
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file
from training.cases.add_cases import AddReport
from training.cases.export_records import ExportReport
from training.cases.records import Split
from training.cases.splits import SplitCount, SplitReport

PATHS = tuple(Path(f"{n}.dcm") for n in range(5))


@pytest.fixture
def scans(tmp_path):
    """Two small CTs and a file that is none."""
    folder = tmp_path / "scans"
    folder.mkdir()
    rng = np.random.default_rng(0)
    geometry = VolumeGeometry.from_parts((12, 14, 16), (0, 0, 0), (2, 1, 1), np.eye(3)[:, ::-1])
    for name in ("a", "b"):
        array = rng.integers(-1000, 400, geometry.shape).astype(np.int16)
        write_volume_file(folder / f"{name}.nii.gz", Volume(array, geometry, name))
    (folder / "c.nii.gz").write_bytes(b"no image" * 100)
    return folder


def test_a_folder_is_added_and_bad_files_are_listed(table, scans):
    said = []
    table.bench.adding.finished.connect(said.append)
    table.bench.adding.add((scans,), copies=True, deidentifies=False)
    table.run()

    assert said == ["2 cases added, 1 could not be added."]
    assert [record.name for record in table.records][3:] == ["a", "b"]
    assert [problem.name for problem in table.bench.adding.report.problems] == ["c.nii.gz"]
    assert table.project.cts_folder in table.project.cases.source_path(4).parents


def test_what_was_added_before_the_stop_stays(table, scans, monkeypatch):
    adding = table.bench.adding
    monkeypatch.setattr(adding, "_on_added", adding.stop)  # at the first case
    adding.add((scans,), copies=False, deidentifies=False)
    assert adding.is_busy
    table.run()

    assert len(table.records) == 4
    assert adding.report.was_cancelled
    assert "goes on" in report_text(adding.report)


def test_a_report_is_a_sentence(table):
    report = AddReport(table.records[:1], table.records[1:], (("localizer", 2),), (), (), False)

    assert report_text(report) == "1 case added, 2 already there. Left out: 2 localizers."


def test_a_folder_that_is_gone_is_a_sentence(table, tmp_path):
    table.bench.adding.failed.connect(table.told.append)
    table.bench.adding.add((tmp_path / "gone",), copies=False, deidentifies=False)
    table.run()

    assert len(table.told) == 1


@pytest.mark.parametrize(("name", "ending"), [("nifti", ".nii.gz"), ("mha", ".mha")])
def test_the_open_case_is_exported_and_read_back(table, draw, tmp_path, name, ending):
    session = table.open(1)
    draw(session)
    table.bench.versions.save()
    table.run()
    said = []
    table.bench.exporting.finished.connect(lambda text, lines: said.append((text, lines)))
    table.bench.exporting.export(ExportRequest(name, tmp_path / "out", 1, ("spleen",)))
    table.run()

    ((text, lines),) = said
    assert text.startswith(f"1 label map was saved to {tmp_path / 'out'} and verified")
    assert lines == ()
    assert [path.name.endswith(ending) for path in (tmp_path / "out").iterdir()] == [True]


def test_without_an_approved_case_there_is_nothing_to_export(table, tmp_path):
    table.bench.exporting.failed.connect(table.told.append)
    table.bench.exporting.export(ExportRequest("nifti", tmp_path / "out"))
    table.run()

    assert "No case is approved yet" in table.told[0]


@pytest.mark.parametrize(
    ("format_name", "report", "beginning"),
    [
        ("dicom-seg", ExportReport(PATHS[:1], 1), "1 DICOM SEG was saved"),
        (
            "dicom-seg",
            ExportReport(PATHS, 1, PATHS[1:]),
            "1 DICOM SEG, with the DICOM series that it refers to, was saved",
        ),
        (
            "rtstruct",
            ExportReport(PATHS, 2, PATHS[2:]),
            "2 DICOM RTSTRUCTs, with the DICOM series that they refer to, were saved",
        ),
        ("stl", ExportReport(PATHS, 2), "5 surfaces of 2 cases were saved"),
        ("csv", ExportReport(PATHS[:1], 3), "The measures of 3 cases were saved"),
        ("nnunet", ExportReport(PATHS, 2), "A data set of 2 cases was saved"),
        ("nifti", ExportReport(()), "Nothing was saved"),
    ],
)
def test_an_export_says_what_was_asked_for_and_not_how_many_files_it_took(
    tmp_path, format_name, report, beginning
):
    assert exported_text(report, ExportRequest(format_name, tmp_path)).startswith(beginning)


@pytest.mark.parametrize(
    ("counts", "waiting", "is_drawn", "text"),
    [
        ((0, 0, 0), 4, False, "Not drawn yet; 4 patients would be shared out."),
        ((0, 0, 0), 0, False, "Not drawn yet; there is no patient to share out."),
        (
            (3, 0, 1),
            2,
            False,
            "Taken over from data sets, and frozen: training 3 patients (6 cases), validation "
            "0 patients (0 cases), hold-out 1 patient (2 cases). 2 patients without a split would "
            "be shared out.",
        ),
        (
            (1, 1, 1),
            0,
            True,
            "Drawn and frozen: training 1 patient (2 cases), validation 1 patient (2 cases), "
            "hold-out 1 patient (2 cases).",
        ),
    ],
)
def test_where_a_split_stands_is_a_sentence(counts, waiting, is_drawn, text):
    pairs = zip(Split, counts, strict=True)
    found = tuple(SplitCount(split, number, 2 * number) for split, number in pairs)

    assert split_text(SplitReport(found, 0, waiting), is_drawn=is_drawn) == text
