import json
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

import resources
from app import cli
from app.commands.evaluate import parse_click_counts
from app.evaluation import label_values_for, target_mask, with_single_view
from app.headless_job import ImpossibleRequestError
from imaging.errors import EngineError, WrongCallError
from imaging.phantom import Phantom
from imaging.sample_dataset import DATASET_NAME, write_sample_dataset
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_label_file, write_volume_file
from inference.automatic import AutomaticSegmenter
from inference.model_package import load_package
from inference.preprocessing import prepare_volume
from training.evaluation.cases import EvaluationData


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
    assert report["data"] == tmp_path.name
    assert summary["seconds_per_click"] == pytest.approx(0.05)
    output = capsys.readouterr()
    assert "lonely.nii.gz has no label file" in output.err
    assert "spleen, 2 cases, exact user" in output.out
    assert "spleen, 2 cases, jittered user" in output.out


@pytest.fixture
def measure(folders, tmp_path):
    """Run the command with more arguments; returns its report."""

    def run(*more, labels=folders[1]):
        report_file = tmp_path / "report.json"
        arguments = ["evaluate", "--images", str(folders[0]), "--labels", str(labels)]
        arguments += ["--clicks", "0,2", "--json", str(report_file), *more]
        assert cli.run(arguments) == 0
        return json.loads(report_file.read_text(encoding="utf-8"))

    return run


@pytest.mark.usefixtures("_fakes")
def test_one_user_alone_is_measured_where_asked_for(measure):
    report = measure("--structure", "spleen", "--user", "exact")
    assert report["summary"]["spleen"]["user"] == "exact"
    assert "jittered" not in report["summary"]["spleen"]


@pytest.mark.usefixtures("_fakes")
def test_curve_and_pictures_are_drawn_where_asked_for(measure, tmp_path):
    pictures = tmp_path / "pictures"
    measure("--structure", "spleen", "--plot", str(tmp_path / "c.svg"), "--pictures", str(pictures))
    assert "<svg" in (tmp_path / "c.svg").read_text(encoding="utf-8")
    assert [file.name for file in pictures.iterdir()] == ["spleen.png"]


@pytest.mark.usefixtures("_fakes")
def test_a_plot_of_unknown_format_is_refused_before_the_work(folders, predictor, capsys):
    images, labels = folders
    arguments = ["evaluate", "--images", str(images), "--labels", str(labels)]
    arguments += ["--structure", "spleen", "--plot", "curve.jpg"]
    assert cli.run(arguments) == cli.EXIT_FAILED
    assert "curve.jpg is not .png or .svg" in capsys.readouterr().err
    assert not predictor.is_prepared


class BlankEngine:
    """Finds nothing, and counts how often it is asked."""

    name = device = "blank"

    def __init__(self, *_):
        self.shapes = []

    def run(self, inputs, _is_cancelled=None):
        self.shapes.append(inputs.shape)
        return np.zeros((1, 2, *inputs.shape[2:]), np.float32)


def test_with_a_single_view_the_automatic_network_looks_once(volume):
    package = load_package(resources.path("models/abdomen_click_small"))
    looks = []
    for one in (package, with_single_view(package)):
        engine = BlankEngine()
        small = replace(one.automatic, size=16)
        prepared = prepare_volume(volume)
        AutomaticSegmenter(small, engine).probability(prepared, "spleen", ignore, lambda: False)
        looks.append(len(engine.shapes))
    assert looks[0] > looks[1] == 1


def ignore(_share, _what):
    """Nobody watches."""


@pytest.mark.usefixtures("_fakes")
def test_the_jittered_user_repeats_itself_for_a_seed(measure):
    reports = [measure("--structure", "spleen", "--seed", seed) for seed in ("0", "0", "1")]
    first, again, other = (report["cases"][0]["jittered"]["dice"] for report in reports)
    assert first == again != other


@pytest.mark.usefixtures("_fakes")
def test_several_structures_are_measured_in_one_go(measure):
    structures = ("--structure", "spleen", "--structure", "pancreas")
    report = measure(*structures, "--label-value", "7", "--label-value", "7")
    assert list(report["summary"]) == ["spleen", "pancreas"]
    assert report["summary"]["spleen"]["dice"]["0"]["mean"] > 0
    # The fake model finds no pancreas without clicks, so there is no distance yet.
    pancreas = report["summary"]["pancreas"]
    assert pancreas["dice"]["0"] == {"mean": 0, "median": 0, "min": 0}
    assert pancreas["hd95_mm"]["0"] == {
        "mean": None, "median": None, "max": None, "empty_masks": 2,
    }  # fmt: skip


@pytest.mark.usefixtures("_fakes")
def test_a_case_that_cannot_be_measured_is_left_out_with_the_reason(
    measure, folders, volume, capsys
):
    images, labels = folders
    (images / "broken.nii.gz").write_bytes(b"no CT")
    (labels / "broken.nii.gz").write_bytes(b"no labels")
    other = np.zeros(volume.geometry.shape, np.uint8)
    other[1, 1, 1], other[1, 1, 2] = 5, 6
    write_label_file(labels / "b.nii.gz", other, volume.geometry)

    report = measure("--structure", "spleen")
    assert [case["case"] for case in report["cases"]] == ["a"]
    assert [one["case"] for one in report["left_out"]] == ["b", "broken"]
    assert "values are: 5, 6" in report["left_out"][0]["reason"]
    output = capsys.readouterr()
    assert "Warning: b, spleen is left out." in output.err
    assert "2 measurement(s) left out" in output.out


@pytest.mark.usefixtures("_fakes")
def test_a_model_that_takes_no_clicks_is_measured_without(measure, fake_model, monkeypatch, capsys):
    silent = replace(fake_model, takes_clicks=False)
    monkeypatch.setattr("app.commands.evaluate.model_store", lambda: FakeStore(silent))
    report = measure("--structure", "spleen")
    assert set(report["summary"]["spleen"]["dice"]) == {"0"}
    assert "jittered" not in report["summary"]["spleen"]
    assert "takes no clicks; only its automatic masks are measured" in capsys.readouterr().err


@pytest.mark.usefixtures("_fakes")
def test_a_model_is_found_by_its_folder_as_well(measure):
    folder = resources.path("models/abdomen_click_small")
    report = measure("--structure", "spleen", "--model", str(folder))
    assert report["model"] == "abdomen_click_small"


@pytest.mark.usefixtures("_fakes")
def test_an_engine_that_fails_in_one_case_loses_no_other(measure, predictor):
    calls = count()

    def fail_at_the_second_case():
        if next(calls):
            raise EngineError("The network could not be run. Free some memory.")

    predictor.while_segmenting = fail_at_the_second_case
    report = measure("--structure", "spleen")
    assert [case["case"] for case in report["cases"]] == ["a"]
    assert report["left_out"][0]["reason"].startswith("The network could not be run.")


@pytest.mark.usefixtures("_fakes")
def test_what_was_measured_is_written_before_the_next_case(folders, predictor, tmp_path):
    calls = count()

    def be_interrupted_at_the_second_case():
        if next(calls):
            raise KeyboardInterrupt

    predictor.while_segmenting = be_interrupted_at_the_second_case
    images, labels = folders
    arguments = ["evaluate", "--images", str(images), "--labels", str(labels), "--clicks", "0"]
    arguments += ["--structure", "spleen", "--json", str(tmp_path / "report.json")]
    assert cli.run(arguments) == cli.EXIT_CANCELLED
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [case["case"] for case in report["cases"]] == ["a"]


@pytest.mark.usefixtures("_fakes")
def test_if_nothing_can_be_measured_the_command_fails_with_the_first_reason(folders, capsys):
    images, labels = folders
    arguments = ["evaluate", "--images", str(images), "--labels", str(labels)]
    arguments += ["--structure", "spleen", "--label-value", "9"]
    assert cli.run(arguments) == cli.EXIT_FAILED
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("maskwright: Nothing could be measured. a.nii.gz has no voxel")


SILENT = EvaluationData("data", ())
TOLD = EvaluationData("Task07", (), label_names={1: "Pancreas", 2: "cancer"})


@pytest.mark.parametrize(
    ("names", "given", "data", "expected"),
    [
        (["spleen"], [], SILENT, (None,)),
        (["spleen", "pancreas"], [], SILENT, (1, 2)),
        (["spleen", "pancreas"], [3, 4], SILENT, (3, 4)),
        (["pancreas"], [], TOLD, (1,)),
        (["pancreas"], [2], TOLD, (2,)),
        (["spleen"], [], TOLD, (None,)),
    ],
)
def test_a_label_value_is_the_given_one_or_what_the_data_say(names, given, data, expected):
    structures = [structure_by_name(name) for name in names]
    assert label_values_for(structures, given, data) == expected


def test_label_values_that_do_not_match_the_structures_are_refused():
    structures = [structure_by_name("spleen"), structure_by_name("pancreas")]
    with pytest.raises(ImpossibleRequestError, match="2 structures and 1 label values"):
        label_values_for(structures, [3], SILENT)


@pytest.mark.usefixtures("_fakes")
def test_a_data_set_of_our_own_making_is_measured_by_its_folder(tmp_path, volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[2:9, 2:8, 2:8] = 1
    write_sample_dataset(
        tmp_path / "set", seed=5, count=2, make_case=lambda _: Phantom(volume, labels, labels, None)
    )
    report_file = tmp_path / "report.json"
    arguments = ["evaluate", "--data", str(tmp_path / "set"), "--structure", "spleen"]

    assert cli.run([*arguments, "--clicks", "0", "--json", str(report_file)]) == 0
    report = json.loads(report_file.read_text(encoding="utf-8"))
    assert report["data"] == DATASET_NAME
    assert [case["case"] for case in report["cases"]] == ["phantom_000", "phantom_001"]


@pytest.mark.parametrize("given", [[], ["--images", "a"], ["--labels", "a", "--data", "b"]])
def test_cases_that_are_named_by_halves_or_twice_are_refused(given, capsys):
    assert cli.run(["evaluate", "--structure", "spleen", *given]) == cli.EXIT_USAGE
    assert "Name the cases by --images and --labels" in capsys.readouterr().err


def test_numbers_of_clicks_are_sorted_and_unique():
    assert parse_click_counts("10, 0,3,3") == (0, 3, 10)


@pytest.mark.parametrize("text", ["", "a", "1,-2", "0,5000", "1.5"])
def test_what_is_no_list_of_clicks_is_refused(text):
    with pytest.raises(WrongCallError, match="--clicks takes numbers"):
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
