import numpy as np
import pytest

from app.controllers.adding_controller import report_text
from app.controllers.export_controller import ExportRequest
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file
from training.cases.add_cases import AddReport


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
    assert "1 file was saved" in text
    assert "verified" in text
    assert lines == ()
    assert [path.name.endswith(ending) for path in (tmp_path / "out").iterdir()] == [True]


def test_without_an_approved_case_there_is_nothing_to_export(table, tmp_path):
    table.bench.exporting.failed.connect(table.told.append)
    table.bench.exporting.export(ExportRequest("nifti", tmp_path / "out"))
    table.run()

    assert "No case is approved yet" in table.told[0]
