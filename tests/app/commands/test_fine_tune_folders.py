"""`train fine-tune` with two folders in place of a project."""

import json

import numpy as np
import pytest

from app import cli
from app.commands import fine_tune
from app.commands.fine_tune_folders import shares_for
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from imaging.writers.volume_file import write_label_file, write_volume_file
from training.cases.project import Project
from training.cases.records import CaseStatus, Split

PATIENTS = 6


@pytest.fixture(autouse=True)
def started(tmp_path, monkeypatch):
    """The folders for which a worker would have been started."""
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    folders = []
    monkeypatch.setattr(
        fine_tune, "start_worker", lambda folder, _processes: folders.append(folder)
    )
    return folders


@pytest.fixture
def data(tmp_path):
    """CTs and labels of the same names; one CT has no labels."""
    geometry = VolumeGeometry.from_parts((6, 12, 14), (0.0, 0.0, 0.0), (5.0, 2.0, 1.5))
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    for number in range(PATIENTS + 1):
        array = np.full(geometry.shape, -40 - number, np.int16)
        write_volume_file(tmp_path / "images" / f"p{number}.nii.gz", Volume(array, geometry))
        labels = np.zeros(geometry.shape, np.uint8)
        labels[2:4, 3:9, 4:8] = 7
        if number < PATIENTS:
            write_label_file(tmp_path / "labels" / f"p{number}.nii.gz", labels, geometry)
    return tmp_path


def fine_tune_folders(data, *more, code=0):
    folders = ["--images", str(data / "images"), "--labels", str(data / "labels")]
    assert cli.run(["train", "fine-tune", *folders, *map(str, more)]) == code


def test_a_project_is_made_its_labels_approved_and_its_patients_shared_out(data, started, capsys):
    fine_tune_folders(data, "--project", data / "made", "--map", "7=spleen", "--json")
    said = capsys.readouterr()
    assert json.loads(said.out)["state"] == "queued"
    assert "Patients: 3 in train, 1 in validation, 2 in hold-out" in said.err
    assert started == [data / "made"]
    with Project.open_to_read(data / "made") as project:
        cases = project.cases.listed()
        assert len(cases) == PATIENTS
        assert {case.status for case in cases} == {CaseStatus.APPROVED}
        assert {case.structures for case in cases} == {("spleen",)}
        assert {case.split for case in cases} == set(Split)
        assert all(data / "images" in case.source.path.parents for case in cases)


def test_the_same_command_again_goes_on_with_the_same_project_and_split(data, capsys):
    again = ("--project", data / "made", "--map", "7=spleen")
    fine_tune_folders(data, *again)
    with Project.open_to_read(data / "made") as project:
        before = {case.name: case.split for case in project.cases.listed()}
    fine_tune_folders(data, *again)
    assert "job 2" in capsys.readouterr().out.lower()
    with Project.open_to_read(data / "made") as project:
        assert {case.name: case.split for case in project.cases.listed()} == before


def test_without_a_name_the_project_is_made_in_the_working_directory(data, monkeypatch, started):
    monkeypatch.chdir(data)
    fine_tune_folders(data, "--map", "7=spleen")
    assert [folder.name for folder in started] == [f"{data.name}-fine-tuning"]


def test_what_is_missing_is_said_and_no_project_is_left_behind(data, capsys):
    fine_tune_folders(data, "--project", data / "made", code=1)
    assert 'for example --map "1=spleen"' in capsys.readouterr().err
    assert not (data / "made").exists()
    assert cli.run(["train", "fine-tune", "--images", str(data)]) == 2
    assert "--labels go together" in capsys.readouterr().err
    assert cli.run(["train", "fine-tune"]) == 2
    assert "Name a project" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("patients", "shares"),
    [(2, (1, 1, 0)), (6, (3, 1, 2)), (12, (6, 2, 4)), (15, (8, 2, 5)), (100, (70, 15, 15))],
)
def test_small_data_hold_out_what_a_judgement_needs_and_no_more(patients, shares):
    found = shares_for(patients)
    assert (found.train, found.validation, found.hold_out) == shares
