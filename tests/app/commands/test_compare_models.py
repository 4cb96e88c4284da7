"""`models compare` without running networks: what is measured comes from the test."""

import json
import shutil

import pytest

import resources
from app import cli
from app.commands import compare_models
from app.paths import AppPaths
from imaging.errors import UnreadableFileError
from inference.model_package import load_package
from inference.model_versions import ModelVersions
from training.cases.project import Project
from training.cases.records import Split
from training.fine_tuning.measuring import CasePair
from training.fine_tuning.plan import PlannedCase
from training.promotion import Figures

MODEL = "abdomen_click_small"


@pytest.fixture(autouse=True)
def promoted(tmp_path, monkeypatch):
    """A second version of the shipped model, 9.9.9, which is not active."""
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    shutil.copytree(resources.path(f"models/{MODEL}"), tmp_path / "newer")
    manifest = json.loads((tmp_path / "newer" / "manifest.json").read_text())
    (tmp_path / "newer" / "manifest.json").write_text(json.dumps(manifest | {"version": "9.9.9"}))
    ModelVersions(AppPaths.of_user().model_versions).add(load_package(tmp_path / "newer"))
    return tmp_path / "newer"


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A project with three held-out patients; the last one's CT cannot be read."""
    Project.create(tmp_path / "study").close()
    cases = tuple(PlannedCase(n, n, f"P{n}", Split.HOLD_OUT, ("spleen",)) for n in (1, 2, 3))

    class Version:
        chain_hash = "0" * 64

    def measure(_make, _key, first, second, _seed, _folder, _is_cancelled):
        number = len(asked) + 1
        asked.append((first.version, second.version))
        if number == 3:
            raise UnreadableFileError("The CT is gone.")
        values = [
            Figures(0.7, {1: dice, 3: dice}, dice, 0.1, clicks)
            for dice, clicks in ((0.8, 3.0), (0.8 + number / 100, 2.0))
        ]
        return (CasePair(f"P{number}", "spleen", *values, False, (4.0, 2.0)),)

    asked = []
    monkeypatch.setattr(compare_models, "held_out_cases", lambda _project: cases)
    monkeypatch.setattr(compare_models, "measure_case", measure)
    monkeypatch.setattr("training.cases.label_versions.LabelVersions.get", lambda *_: Version)
    return tmp_path / "study", asked


def test_two_versions_are_compared_patient_by_patient(study, capsys):
    folder, asked = study
    command = ["models", "compare", MODEL, f"{MODEL}@9.9.9", "--project", str(folder)]
    assert cli.run(command) == 0
    said = capsys.readouterr()
    assert "differences are B minus A" in said.out
    assert "+0.015 (" in said.out
    assert "Of the recorded clicks" in said.out
    assert "The CT is gone." in said.err
    shipped = load_package(resources.path(f"models/{MODEL}")).version
    assert set(asked) == {(shipped, "9.9.9")}


def test_the_comparison_as_json(study, promoted, capsys):
    folder, _asked = study
    command = ["models", "compare", MODEL, str(promoted), "--project", str(folder), "--json"]
    assert cli.run(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["b"], found["patients"]) == ({"id": MODEL, "version": "9.9.9"}, 2)
    assert found["clicks_to_good"] == {"spleen": {"a": 3.0, "b": 2.0}}
    assert found["recorded_clicks"] == [{"structure": "spleen", "cases": 2, "a": 4.0, "b": 2.0}]
    line = next(one for one in found["comparisons"] if one["measure"] == "mean Dice after clicks")
    assert (line["patients"], round(line["difference"], 3)) == (2, 0.015)


def test_what_cannot_be_compared_is_a_sentence(study, capsys):
    folder, asked = study
    for first, second, sentence in (
        (MODEL, MODEL, "compared with itself"),
        (MODEL, f"{MODEL}@1.2.3", "There is no version '1.2.3'"),
        ("nobody", MODEL, "no model 'nobody'"),
    ):
        assert cli.run(["models", "compare", first, second, "--project", str(folder)]) == 1
        assert sentence in capsys.readouterr().err
    assert not asked
