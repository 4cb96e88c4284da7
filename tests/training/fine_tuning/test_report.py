"""The report beside a candidate, for people and for scripts."""

import json
from types import SimpleNamespace

from training.fine_tuning.report import read_decision, write_report
from training.jobs.job import EpochFigures
from training.promotion import Comparison, Measure, PromotionDecision, RecordedWork, Verdict

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
