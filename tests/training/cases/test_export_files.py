"""Exported files hold the newest labels, and nothing else is touched."""

import csv
import json
from dataclasses import replace

import numpy as np
import pydicom
import pytest
import trimesh

from imaging.errors import WriteError
from imaging.readers.label_file import open_label_map
from imaging.writers.mask_origin import MaskKind
from imaging.writers.volume_file import write_volume_file
from training.cases.export_files import export_cases
from training.cases.export_records import ExportFormat, ExportOptions
from training.cases.exportable_case import mask_origin
from training.cases.provenance import AutomaticStep, ManualStep, ModelUsed, Provenance
from training.cases.records import LabelDraft, VersionKind

MODEL = ModelUsed("abdomen", "1.2", "ab" * 32)


@pytest.fixture
def file_case(project, ball_ct, labels, add_ct, tmp_path):
    """A case of a NIfTI file, with a spleen and a liver."""
    file = tmp_path / "Liver 7.nii.gz"
    write_volume_file(file, ball_ct)
    return _with_labels(project, add_ct(project, file, ball_ct), labels)


@pytest.fixture
def dicom_case(project, ball_ct, labels, add_ct, write_dicom_ct, tmp_path):
    """A case of a DICOM series of Carla's."""
    ct = replace(ball_ct, array=ball_ct.array + np.int16(2))
    files = write_dicom_ct(
        tmp_path / "carla", ct, PatientID="Canary-17", PatientName="Canary^Carla"
    )
    series_uid = pydicom.dcmread(files[0]).SeriesInstanceUID
    return _with_labels(project, add_ct(project, tmp_path / "carla", ct, series_uid), labels)


def _with_labels(project, case, labels):
    draft = LabelDraft(labels, project.cases.geometry(case.id))
    project.versions.save(case.id, VersionKind.INTERIM, draft)
    return project.cases.get(case.id)


@pytest.mark.parametrize(
    ("file_format", "name"),
    [
        (ExportFormat.NIFTI, "Liver_7.nii.gz"),
        (ExportFormat.NRRD, "Liver_7.nrrd"),
        (ExportFormat.MHA, "Liver_7.mha"),
    ],
)
def test_masks_lie_where_they_did(file_format, name, project, file_case, labels, tmp_path):
    report = export_cases(project, [file_case], tmp_path / "out", file_format)

    assert report.files == (tmp_path / "out" / name,)
    geometry = project.cases.geometry(file_case.id)
    assert np.array_equal(open_label_map(report.files[0], geometry), labels)


def test_only_wanted_structures_are_written(project, file_case, labels, tmp_path):
    options = ExportOptions(structures=("liver",))

    report = export_cases(project, [file_case], tmp_path, ExportFormat.NIFTI, options)

    read = open_label_map(report.files[0], project.cases.geometry(file_case.id))
    assert np.array_equal(read == 4, labels == 4)
    assert set(np.unique(read)) == {0, 4}


def test_an_older_file_is_replaced_only_if_asked_for(project, file_case, tmp_path):
    first = export_cases(project, [file_case], tmp_path, ExportFormat.NIFTI)
    first.files[0].write_bytes(b"precious")

    refused = export_cases(project, [file_case], tmp_path, ExportFormat.NIFTI)

    assert "there already" in refused.problems[0].sentence
    assert first.files[0].read_bytes() == b"precious"
    options = ExportOptions(overwrites=True)
    assert export_cases(project, [file_case], tmp_path, ExportFormat.NIFTI, options).files
    assert first.files[0].read_bytes() != b"precious"


@pytest.mark.parametrize("file_format", [ExportFormat.DICOM_SEG, ExportFormat.RTSTRUCT])
def test_a_dicom_object_refers_to_the_series_it_was_made_from(
    file_format, project, dicom_case, labels, tmp_path
):
    report = export_cases(project, [dicom_case], tmp_path / "out", file_format)

    assert not report.problems
    (file,) = report.files
    dataset = pydicom.dcmread(file)
    assert dataset.PatientID == "Canary-17"
    assert dicom_case.source.series_uid in str(dataset)
    read = open_label_map(file, project.cases.geometry(dicom_case.id))
    assert np.array_equal(read > 0, labels > 0)


def test_a_deidentified_object_comes_with_its_ct_and_names_nobody(project, dicom_case, tmp_path):
    options = ExportOptions(uid_map_file=tmp_path / "uids.json")
    out = tmp_path / "out"

    seg = export_cases(project, [dicom_case], out, ExportFormat.DICOM_SEG, options)
    again = export_cases(project, [dicom_case], out, ExportFormat.RTSTRUCT, options)

    assert len(seg.files) == 21
    assert [file.name for file in again.files] == ["P0001_rtstruct.dcm"]  # the CT serves both
    for file in out.rglob("*.dcm"):
        content = file.read_bytes()
        assert b"Canary" not in content
        assert dicom_case.source.series_uid.encode() not in content
        assert pydicom.dcmread(file).PatientID == "P0001"


def test_a_ct_that_is_no_dicom_gets_a_series_for_its_object(project, file_case, tmp_path):
    report = export_cases(project, [file_case], tmp_path / "out", ExportFormat.DICOM_SEG)

    assert not report.problems
    assert {file.parent.name for file in report.files} == {"out", "Liver_7_ct"}


def test_surfaces_are_written_for_each_structure(project, file_case, tmp_path):
    report = export_cases(project, [file_case], tmp_path / "out", ExportFormat.STL)

    assert [file.name for file in report.files] == ["Liver_7_spleen.stl", "Liver_7_liver.stl"]
    volume_ml = trimesh.load(report.files[0]).volume / 1000
    assert volume_ml == pytest.approx(file_case.volumes[0].volume_ml, rel=0.1)


def test_measures_of_all_cases_are_one_table(project, file_case, dicom_case, tmp_path):
    report = export_cases(project, [file_case, dicom_case], tmp_path / "out", ExportFormat.CSV)

    (file,) = report.files
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 1 + 4
    assert json.dumps(rows).count("Liver_7") == 2


def test_a_case_without_labels_is_listed_and_the_others_are_written(
    project, file_case, add_case, tmp_path
):
    empty = add_case(project, "Empty")

    report = export_cases(project, [empty, file_case], tmp_path / "out", ExportFormat.NIFTI)

    assert [problem.name for problem in report.problems] == ["Empty"]
    assert len(report.files) == 1


def test_an_export_stops_between_cases(project, file_case, tmp_path):
    report = export_cases(
        project, [file_case], tmp_path / "out", ExportFormat.NIFTI, is_cancelled=lambda: True
    )

    assert report.was_cancelled
    assert not report.files


def test_a_folder_that_cannot_be_made_is_a_sentence(project, file_case, tmp_path):
    (tmp_path / "taken").touch()

    with pytest.raises(WriteError, match="cannot be made"):
        export_cases(project, [file_case], tmp_path / "taken", ExportFormat.NIFTI)


def test_who_drew_a_mask_follows_from_all_of_its_history(project, add_case, draft):
    case = add_case(project)
    by_hand = project.versions.save(case.id, VersionKind.INTERIM, draft(1))
    steps = (AutomaticStep("spleen", 1, 0.1),)
    model_alone = project.versions.save(
        case.id, VersionKind.AUTOMATIC, draft(2, provenance=Provenance(MODEL, "CPU", steps))
    )
    steps = (ManualStep("Brush", 4),)
    corrected = project.versions.save(
        case.id,
        VersionKind.INTERIM,
        draft(3, parent_id=model_alone.id, provenance=Provenance(steps=steps)),
    )

    kinds = [mask_origin(project, one).kind for one in (by_hand, model_alone, corrected)]

    assert kinds == [MaskKind.MANUAL, MaskKind.AUTOMATIC, MaskKind.SEMIAUTOMATIC]
    assert mask_origin(project, corrected).model_id == "abdomen"
