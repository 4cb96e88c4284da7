"""The report beside a candidate, for people and for scripts."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from imaging.errors import MaskwrightError
from imaging.volume import Volume
from training.fine_tuning import report_pictures
from training.fine_tuning.report import read_decision, write_report
from training.fine_tuning.report_pictures import (
    BEFORE,
    NOW,
    ShownPatient,
    load_slice,
    save_slice,
    slice_file,
)
from training.jobs.job import EpochFigures
from training.promotion import (
    Comparison,
    Figures,
    Measure,
    PatientPair,
    PromotionDecision,
    RecordedWork,
    Verdict,
)

LINE = Comparison("spleen", Measure.CLICKS, 6, 0.85, 0.91, 0.06, 0.03, 0.08, "P1", 0.03)
ACTIVE = SimpleNamespace(id="bench", version="1.0.0")
CANDIDATE = SimpleNamespace(id="bench", version="1.0.1")
EPOCHS = [EpochFigures(1, 0.8, {"spleen": 0.7})]


def test_a_report_has_the_sites_own_clicks_and_is_read_back_as_it_was(tmp_path):
    work = (RecordedWork("spleen", 6, 4.6, 2.1),)
    decision = PromotionDecision(Verdict.PROMOTE, "It is <better>.", (LINE,), recorded=work)
    write_report(tmp_path, CANDIDATE, ACTIVE, decision, EPOCHS)
    page = (tmp_path / "report.html").read_text()
    assert "<h2>Your own clicks</h2>" in page
    assert "<td>4.6</td><td>2.1</td>" in page
    assert "It is &lt;better&gt;." in page
    assert read_decision(tmp_path) == decision
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["decision"]["recorded"][0]["candidate"] == 2.1
    assert (report["active_version"], report["candidate_version"]) == ("1.0.0", "1.0.1")


def test_without_recorded_clicks_nothing_is_said_about_them(tmp_path):
    write_report(tmp_path, CANDIDATE, ACTIVE, PromotionDecision(Verdict.REFUSE, "No."), EPOCHS)
    assert "Your own clicks" not in (tmp_path / "report.html").read_text()


def test_a_report_of_an_earlier_program_can_be_read(tmp_path):
    old = {"decision": {"verdict": "refuse", "sentence": "No.", "comparisons": []}}
    (tmp_path / "report.json").write_text(json.dumps(old))
    assert read_decision(tmp_path) == PromotionDecision(Verdict.REFUSE, "No.")


BETTER = PromotionDecision(Verdict.PROMOTE, "It is better.", (LINE,))
PAIR = PatientPair(
    "P1",
    "spleen",
    Figures(0.5, {1: 0.6, 3: 0.7}, 0.7, 0.0, 6.0),
    Figures(0.5, {1: 0.8, 3: 0.9}, 0.9, 0.0, 3.0),
)


@pytest.fixture
def shown(tmp_path, oblique_geometry):
    """The kept slice of a patient on an oblique grid, better now than before."""
    target = np.zeros(oblique_geometry.shape, bool)
    target[1:3, 1:3, 1:3] = True
    before = target.copy()
    before[2] = False
    volume = Volume(np.zeros(oblique_geometry.shape, np.int16), oblique_geometry, name="x")
    file = slice_file(tmp_path, "case-1-1", "left kidney")
    save_slice(file, volume, target, [before, target])
    return ShownPatient("P1", "spleen", file)


def test_a_slice_comes_back_with_both_masks_and_their_dice(shown):
    picture = load_slice(shown.file, "P1")
    assert picture.dice[BEFORE] == pytest.approx(2 / 3)
    assert picture.dice[NOW] == 1.0
    assert picture.masks[NOW].shape == picture.hu.shape
    assert np.array_equal(picture.masks[NOW], picture.truth)


def test_a_report_shows_epochs_clicks_and_slices(tmp_path, shown):
    pytest.importorskip("matplotlib")
    epochs = [*EPOCHS, EpochFigures(2, 0.6, {"spleen": 0.8})]
    lost = replace(shown, file=tmp_path / "measured before slices were kept.npz")
    write_report(tmp_path, CANDIDATE, ACTIVE, BETTER, epochs, [PAIR], [shown, lost])
    page = (tmp_path / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 3
    assert "What it looks like" in page


def test_a_report_without_anything_to_draw_has_no_pictures(tmp_path):
    write_report(tmp_path, CANDIDATE, ACTIVE, BETTER, EPOCHS)
    assert "data:image" not in (tmp_path / "report.html").read_text()


def test_without_matplotlib_the_report_says_what_is_missing(tmp_path, monkeypatch):
    def missing(*_size):
        raise MaskwrightError("Figures need matplotlib.")

    monkeypatch.setattr(report_pictures, "new_figure", missing)
    write_report(tmp_path, CANDIDATE, ACTIVE, BETTER, EPOCHS, [PAIR])
    page = (tmp_path / "report.html").read_text()
    assert "Figures need matplotlib." in page
