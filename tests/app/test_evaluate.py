import json

import numpy as np
import pytest

from app import cli
from app.commands.evaluate import parse_click_counts, target_mask
from app.headless_job import ImpossibleRequestError
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_label_file, write_volume_file


class FakeStore:
    def __init__(self, model):
        self.model = model

    def find(self, _model_id):
        return self.model


@pytest.fixture
def folders(volume, tmp_path):
    """Two CTs with masks in Decathlon layout, and a CT without one."""
    images, labels = tmp_path / "imagesTr", tmp_path / "labelsTr"
    images.mkdir()
    labels.mkdir()
    truth = np.zeros(volume.geometry.shape, np.uint8)
    truth[2:9, 2:8, 2:8] = 7
    for name in ("a", "b", "lonely"):
        write_volume_file(images / f"{name}.nii.gz", volume)
        if name != "lonely":
            write_label_file(labels / f"{name}.nii.gz", truth, volume.geometry)
    return images, labels


@pytest.fixture
def _fakes(fake_model, predictor, monkeypatch, tmp_path):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("app.commands.evaluate.model_store", lambda: FakeStore(fake_model))
    monkeypatch.setattr("app.commands.evaluate.predictor_maker", lambda _: lambda _v: predictor)


@pytest.mark.usefixtures("_fakes")
def test_evaluate_writes_the_documented_report(folders, tmp_path, capsys):
    images, labels = folders
    report_file = tmp_path / "report.json"
    arguments = ["evaluate", "--images", str(images), "--labels", str(labels)]
    arguments += ["--structure", "spleen", "--clicks", "0,2", "--json", str(report_file)]

    assert cli.run(arguments) == 0
    report = json.loads(report_file.read_text(encoding="utf-8"))
    assert report["model"] == "fake"
    assert report["engine"] == "Fake engine on no device"
    assert [case["case"] for case in report["cases"]] == ["a", "b"]
    assert set(report["cases"][0]["dice"]) == {"0", "2"}
    summary = report["summary"]["spleen"]
    assert set(summary["dice"]["2"]) == {"mean", "median", "min"}
    assert summary["dice"]["2"]["mean"] > summary["dice"]["0"]["mean"] > 0
    assert {"clicks_to_0.90", "harmful_click_share"} <= set(summary)
    assert "lonely.nii.gz has no label file" in capsys.readouterr().err


@pytest.mark.usefixtures("_fakes")
def test_folders_without_pairs_are_one_sentence(folders, tmp_path, capsys):
    images, _ = folders
    empty = tmp_path / "empty"
    empty.mkdir()
    arguments = ["evaluate", "--images", str(images), "--labels", str(empty)]

    assert cli.run([*arguments, "--structure", "spleen"]) == cli.EXIT_FAILED
    assert "No CT in" in capsys.readouterr().err


def test_numbers_of_clicks_are_sorted_and_unique():
    assert parse_click_counts("10, 0,3,3") == (0, 3, 10)


@pytest.mark.parametrize("text", ["", "a", "1,-2", "0,5000", "1.5"])
def test_what_is_no_list_of_clicks_is_refused(text):
    with pytest.raises(ImpossibleRequestError, match="--clicks takes numbers"):
        parse_click_counts(text)


@pytest.mark.parametrize(
    ("values", "wanted", "expected"),
    [((1, 2), None, 1), ((9,), None, 9), ((1, 2, 9), 9, 9)],
    ids=["the table's", "the only one", "the one asked for"],
)
def test_the_label_value_is_found(values, wanted, expected):
    labels = np.zeros((1, 1, 10), np.uint8)
    labels[0, 0, : len(values)] = values
    mask = target_mask(labels, structure_by_name("spleen"), wanted, "a.nii.gz")

    assert mask.sum() == 1
    assert labels[mask] == [expected]


def test_a_label_file_without_the_value_says_which_it_has():
    labels = np.array([[[2, 5]]], np.uint8)

    with pytest.raises(ImpossibleRequestError, match=r"values are: 2, 5.*--label-value"):
        target_mask(labels, structure_by_name("spleen"), None, "a.nii.gz")
