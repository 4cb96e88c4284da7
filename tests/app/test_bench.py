import json

import numpy as np
import pytest

from app import cli
from imaging.writers.volume_file import write_label_file, write_volume_file


@pytest.fixture
def folders(volume, tmp_path):
    images, labels = tmp_path / "imagesTr", tmp_path / "labelsTr"
    images.mkdir()
    labels.mkdir()
    truth = np.zeros(volume.geometry.shape, np.uint8)
    truth[2:9, 2:8, 2:8] = 1
    write_volume_file(images / "a.nii.gz", volume)
    write_label_file(labels / "a.nii.gz", truth, volume.geometry)
    return images, labels


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))


def test_bench_grid_says_what_each_grid_costs(folders, tmp_path, capsys):
    images, labels = folders
    report_file = tmp_path / "grid.json"
    arguments = ["bench", "grid", "--images", str(images), "--labels", str(labels)]
    code = cli.run([*arguments, "--structure", "spleen", "--json", str(report_file)])
    assert code == 0
    report = json.loads(report_file.read_text())
    assert report["cases"] == 1
    rows = {row["grid"]: row for row in report["best_dice"]}
    assert rows["box at 1 mm"]["linear"] >= rows["box at 3 mm"]["linear"] > 0.5
    assert "box at 2 mm" in capsys.readouterr().out


def test_bench_grid_without_pairs_is_one_sentence(tmp_path, capsys):
    (tmp_path / "images").mkdir()
    arguments = ["bench", "grid", "--images", str(tmp_path / "images")]
    code = cli.run([*arguments, "--labels", str(tmp_path / "images"), "--structure", "spleen"])
    assert code == 1
    assert "has a label file of the same name" in capsys.readouterr().err
