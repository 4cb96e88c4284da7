import json
import subprocess
import sys

import nibabel
import numpy as np
import pytest

from app import cli
from app.headless_job import ImpossibleRequestError
from imaging.click_file import write_clicks
from imaging.errors import CancelledError
from imaging.writers.volume_file import write_volume_file


class FakeStore:
    def __init__(self, model):
        self.model = model

    def packages(self):
        return (self.model,)

    def faults(self):
        return ()

    def find(self, model_id):
        assert model_id in (None, self.model.id)
        return self.model


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def _fakes(fake_model, predictor, monkeypatch):
    for module in ("commands.segment", "commands.doctor", "commands.models"):
        monkeypatch.setattr(f"app.{module}.model_store", lambda *_: FakeStore(fake_model))
    monkeypatch.setattr(
        "app.commands.segment.predictor_maker", lambda *_, **__: lambda _volume: predictor
    )


@pytest.fixture
def ct(volume, tmp_path):
    path = tmp_path / "ct.nii.gz"
    write_volume_file(path, volume)
    return path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["window"]),
        (["scan.nii.gz"], ["window", "scan.nii.gz"]),
        (["--sample"], ["window", "--sample"]),
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
        (["segment", "x"], ["segment", "x"]),
        (["models", "list"], ["models", "list"]),
        (["./segment"], ["window", "./segment"]),
    ],
)
def test_what_names_no_command_opens_the_window(arguments, expected):
    assert cli.with_default_command(arguments) == expected


@pytest.mark.parametrize(
    ("word", "advice"),
    [("segmnt", "Did you mean segment?"), ("cheese", "See: maskwright --help")],
)
def test_a_first_word_that_is_no_command_and_no_file_opens_no_window(word, advice, capsys):
    assert cli.run([word, "a", "b"]) == 2
    assert capsys.readouterr().err == (
        f"maskwright: There is no command and no file {word}. {advice}\n"
    )


def test_a_folder_may_be_called_as_a_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study").mkdir()
    assert cli.unknown_word(["study"]) == ""


def test_an_expected_failure_is_one_sentence_on_standard_error(capsys, tmp_path, monkeypatch):
    def fail(*_):
        raise ImpossibleRequestError("The scan is made of cheese. Choose another.")

    monkeypatch.setattr("app.commands.sample.write_samples", fail)

    assert cli.run(["sample", str(tmp_path)]) == cli.EXIT_FAILED
    output = capsys.readouterr()
    assert output.err == "maskwright: The scan is made of cheese. Choose another.\n"
    assert output.out == ""


def test_an_unexpected_failure_is_a_sentence_and_its_traceback_is_in_the_log(
    capsys, tmp_path, monkeypatch, home
):
    def fail(*_):
        raise ZeroDivisionError("nobody thought of it")

    monkeypatch.setattr("app.commands.sample.write_samples", fail)

    assert cli.run(["sample", str(tmp_path)]) == cli.EXIT_UNEXPECTED
    error = capsys.readouterr().err
    assert "ZeroDivisionError" in error
    assert "Traceback" not in error
    lines = (home / "logs" / "maskwright.jsonl").read_text(encoding="utf-8").splitlines()
    assert "nobody thought of it" in json.loads(lines[-1])["traceback"]


def test_cancelling_has_its_own_exit_code(tmp_path, monkeypatch):
    def cancel(*_):
        raise CancelledError("Cancelled.")

    monkeypatch.setattr("app.commands.sample.write_samples", cancel)

    assert cli.run(["sample", str(tmp_path)]) == cli.EXIT_CANCELLED


def test_an_unknown_option_is_a_usage_error(capsys):
    assert cli.run(["segment", "--nonsense"]) == 2
    assert "No such option" in capsys.readouterr().err


@pytest.mark.usefixtures("_fakes")
def test_segment_writes_the_mask_on_the_cts_own_grid_and_reports(ct, tmp_path, capsys):
    out, report_file = tmp_path / "mask.nii.gz", tmp_path / "report.json"

    assert cli.run(["segment", str(ct), "-o", str(out), "--json", str(report_file)]) == 0

    mask, image = nibabel.load(out), nibabel.load(ct)
    assert np.allclose(mask.affine, image.affine, atol=1e-6)
    assert (np.asarray(mask.dataobj) == 1).sum() == 125
    report = json.loads(report_file.read_text(encoding="utf-8"))
    assert report["model"] == "fake"
    assert report["engine"] == "Fake engine"
    assert set(report["seconds"]) >= {"read", "prepare", "guidance", "network", "map_back", "write"}
    assert report["seconds"]["network"] == pytest.approx(0.25)
    assert report["volumes_ml"]["spleen"] == pytest.approx(125 * 3.0 * 0.9 * 0.7 / 1000, abs=1e-3)
    assert "spleen: 0.2 mL" in capsys.readouterr().out


@pytest.mark.usefixtures("_fakes")
def test_clicks_are_answered_one_by_one_after_the_automatic_result(
    ct, tmp_path, predictor, volume, click_at
):
    clicks_file, out = tmp_path / "clicks.json", tmp_path / "mask.nrrd"
    clicks = (click_at((10, 20, 30)), click_at((4, 4, 4), is_foreground=False))
    write_clicks(clicks_file, clicks, volume.geometry)
    arguments = ["segment", str(ct), "-o", str(out), "--structure", "spleen"]

    assert cli.run([*arguments, "--clicks", str(clicks_file)]) == 0
    assert [len(request.clicks) for request in predictor.requests] == [1, 2]
    assert predictor.requests[0].current_mask[4, 4, 4]
    assert predictor.requests[1].current_mask[10, 20, 30]


@pytest.mark.usefixtures("_fakes")
def test_a_structure_that_needs_clicks_and_has_none_is_one_sentence(ct, tmp_path, capsys):
    out = tmp_path / "mask.nii.gz"
    arguments = ["segment", str(ct), "-o", str(out), "--structure", "pancreas"]

    assert cli.run(arguments) == cli.EXIT_FAILED
    assert "cannot find the pancreas without clicks" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.usefixtures("_fakes")
@pytest.mark.parametrize(("name", "code"), [("liver", 1), ("tooth", 2)])
def test_a_structure_that_cannot_be_segmented_is_one_sentence(name, code, ct, tmp_path, capsys):
    arguments = ["segment", str(ct), "-o", str(tmp_path / "m.nii.gz"), "--structure", name]

    assert cli.run(arguments) == code
    assert name in capsys.readouterr().err


@pytest.mark.usefixtures("_fakes")
@pytest.mark.parametrize("name", ["mask.png", "nowhere/mask.nii.gz"])
def test_an_impossible_target_is_refused_before_the_work(name, ct, tmp_path, predictor, capsys):
    assert cli.run(["segment", str(ct), "-o", str(tmp_path / name)]) == cli.EXIT_FAILED
    assert "names no format" in (error := capsys.readouterr().err) or "no folder" in error
    assert not predictor.is_prepared


def test_an_engine_that_there_is_none_of_is_named_before_the_ct_is_read(tmp_path, capsys):
    arguments = ["segment", str(tmp_path / "none.nii"), "--structure", "spleen"]
    assert cli.run([*arguments, "-o", str(tmp_path / "m.nii"), "--engine", "abacus"]) == 1
    error = capsys.readouterr().err
    assert "There is no engine 'abacus'. Choose one of auto" in error
    assert "none.nii" not in error


@pytest.mark.usefixtures("_fakes")
def test_a_mask_never_takes_the_place_of_its_ct_nor_of_another(
    ct, tmp_path, predictor, ball_ct, capsys
):
    other = tmp_path / "other.nii.gz"
    write_volume_file(other, ball_ct)
    before = (ct.read_bytes(), other.read_bytes())

    assert cli.run(["segment", str(ct), "-o", str(ct)]) == cli.EXIT_FAILED
    assert "is the CT itself" in capsys.readouterr().err
    assert cli.run(["segment", str(ct), "-o", str(other)]) == cli.EXIT_FAILED
    assert "a CT has this name" in capsys.readouterr().err
    assert (ct.read_bytes(), other.read_bytes()) == before
    assert not predictor.is_prepared


@pytest.mark.usefixtures("_fakes")
def test_a_report_never_takes_the_place_of_the_ct_or_the_mask(ct, tmp_path, predictor, capsys):
    out, before = tmp_path / "mask.nii.gz", ct.read_bytes()

    for report in (ct, out):
        arguments = ["segment", str(ct), "-o", str(out), "--json", str(report)]
        assert cli.run(arguments) == cli.EXIT_FAILED
        assert "would take its place" in capsys.readouterr().err
    assert cli.run(["segment", str(ct), "-o", str(out), "--json", str(tmp_path)]) == cli.EXIT_FAILED
    assert "is a folder" in capsys.readouterr().err
    assert ct.read_bytes() == before
    assert not predictor.is_prepared


@pytest.mark.usefixtures("_fakes")
def test_a_series_of_a_file_that_has_none_is_a_wrong_call(ct, tmp_path, capsys):
    arguments = ["segment", str(ct), "-o", str(tmp_path / "mask.nii.gz"), "--series", "1.2.3"]

    assert cli.run(arguments) == cli.EXIT_USAGE
    assert "leave --series out" in capsys.readouterr().err


@pytest.mark.usefixtures("_fakes")
def test_a_missing_ct_is_one_sentence(tmp_path, capsys):
    arguments = ["segment", str(tmp_path / "no.nii.gz"), "-o", str(tmp_path / "m.nii.gz")]

    assert cli.run(arguments) == cli.EXIT_FAILED
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("_fakes")
def test_doctor_lists_models(capsys, monkeypatch):
    monkeypatch.setattr("app.doctor.networks_of", lambda _model: ())
    assert cli.run(["doctor", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)

    assert findings["engines"] == []
    assert findings["models"] == [{"id": "fake", "version": "1.0", "title": "Fake model"}]


@pytest.mark.usefixtures("_fakes")
def test_models_are_listed_with_what_they_can_do(capsys):
    assert cli.run(["models", "list"]) == 0
    output = capsys.readouterr().out

    assert "without clicks: spleen\n" in output
    assert "with clicks: spleen, pancreas\n" in output
    assert "spleen, mean Dice by clicks: 0.80 at 0, 0.91 at 5 (a bench, 2 cases)" in output


def test_the_window_without_a_display_is_one_sentence(monkeypatch, capsys):
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")

    assert cli.run(["scan.nii.gz"]) == cli.EXIT_FAILED
    assert "maskwright demo" in capsys.readouterr().err


def test_commands_without_a_window_load_no_qt():
    program = (
        "import sys, app.commands.segment, app.commands.demo, app.commands.doctor, "
        "app.commands.sample, app.commands.models, app.commands.evaluate; "
        "print([m for m in sys.modules if m.startswith(('PySide6', 'torch', 'monai'))])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "[]"


def test_help_loads_no_numpy():
    program = (
        "import sys, app.cli; app.cli.run(['--help']); print('numpy' in sys.modules, 'SimpleITK' "
        "in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip().endswith("False False")


@pytest.mark.usefixtures("_fakes")
def test_a_folder_with_several_series_says_how_to_choose_one(
    tmp_path, ball_ct, write_dicom_ct, capsys
):
    for number in (1, 2):
        write_dicom_ct(tmp_path / "ct" / str(number), ball_ct, SeriesInstanceUID=f"1.2.{number}")

    out = tmp_path / "mask.nii.gz"
    assert cli.run(["segment", str(tmp_path / "ct"), "-o", str(out)]) == cli.EXIT_FAILED
    sentence = capsys.readouterr().err
    assert "holds 2 CT series" in sentence
    assert "(1.2.2)" in sentence
    assert "--series UID" in sentence
    assert cli.run(["segment", str(tmp_path / "ct"), "-o", str(out), "--series", "1.2.2"]) == 0
