import json

import pytest

import resources
from imaging.errors import ModelError
from inference.model_package import load_package
from training.evaluation.result_file import ResultFileError
from training.model_card import (
    measured_in_manifest,
    measured_result,
    model_card,
    read_notes,
    stored_results,
)


def stored(package):
    notes = read_notes(package)
    files = stored_results(package, notes)
    return notes, [measured_result(file, package, notes, package.folder) for file in files]


@pytest.fixture
def card(bench_package):
    return model_card(bench_package, *stored(bench_package))


SHIPPED = sorted(file.parent.name for file in resources.path("models").glob("*/card.toml"))


def test_there_is_a_card_to_compare():
    assert "abdomen_click_small" in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_card_is_what_the_notes_and_the_measurements_say(name):
    package = load_package(resources.path(f"models/{name}"))
    notes, results = stored(package)
    assert results, "nothing was measured"
    committed = (package.folder / "README.md").read_text(encoding="utf-8")
    assert committed == model_card(package, notes, results), (
        f"the card is stale: maskwright models card {name}"
    )
    manifest = json.loads((package.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["measured"] == measured_in_manifest(results)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_picture_of_the_shipped_card_is_there(name):
    package = load_package(resources.path(f"models/{name}"))
    _, results = stored(package)
    for picture in (picture for one in results for picture in one.pictures):
        assert (package.folder / picture).is_file()


def test_a_card_holds_the_notes(card):
    for text in ("# bench 1.2.0", "Two networks.", "Trained on a bench.", "Seeds: 7", "Unseen."):
        assert text in card
    assert "| weights | a shelf | CC0 |" in card
    assert "- It breaks on Mondays." in card


def test_a_card_holds_every_figure_of_both_users(card):
    assert (
        "| clicks | Dice | 95 % interval | median | worst "
        "| NSD at 2 mm | median | worst | HD95 (mm) | median | worst |" in card
    )
    assert "| 2 | 0.875 | 0.800 to 0.950 | 0.875 | 0.800 (b) | 0.438 |" in card
    assert "| 0 | 0.000 | 0.000 to 0.000 | 0.000 | 0.000 (a) | 0.000 | 0.000 | 0.000 | - |" in card
    assert "| - | - | 2 empty |" in card
    assert card.count("**spleen, exact user**") == card.count("**pancreas, jittered user**") == 1
    assert "| spleen | exact | 2 | 2.0 (1 of 2 cases) | 25.0 % of 4 | 0.50 |" in card
    assert "| pancreas | exact | 2 | - (0 of 2 cases) |" in card


def test_a_card_begins_its_figures_with_all_data_in_one_table(card):
    head = (
        "| data | structure | cases | user | Dice at 0 | Dice at 1 | Dice at 2 | harmful clicks |"
    )
    row = "| spleens of Task09 | spleen | 2 | exact | 0.625 | 0.725 | 0.875 | 25.0 % |"
    assert card.index(head) < card.index(row) < card.index("### spleens of Task09")


def test_a_card_shows_the_pictures_beside_a_results_file_the_curve_first(card):
    curve = "![Dice against clicks](measured/task09/clicks.png)"
    slices = "![spleen, axial slices](measured/task09/spleen.png)"
    assert 0 < card.index(curve) < card.index(slices)
    assert "notes.txt" not in card


def test_a_card_elsewhere_has_no_links_that_break(bench_package, tmp_path):
    notes = read_notes(bench_package)
    (file,) = stored_results(bench_package, notes)
    assert not measured_result(file, bench_package, notes, tmp_path / "elsewhere").pictures


def test_a_second_structure_or_file_makes_a_second_entry_of_the_manifest(bench_package):
    _, results = stored(bench_package)
    first, second = measured_in_manifest(results)
    assert first == {
        "data": "spleens of Task09",
        "structure": "spleen",
        "cases": 2,
        "dice": {"0": 0.625, "1": 0.725, "2": 0.875},
    }
    assert second["structure"] == "pancreas"


def test_files_that_the_notes_do_not_name_come_last_under_their_own_name(bench_package):
    measured = bench_package.folder / "measured"
    text = (measured / "task09.json").read_text(encoding="utf-8")
    (measured / "another.json").write_text(text, encoding="utf-8")
    _, results = stored(bench_package)
    assert [one.title for one in results] == ["spleens of Task09", "Task09"]


def test_figures_of_another_version_are_refused(bench_package):
    file = bench_package.folder / "measured" / "task09.json"
    report = json.loads(file.read_text(encoding="utf-8")) | {"model_version": "1.1.0"}
    file.write_text(json.dumps(report), encoding="utf-8")
    with pytest.raises(ModelError, match=r"with bench 1\.1\.0, the card is that of bench 1\.2\.0"):
        stored(bench_package)


@pytest.mark.parametrize("text", ["no report", "{}", "[1]"])
def test_a_file_that_is_no_report_is_one_sentence(text, bench_package):
    file = bench_package.folder / "measured" / "task09.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ResultFileError, match=r"task09\.json is no report .* evaluate --json"):
        stored(bench_package)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("summary = 1", "card.toml of bench: summary: "),
        ("= 1", "card.toml of bench is no TOML file"),
        (None, "bench has no card.toml"),
    ],
)
def test_notes_that_are_wrong_are_one_sentence(text, sentence, bench_package):
    file = bench_package.folder / "card.toml"
    file.unlink()
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=sentence):
        read_notes(bench_package)
