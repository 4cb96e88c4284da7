import json

import numpy as np
import pytest

from training.evaluation.intervals import mean_interval
from training.evaluation.report import EvaluationReport, LeftOut
from training.evaluation.simulated_user import User
from training.evaluation.summary import Measure, summarise


@pytest.fixture
def report(result):
    """Two cases, an exact and a jittered user."""
    results = (
        result("a", (0.5, 0.85, 0.95)),
        result("a", (0.5, 0.75, 0.85), user=User.JITTERED),
        result("b", (0.7, 0.6, 0.8), harmful=1),
        result("b", (0.7, 0.65, 0.7), harmful=2, user=User.JITTERED),
    )
    left_out = (LeftOut("c", "spleen", "It is broken. Export it again."),)
    return EvaluationReport("m", "1.0", "e", "bench", results, (0, 2), left_out=left_out)


def test_the_report_has_the_documented_form(report):
    data = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert [case["case"] for case in data["cases"]] == ["a", "b"]
    first = data["cases"][0]
    assert first["dice"] == {"0": 0.5, "2": 0.95}
    assert first["nsd_2mm"] == {"0": 0.25, "2": 0.475}
    assert first["hd95_mm"] == {"0": 50.0, "2": 5.0}
    assert first["clicks_to_0.90"] == 2
    assert (first["user"], first["jittered"]["user"]) == ("exact", "jittered")
    assert first["jittered"]["dice"]["2"] == 0.85
    summary = data["summary"]["spleen"]
    assert summary["dice"]["2"] == {"mean": 0.875, "median": 0.875, "min": 0.8}
    assert summary["hd95_mm"]["2"] == {"mean": 12.5, "median": 12.5, "max": 20.0}
    assert summary["worst_case"]["dice"] == {"0": "a", "2": "b"}
    assert summary["worst_case"]["hd95_mm"] == {"0": "a", "2": "b"}
    low, high = summary["confidence"]["dice"]["2"]
    assert 0.8 <= low < 0.875 < high <= 0.95
    assert summary["clicks_to_0.90"] == 2
    assert summary["harmful_click_share"] == 0.25
    assert summary["jittered"]["harmful_click_share"] == 0.5
    assert data["left_out"][0]["reason"] == "It is broken. Export it again."


def test_the_table_names_the_worst_case_and_both_users(report):
    text = report.as_text()
    assert "spleen, 2 cases, exact user (clicks the middle of the largest error)" in text
    assert "spleen, 2 cases, jittered user" in text
    row = next(line for line in text.splitlines() if line.split()[:2] == ["2", "0.875"])
    assert row.split()[-3:] == ["0.875", "0.800", "b"]
    assert "harmful clicks 25.0% of 4" in text
    assert "2.0 clicks to a Dice of 0.90 (mean of the 1 of 2 that reach it)" in text
    assert "no case reaches a Dice of 0.90" in text
    assert "c, spleen: It is broken." in text


def test_all_rows_are_as_long_as_the_heads_that_they_stand_under(report):
    lines = report.as_text().splitlines()
    head = next(line for line in lines if "worst case" in line)
    rows = [line for line in lines if line.endswith((" a", " b"))]
    assert len(rows) == 12
    assert {line.rindex(" ") + 1 for line in rows} == {head.index("worst case")}


def test_one_user_alone_is_the_summary(result):
    report = EvaluationReport(
        "m", "1.0", "e", "bench", (result("a", (0.5,), user=User.JITTERED),), (0,)
    )
    data = report.as_json()
    assert data["summary"]["spleen"]["user"] == "jittered"
    assert data["cases"][0]["user"] == "jittered"


def test_an_empty_mask_is_the_worst_case_and_is_left_out_of_the_mean_distance(result):
    summary = summarise([result("a", (0.0, 0.9)), result("b", (0.8, 0.9))], (0, 1), seed=0)
    distance = summary.figures[Measure.HD95][0]
    assert distance.mean == pytest.approx(20)
    assert (distance.worst, distance.worst_case, distance.undefined) == (None, "a", 1)
    assert distance.interval is None
    assert summary.figures[Measure.DICE][0].mean == pytest.approx(0.4)


def test_an_interval_holds_the_mean_and_narrows_with_more_cases():
    few, many = [0.7, 0.9, 0.8, 0.95], [0.7, 0.9, 0.8, 0.95] * 9
    low, high = mean_interval(few, seed=0)
    assert low < 0.8375 < high
    more_low, more_high = mean_interval(many, seed=0)
    assert more_high - more_low < (high - low) / 2


def test_an_interval_is_reproducible_and_one_case_has_none():
    assert mean_interval([0.1, 0.5, 0.7], seed=3) == mean_interval([0.1, 0.5, 0.7], seed=3)
    assert mean_interval([0.5], seed=0) is None


def test_an_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    hits = 0
    for trial in range(100):
        low, high = mean_interval(rng.normal(0.8, 0.1, 30).tolist(), seed=trial)
        hits += low <= 0.8 <= high
    assert 85 <= hits <= 100
