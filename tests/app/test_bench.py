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


def comparison(**changes):
    return {
        "model": "spleen_deepedit",
        "version": "0.5.6",
        "ct_shape": [10, 20, 30],
        "clicks": 3,
        "engine": "an engine on a CPU",
        "voxels": {"spleen": 1234},
        "exact_differing_voxels": 1,
        "same_network_differing_voxels": 0,
        "load": 0.3,
        "cores": 2,
        "usual_dice": {"spleen": 0.98765},
        "monai_total_s": [10.0, 12.0],
        "exact_s": 2.0,
        "usual_s": 1.5,
        "ratio_to_monai": 7.3,
        **changes,
    }


def test_bench_parity_puts_comparisons_into_a_table(tmp_path, capsys):
    click, automatic = tmp_path / "click.json", tmp_path / "automatic.json"
    click.write_text(json.dumps({"monai": comparison(click_p50_ms=1000.0)}))
    automatic.write_text(json.dumps({"monai": comparison(clicks=0, usual_dice={"spleen": None})}))
    out = tmp_path / "parity.md"
    out.write_text("An old table\n\n## Remarks\n\nWhat I saw.\n")
    assert cli.run(["bench", "parity", str(click), str(automatic), "--out", str(out)]) == 0
    rows = [line for line in out.read_text().splitlines() if line.startswith("| spleen")]
    assert (
        "| 1 of 6,000 | 0 | 0.9877 | 11.0 s | 2.0 s | 1.5 s | 7.3 x | 1.00 s, 11.0 x | 0.3 of 2 |"
        in rows[0]
    )
    assert "| - | 11.0 s" in rows[1]
    assert "An old table" not in out.read_text()
    assert out.read_text().endswith("\n## Remarks\n\nWhat I saw.\n")
    assert "2 comparisons written" in capsys.readouterr().out


def test_bench_parity_says_where_monais_time_was_scaled(tmp_path):
    report, out = tmp_path / "automatic.json", tmp_path / "parity.md"
    unknown = dict.fromkeys(("exact_differing_voxels", "same_network_differing_voxels", "exact_s"))
    report.write_text(json.dumps({"monai": comparison(clicks=0, sampled=20, **unknown)}))
    assert cli.run(["bench", "parity", str(report), "--out", str(out)]) == 0
    assert "| - | - | 0.9877 | 11.0 s, from 1 of 20 batches | - | 1.5 s |" in out.read_text()


def test_bench_parity_refuses_other_reports_in_a_sentence(tmp_path, capsys):
    report = tmp_path / "grid.json"
    report.write_text("{}")
    assert cli.run(["bench", "parity", str(report), "--out", str(tmp_path / "out.md")]) == 1
    assert "grid.json is no report of `bench" in capsys.readouterr().err


def test_an_exact_mask_is_promised_of_monais_networks_only(folders, tmp_path, capsys):
    images, _ = folders
    arguments = ["segment", str(images / "a.nii.gz"), "-o", str(tmp_path / "mask.nii.gz")]
    assert cli.run([*arguments, "--structure", "spleen", "--exact"]) == 1
    assert "is no MONAI bundle" in capsys.readouterr().err
    assert not (tmp_path / "mask.nii.gz").exists()
