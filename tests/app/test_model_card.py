import json
import shutil

import pytest

import resources
from app import cli


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the shipped package's texts, with a stale card."""
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    folder = tmp_path / "copy"
    shipped = resources.path("models/abdomen_click_small")
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("*.onnx", "*.safetensors"))
    (folder / "README.md").write_text("stale", encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["measured"] = []
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_the_card_and_the_manifest_of_a_package_are_written_again(package, capsys):
    assert cli.run(["models", "card", str(package)]) == 0

    shipped = resources.path("models/abdomen_click_small")
    for name in ("README.md", "manifest.json"):
        expected = (shipped / name).read_text(encoding="utf-8")
        assert (package / name).read_text(encoding="utf-8") == expected
    assert "README.md of abdomen_click_small" in capsys.readouterr().out


def test_a_card_elsewhere_leaves_the_package_alone(package, tmp_path):
    results = next((package / "measured").glob("*.json"))
    out = tmp_path / "card.md"
    arguments = ["models", "card", str(package), "--results", str(results), "--out", str(out)]

    assert cli.run(arguments) == 0
    assert out.read_text(encoding="utf-8").startswith("# abdomen_click_small")
    assert (package / "README.md").read_text(encoding="utf-8") == "stale"
    assert json.loads((package / "manifest.json").read_text(encoding="utf-8"))["measured"] == []


@pytest.mark.usefixtures("package")
def test_a_model_that_is_not_there_is_one_sentence(capsys):
    assert cli.run(["models", "card", "nothing"]) == cli.EXIT_FAILED
    assert "There is no model 'nothing'" in capsys.readouterr().err


def test_results_that_are_not_there_are_one_sentence(package, capsys):
    arguments = ["models", "card", str(package), "--results", str(package / "no.json")]
    assert cli.run(arguments) == cli.EXIT_FAILED
    assert "no.json cannot be read" in capsys.readouterr().err
    assert (package / "README.md").read_text(encoding="utf-8") == "stale"


def test_reports_are_joined_and_drawn(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    figures = {"0": 0.5, "1": 0.9}
    for case in ("a", "b"):
        one = {
            "case": case, "structure": "spleen", "user": "exact", "dice_by_click": [0.5, 0.9],
            "nsd_2mm": figures, "hd95_mm": figures, "clicks_placed": 1, "harmful_clicks": 0,
            "seconds_per_click": 0.2,
        }  # fmt: skip
        report = {
            "model": "m", "model_version": "1.0", "engine": "e", "data": case, "seed": 0,
            "automatic_views": "all", "cases": [one],
        }  # fmt: skip
        (tmp_path / f"{case}.json").write_text(json.dumps(report), encoding="utf-8")
    out, plot = tmp_path / "out.json", tmp_path / "out.svg"
    files = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]

    assert cli.run(["models", "join", *files, "--json", str(out), "--plot", str(plot)]) == 0
    joined = json.loads(out.read_text(encoding="utf-8"))
    assert joined["summary"]["spleen"]["cases"] == 2
    assert plot.is_file()
    assert "spleen, 2 cases, exact user" in capsys.readouterr().out
