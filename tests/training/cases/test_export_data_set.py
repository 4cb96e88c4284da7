"""Data sets go out and come in again with the same voxels, names and split."""

import json

import numpy as np
import pytest

from imaging.errors import CaseError, WriteError
from imaging.readers.label_file import open_label_map
from imaging.volume import Volume
from imaging.writers.volume_file import write_label_file, write_volume_file
from training.cases.add_cases import AddOptions
from training.cases.data_sets import read_data_set
from training.cases.export_data_set import export_data_set
from training.cases.export_records import DataSetFormat, ExportOptions
from training.cases.import_labels import add_data_set, import_labels
from training.cases.label_names import label_mapping, our_values
from training.cases.project import Project
from training.cases.records import LabelDraft, Split, SplitShares, VersionKind

DESCRIPTION = {
    DataSetFormat.DECATHLON: "dataset.json",
    DataSetFormat.NNUNET: "dataset.json",
    DataSetFormat.MONAI: "datalist.json",
}


@pytest.fixture
def cases(project, ball_ct, labels, add_ct, tmp_path):
    """Three patients with labels, one for each split."""
    (tmp_path / "in").mkdir()
    for n in range(3):
        path = tmp_path / "in" / f"ct {n}.nii.gz"
        ct = Volume(ball_ct.array + np.int16(n), ball_ct.geometry)
        write_volume_file(path, ct)
        case = add_ct(project, path, ct)
        own = np.roll(labels, n, axis=1)
        project.versions.save(case.id, VersionKind.INTERIM, LabelDraft(own, ball_ct.geometry))
    project.splits.draw(SplitShares(1, 1, 1))
    return project.cases.listed()


@pytest.mark.parametrize("set_format", list(DataSetFormat))
def test_a_data_set_says_what_it_holds(set_format, project, cases, tmp_path):
    out = tmp_path / "out"

    report = export_data_set(project, cases, out, set_format)

    assert not report.problems
    assert {file.name for file in report.files} > {DESCRIPTION[set_format], "splits.json"}
    data_set = read_data_set(out)
    assert data_set.names == {1: "spleen", 2: "liver"}
    assert {case.name for case in data_set.cases} == {"ct_0", "ct_1", "ct_2"}
    assert all(case.image.is_file() and case.labels.is_file() for case in data_set.cases)
    stated = {case.name: case.split for case in data_set.cases}
    assert stated == {case.name.replace(" ", "_"): case.split for case in cases}


def test_a_data_set_comes_back_with_the_same_voxels(project, cases, tmp_path):
    export_data_set(project, cases, tmp_path / "out", DataSetFormat.NNUNET)
    data_set = read_data_set(tmp_path / "out")

    with Project.create(tmp_path / "again") as again:
        added = add_data_set(again, data_set, label_mapping(data_set.names, {})).added
        assert [case.version_count for case in added] == [1, 1, 1]
        for case in cases:
            twin = again.cases.duplicate_of(case.source.content_sha256)
            ours = project.versions.newest(case.id)
            theirs = again.versions.newest(twin.id)
            assert theirs.content_sha256 == ours.content_sha256
            assert theirs.kind is VersionKind.IMPORTED
            assert twin.split is case.split


def test_a_data_set_moves_no_patient_out_of_its_split(project, cases, tmp_path):
    out = tmp_path / "out"
    export_data_set(project, cases, out, DataSetFormat.MONAI)
    (out / "splits.json").write_text(
        json.dumps({"hold-out": [case.name for case in read_data_set(out).cases]})
    )
    data_set = read_data_set(out)

    report = add_data_set(project, data_set, label_mapping(data_set.names, {}))

    assert [case.split for case in project.cases.listed()] == [case.split for case in cases]
    assert len(report.warnings) == 2
    assert "hold-out" in report.warnings[0].sentence
    assert not report.added


def test_values_are_consecutive_and_named(project, cases, tmp_path):
    options = ExportOptions(structures=("liver",))

    export_data_set(project, cases, tmp_path / "out", DataSetFormat.NNUNET, options)

    description = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert description["labels"] == {"background": 0, "liver": 1}
    assert description["numTraining"] == 2
    file = next((tmp_path / "out" / "labelsTr").iterdir())
    assert set(np.unique(open_label_map(file, project.cases.geometry(cases[0].id)))) == {0, 1}


def test_the_validation_cases_of_nnunet_are_its_one_fold(project, cases, tmp_path):
    export_data_set(project, cases, tmp_path / "out", DataSetFormat.NNUNET)

    (fold,) = json.loads((tmp_path / "out" / "splits_final.json").read_text())
    by_split = {case.split: case.name.replace(" ", "_") for case in cases}
    assert fold == {"train": [by_split[Split.TRAIN]], "val": [by_split[Split.VALIDATION]]}


@pytest.mark.usefixtures("cases")
def test_a_case_that_came_after_the_draw_is_pointed_out(project, ball_ct, labels, add_ct, tmp_path):
    path = tmp_path / "late.nii.gz"
    ct = Volume(ball_ct.array + np.int16(9), ball_ct.geometry)
    write_volume_file(path, ct)
    late = add_ct(project, path, ct)
    project.versions.save(late.id, VersionKind.INTERIM, LabelDraft(labels, ball_ct.geometry))

    report = export_data_set(project, project.cases.listed(), tmp_path / "out", DataSetFormat.MONAI)

    assert [warning.name for warning in report.warnings] == ["late"]


def test_a_folder_with_something_in_it_is_refused(project, cases, tmp_path):
    with pytest.raises(WriteError, match="not empty"):
        export_data_set(project, cases, tmp_path, DataSetFormat.MONAI)


def test_nothing_to_export_is_a_sentence(project, cases, tmp_path):
    options = ExportOptions(structures=("aorta",))

    with pytest.raises(CaseError, match="nothing to export"):
        export_data_set(project, cases, tmp_path / "out", DataSetFormat.MONAI, options)


def test_labels_on_another_grid_are_listed_and_the_ct_is_kept(
    project, ball_ct, flipped_geometry, tmp_path
):
    (tmp_path / "set" / "imagesTr").mkdir(parents=True)
    (tmp_path / "set" / "labelsTr").mkdir()
    write_volume_file(tmp_path / "set" / "imagesTr" / "a_0000.nii.gz", ball_ct)
    wrong = np.ones(flipped_geometry.shape, np.uint8)
    write_label_file(tmp_path / "set" / "labelsTr" / "a.nii.gz", wrong, flipped_geometry)
    description = {"channel_names": {"0": "CT"}, "labels": {"background": 0, "spleen": 1}}
    (tmp_path / "set" / "dataset.json").write_text(json.dumps(description))
    data_set = read_data_set(tmp_path / "set")

    report = add_data_set(project, data_set, label_mapping(data_set.names, {}))

    assert [case.name for case in report.added] == ["a"]
    assert "belongs to another image" in report.problems[0].sentence


def test_a_deidentified_data_set_keeps_no_file_name(project, cases, tmp_path):
    options = ExportOptions(structures=("spleen",))
    export_data_set(project, cases[:1], tmp_path / "carla", DataSetFormat.MONAI, options)
    data_set = read_data_set(tmp_path / "carla")

    with Project.create(tmp_path / "again") as again:
        deidentified = AddOptions(uid_map_file=tmp_path / "uids.json")
        (case,) = add_data_set(again, data_set, {1: 1}, deidentified).added
        assert case.name == "P0001"
        (step,) = again.versions.newest(case.id).provenance.steps
        assert step.file_name == "a label file"


def test_imported_labels_follow_the_newest_version(project, cases, labels, tmp_path):
    case = cases[0]
    file = tmp_path / "m.nrrd"
    write_label_file(file, labels, project.cases.geometry(case.id))

    version = import_labels(project, case, file, our_values())

    assert (version.number, version.kind) == (2, VersionKind.IMPORTED)
    assert version.parent_id == case.version_id
    assert version.provenance.steps[0].file_name == "m.nrrd"
