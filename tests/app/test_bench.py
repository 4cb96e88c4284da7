import json
from types import SimpleNamespace

import numpy as np
import pytest

from app import cli
from app.commands import bench
from imaging.phantom import make_phantom
from imaging.writers.volume_file import write_label_file, write_volume_file
from inference import open_session
from inference.messages import MaskProposal, StageSeconds

SHAPE = (24, 32, 40)


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


class AnsweringAtOnce:
    """Finds a block, and answers every click with it."""

    device_name, engine_name = "a device", "an engine"

    def prepare(self):
        return 0.0

    def segment(self, structure):
        block = tuple(slice(3, n - 3) for n in SHAPE)
        seconds = StageSeconds(guidance=0.001, network=0.01, map_back=0.001)
        return MaskProposal(structure, block, np.ones([n - 6 for n in SHAPE], bool), seconds)

    def respond(self, request):
        np.sort(np.random.default_rng(0).random(300_000))  # takes a few milliseconds
        return self.segment(request.structure)


@pytest.mark.parametrize("against", [None, "monai"])
def test_a_report_about_clicks_has_the_same_keys_with_and_without_monai(
    tmp_path, monkeypatch, against
):
    ct, report = tmp_path / "ct.nii", tmp_path / "click.json"
    write_volume_file(ct, make_phantom(0, shape=SHAPE, spacing_kji_mm=(3.0, 2.0, 2.0)).volume)
    monkeypatch.setattr(open_session, "open_session", lambda *_arguments: AnsweringAtOnce())
    compared = SimpleNamespace(monai_total_s=(8.0, 12.0), as_json=lambda: {"voxels": {}})
    monkeypatch.setattr(bench, "_against_monai", lambda *_arguments: compared)
    bench.bench_clicks(ct, None, 4, report, None, against)
    told = json.loads(report.read_text())
    assert tuple(told)[:10] == bench.CLICK_KEYS
    assert set(told) - set(bench.CLICK_KEYS) == {"details"} | ({"monai"} if against else set())
    assert told["ct_shape"] == list(SHAPE)
    assert set(told["click_ms"]) == set(told["network_ms"]) == {"p50", "p95"}
    assert told["details"]["clicks"] == 4
    assert told["monai_ms"] == ({"p50": 10000.0, "p95": 12000.0} if against else None)
    assert (told["ratio_to_monai"] or 0) == pytest.approx(
        10000 / told["click_ms"]["p50"] if against else 0, rel=0.2
    )


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
    windows = {"clicks": 0, "usual_dice": {"spleen": None}, "windows": [75, 53]}
    automatic.write_text(json.dumps({"monai": comparison(**windows)}))
    out = tmp_path / "parity.md"
    out.write_text("An old table\n\n## Remarks\n\nWhat I saw.\n")
    assert cli.run(["bench", "parity", str(click), str(automatic), "--out", str(out)]) == 0
    rows = [line for line in out.read_text().splitlines() if line.startswith("| spleen")]
    assert "| 1 of 6,000 | 0 | 0.9877 | - | 11.0 s | 2.0 s | 1.5 s | 7.3 x |" in rows[0]
    assert "| 1.00 s, 11.0 x | 0.3 of 2 |" in rows[0]
    assert "| - | 75, 53 | 11.0 s" in rows[1]
    assert "An old table" not in out.read_text()
    assert out.read_text().endswith("\n## Remarks\n\nWhat I saw.\n")
    assert "2 comparisons written" in capsys.readouterr().out


def test_bench_parity_says_where_monais_time_was_scaled(tmp_path):
    report, out = tmp_path / "automatic.json", tmp_path / "parity.md"
    unknown = dict.fromkeys(("exact_differing_voxels", "same_network_differing_voxels"))
    report.write_text(json.dumps({"monai": comparison(clicks=0, sampled=20, **unknown)}))
    assert cli.run(["bench", "parity", str(report), "--out", str(out)]) == 0
    assert (
        "| - | - | 0.9877 | - | 11.0 s, from 1 of 20 batches | 2.0 s | 1.5 s |" in out.read_text()
    )


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
