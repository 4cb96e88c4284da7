"""The journey of a study by commands, and what they say when something is wrong."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app import cli
from imaging.geometry import VolumeGeometry
from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_label_file, write_volume_file
from training.cases.project import Project
from training.cases.provenance import ModelUsed
from training.cases.records import CaseSource, LabelDraft, NewCase, SourceKind, VersionKind

FORMATS = ("nifti", "nrrd", "mha", "dicom-seg", "rtstruct", "stl", "obj", "ply", "csv")
DATA_SETS = ("decathlon", "nnunet", "monai")


class FakeStore:
    def __init__(self, model):
        self.model = model

    def find(self, _model_id):
        return self.model


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture
def _fake_model(fake_model, predictor, monkeypatch):
    def make(volume):
        return type(predictor)(volume)

    for command in ("segment_project", "cases_quality"):
        module = f"app.commands.{command}"
        monkeypatch.setattr(f"{module}.model_store", lambda: FakeStore(fake_model))
        monkeypatch.setattr(f"{module}.predictor_maker", lambda *_: make)
    used = ModelUsed(fake_model.id, fake_model.version, "ab" * 32)
    monkeypatch.setattr("app.commands.segment_project.model_used", lambda _package: used)


@pytest.fixture
def run(tmp_path, capsys):
    """Runs a command on the project and returns its JSON, or its lines for `--json` left out."""

    def run(*arguments, code=0, is_json=True):
        words = [str(word) for word in arguments]
        where = ["--project", str(tmp_path / "study")]
        how = ["--json"] if is_json else []
        capsys.readouterr()
        assert cli.run([*words, *where, *how]) == code, capsys.readouterr().err
        output = capsys.readouterr()
        if is_json and code == 0:
            return json.loads(output.out)
        return output.out + output.err

    return run


@pytest.fixture
def phantom():
    return make_phantom(3, shape=(24, 64, 64))


@pytest.fixture
def inbox(tmp_path, phantom, write_dicom_ct):
    """A DICOM series, a NIfTI file, a localizer and a file that is cut short."""
    folder = tmp_path / "inbox"
    write_dicom_ct(folder / "series", phantom.volume, PatientID="4711", SeriesDescription="Portal")
    scout = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    write_dicom_ct(folder / "scout", phantom.volume, ImageType=scout)
    other = replace(phantom.volume, array=phantom.volume.array + np.int16(2))
    write_volume_file(folder / "liver 7.nii.gz", other)
    whole = (folder / "liver 7.nii.gz").read_bytes()
    (folder / "broken.nii.gz").write_bytes(whole[: len(whole) // 2])
    return folder


@pytest.fixture
def mask(tmp_path, phantom):
    """The true spleen and liver."""
    keep = [structure_by_name(name) for name in ("spleen", "liver")]
    labels = np.where(np.isin(phantom.labels, [s.label_value for s in keep]), phantom.labels, 0)
    path = tmp_path / "mask.nii.gz"
    write_label_file(path, labels.astype(np.uint8), phantom.volume.geometry)
    return path


@pytest.mark.slow
@pytest.mark.usefixtures("_fake_model")
def test_a_study_from_the_first_ct_to_the_export(run, inbox, mask, tmp_path):
    said = run("cases", "add", inbox, "--copy", code=1, is_json=False)
    assert "1: P0001 Portal\n2: liver 7\n" in said
    assert "broken.nii.gz" in said
    assert "2 cases added; 1 could not be added; left out: 1 localizer\n" in said

    report = tmp_path / "report.json"
    arguments = ["segment", "--project", str(tmp_path / "study"), "--all", "--json", str(report)]
    assert cli.run(arguments) == 0
    assert [case["name"] for case in json.loads(report.read_text())["cases"]] == [
        "P0001 Portal",
        "liver 7",
    ]
    assert run("cases", "status")["status"]["new"] == 2
    (segmented,) = run("cases", "replay", 1, 1)["steps"]
    assert (segmented["kind"], segmented["dice"]) == ("automatic", 1.0)

    imported = run("cases", "import-labels", 1, mask)
    assert imported["number"] == 2
    assert imported["volumes_ml"].keys() == {"spleen", "liver"}
    (spleen, liver) = run("cases", "compare", 1, 1, 2)["structures"]
    block_ml = 125 * liver["ml_after"] / liver["voxels_different"]
    assert spleen["ml_before"] == pytest.approx(block_ml, abs=0.01)

    assert run("cases", "submit", "P0001 Portal", "--author", "Anna")["status"] == "in review"
    returned = run(
        "cases", "return", 1, "--comment", "Upper pole", "--at", "10,20,-30", "--structure",
        "spleen", "--author", "Ben",
    )  # fmt: skip
    assert returned["status"] == "in progress"
    event = run("cases", "show", 1)["events"][-1]
    assert (event["comment"], event["point_lps"]) == ("Upper pole", [10, 20, -30])

    assert run("cases", "check", 1) == []
    assert run("cases", "approve", 1, "--author", "Ben")["status"] == "approved"
    refused = run("cases", "approve", 2, code=1)
    assert "-998 HU is unusual" in refused
    assert "--force" in refused
    assert run("cases", "approve", 2, "--force", "It is a block")["status"] == "approved"

    drawn = run("cases", "split", "--shares", "50,0,50", "--seed", 5)
    assert [drawn["splits"][split]["cases"] for split in ("train", "hold-out")] == [1, 1]
    for name in FORMATS:
        files = run("export", "--all", "--format", name, "-o", tmp_path / "out")["files"]
        assert files
    for name in DATA_SETS:
        out = tmp_path / name
        assert len(run("export", "--all", "--format", name, "-o", out)["files"]) >= 6
    rows = run("cases", "measure", 1)
    assert {row["structure"] for row in rows} == {"spleen", "liver"}

    assert run("cases", "reopen", 2)["status"] == "in progress"
    assert run("cases", "exclude", 2, "--reason", "Only a block")["status"] == "excluded"
    (excluded,) = run("cases", "list", "--status", "excluded")
    assert excluded["status_reason"] == "Only a block"
    assert run("cases", "verify")["is_intact"]
    assert not list((tmp_path / "study" / "cts").glob(".*"))


def test_a_data_set_is_added_with_its_labels_once_the_values_are_explained(
    run, ball_ct, labels_file, tmp_path
):
    folder = labels_file(ball_ct)

    assert '2 ("cancer")' in run("cases", "add", folder, "--data-set", code=1)
    assert not (tmp_path / "study").exists()
    assert "with --data-set" in run("cases", "add", folder, is_json=False)
    report = run("cases", "add", folder, "--data-set", "--map", "2=pancreas tumour")
    assert (report["added"], report["already_there"]) == ([], [1])

    assert run("cases", "split")["splits"]["hold-out"] == {"patients": 1, "cases": 1}
    (case,) = run("cases", "list")
    assert (case["versions"], case["split"]) == (1, "hold-out")
    assert case["volumes_ml"].keys() == {"pancreas", "pancreas tumour"}


@pytest.fixture
def labels_file(tmp_path):
    """Writes a Decathlon data set of one CT with a pancreas and a tumour."""

    def write(ct):
        folder = tmp_path / "Task07"
        for name in ("imagesTr", "labelsTr"):
            (folder / name).mkdir(parents=True)
        labels = np.zeros(ct.geometry.shape, np.uint8)
        labels[3:9, 5:15, 5:15] = 1
        labels[4:6, 7:9, 7:9] = 2
        write_volume_file(folder / "imagesTr" / "p_1.nii.gz", ct)
        write_label_file(folder / "labelsTr" / "p_1.nii.gz", labels, ct.geometry)
        entry = {"image": "./imagesTr/p_1.nii.gz", "label": "./labelsTr/p_1.nii.gz"}
        description = {
            "modality": {"0": "CT"},
            "labels": {"0": "background", "1": "pancreas", "2": "cancer"},
            "training": [],
            "test": [entry],
        }
        (folder / "dataset.json").write_text(json.dumps(description))
        return folder

    return write


def test_a_deidentified_study_names_nobody_anywhere(run, phantom, mask, write_dicom_ct, tmp_path):
    names = ("PatientID", "PatientName", "OtherPatientIDs", "InstitutionName", "StudyDescription")
    tags = dict.fromkeys((*names, "SeriesDescription", "ReferringPhysicianName"), "CANARY17")
    write_dicom_ct(tmp_path / "CANARY17", phantom.volume, **tags)

    added = run("cases", "add", tmp_path / "CANARY17", "--deidentify")["added"]
    run("cases", "import-labels", 1, mask)
    out = tmp_path / "out"
    for name in ("dicom-seg", "nifti", "csv"):
        run("export", "--case", 1, "--format", name, "-o", out, "--deidentify")

    assert [case["name"] for case in added] == ["P0001"]
    for folder in (tmp_path / "study", out, tmp_path / "home"):
        files = [file for file in folder.rglob("*") if file.is_file()]
        assert files
        assert not [f for f in files if b"canary17" in f.read_bytes().lower() or "CANARY" in f.name]


def test_a_ct_that_was_moved_is_found_again(run, ball_ct, tmp_path):
    write_volume_file(tmp_path / "a.nii.gz", ball_ct)
    run("cases", "add", tmp_path / "a.nii.gz")
    (tmp_path / "archive").mkdir()
    (tmp_path / "a.nii.gz").rename(tmp_path / "archive" / "b.nii.gz")

    assert "was not found there" in run("cases", "relink", tmp_path / "home", code=1, is_json=False)
    assert run("cases", "relink", tmp_path / "archive")["relinked"] == [1]
    assert run("cases", "show", "a")["source"] == str(tmp_path / "archive" / "b.nii.gz")


def test_a_project_that_is_open_elsewhere_can_be_read_and_not_changed(study, capsys):
    where = ["--project", str(study)]
    with Project.open(study, author="Ben"):
        assert cli.run(["cases", "list", *where]) == 0
        assert cli.run(["cases", "exclude", "a", "--reason", "x", *where]) == cli.EXIT_FAILED

    assert "open already" in capsys.readouterr().err


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A project with one case that has no labels; tests change nothing in it."""
    folder = tmp_path_factory.mktemp("cli") / "study"
    with Project.create(folder, author="Anna") as project:
        geometry = VolumeGeometry.from_parts((5, 6, 7), (0, 0, 0), (3, 1, 1))
        source = CaseSource(SourceKind.FILE, folder.parent / "a.nii.gz", "content")
        project.cases.add(NewCase("a", source, geometry, project.patient_key("a")))
    return folder


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["cases", "show", "b"], 'no case "b"'),
        (["cases", "check", "a"], "no labels yet"),
        (["cases", "compare", "a", "1", "2"], "version"),
        (["cases", "approve", "a"], "no labels"),
        (["cases", "submit", "a"], "no saved labels"),
        (["cases", "split"], "not drawn"),
        (["cases", "add", "nowhere"], "no file or folder"),
        (["export", "--all", "--format", "nifti", "-o", "out"], "No case is approved"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(arguments, sentence, study, capsys):
    assert cli.run([*arguments, "--project", str(study)]) == cli.EXIT_FAILED

    said = capsys.readouterr().err
    assert sentence in said
    assert said.endswith((".\n", "`.\n", '".\n'))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["cases", "list", "--status", "done"], "no status"),
        (["cases", "list", "--sort", "size"], "cannot be sorted"),
        (["cases", "list", "--split", "test"], "no split"),
        (["cases", "status", "a", "excluded"], "give a reason"),
        (["cases", "return", "a", "--comment", "x", "--at", "1,2"], "x,y,z"),
        (["cases", "return", "a", "--comment", "x", "--at", "1,nan,2"], "x,y,z"),
        (["cases", "return", "a", "--comment", "x", "--structure", "livr"], "liver"),
        (["cases", "split", "--shares", "1,2"], "three numbers"),
        (["cases", "split", "--shares", "70,15,20"], "make 105, not 100"),
        (["cases", "split", "--extend", "--seed", "1"], "--extend alone"),
        (["cases", "add", "x", "--map", "1=liver"], "--data-set"),
        (["export", "--format", "nifti", "-o", "out"], "--case ID"),
        (["export", "--all", "--case", "a", "--format", "nifti", "-o", "out"], "not both"),
        (["export", "--all", "--format", "jpeg", "-o", "out"], "no format"),
    ],
)
def test_words_that_do_not_fit_are_a_sentence_and_a_wrong_call(arguments, sentence, study, capsys):
    assert cli.run([*arguments, "--project", str(study)]) == cli.EXIT_USAGE

    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["segment"], "Name a CT"),
        (["segment", "--all"], "--project"),
        (["segment", "--project", "x"], "--all"),
        (["segment", "ct.nii.gz", "--project", "x", "--all"], "leave CT"),
        (["segment", "ct.nii.gz"], "-o mask.nii.gz"),
    ],
)
def test_segment_takes_a_ct_or_a_project(arguments, sentence, capsys):
    assert cli.run(arguments) == cli.EXIT_USAGE
    assert sentence in capsys.readouterr().err


def test_a_folder_that_is_no_project_is_left_alone(tmp_path, capsys):
    (tmp_path / "photo.jpg").touch()
    where = ["--project", str(tmp_path)]

    assert cli.run(["cases", "list", *where]) == cli.EXIT_FAILED
    assert cli.run(["cases", "add", str(tmp_path / "photo.jpg"), *where]) == cli.EXIT_FAILED
    assert "holds other files" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir() if file.name != "home"] == ["photo.jpg"]


def test_a_wrong_path_leaves_no_empty_project_behind(tmp_path, capsys):
    arguments = ["cases", "add", str(tmp_path / "nowhere"), "--project", str(tmp_path / "study")]

    assert cli.run(arguments) == cli.EXIT_FAILED
    assert "no file or folder" in capsys.readouterr().err
    assert not (tmp_path / "study").exists()


def test_a_folder_without_any_ct_is_said(run, tmp_path):
    (tmp_path / "notes.txt").write_text("no CT")

    assert "No CT was found" in run("cases", "add", tmp_path / "notes.txt", code=1, is_json=False)


def test_measures_are_printed_as_json_also_where_they_are_written(study, tmp_path, capsys):
    out = tmp_path / "measures.csv"
    where = ["--project", str(study), "--json", "-o", str(out)]

    assert cli.run(["cases", "measure", *where]) == 0

    assert json.loads(capsys.readouterr().out) == []
    assert out.is_file()


def test_lists_are_tables_for_people(study, capsys):
    assert cli.run(["cases", "list", "--project", str(study)]) == 0

    said = capsys.readouterr()
    assert said.out.splitlines()[0].split()[:4] == ["id", "name", "patient", "status"]
    assert said.out.splitlines()[1].split()[:4] == ["1", "a", "P0001", "new"]
    assert said.err == "1 case\n"


def test_a_status_is_reached_by_the_step_of_review_that_leads_there(run, tmp_path):
    geometry = VolumeGeometry.from_parts((5, 6, 7), (0, 0, 0), (3, 1, 1))
    with Project.create(tmp_path / "study", author="Anna") as project:
        source = CaseSource(SourceKind.FILE, tmp_path / "a.nii.gz", "content")
        case = project.cases.add(NewCase("a", source, geometry, project.patient_key("a")))
        draft = LabelDraft(np.ones(geometry.shape, np.uint8), geometry)
        project.versions.save(case.id, VersionKind.IMPORTED, draft)

    reached = [
        run("cases", "status", "a", status)["status"]
        for status in ("in-progress", "in_review", "In Progress")
    ]

    assert reached == ["in progress", "in review", "in progress"]
    assert run("cases", "status", "a")["status"] == "in progress"
    actions = [event["action"] for event in run("cases", "show", "a")["events"]]
    assert actions == ["started", "submitted", "reopened"]
    assert "nothing leads back" in run("cases", "status", "a", "new", code=1)
