import json
from dataclasses import replace

import pytest

from training.evaluation.report import EvaluationReport
from training.evaluation.result_file import ResultFileError
from training.evaluation.simulated_user import User
from training.evaluation.stored_report import joined_report, read_report


def test_a_report_comes_back_as_it_was_written(report, tmp_path):
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report.as_json()), encoding="utf-8")
    again = read_report(file)
    assert again.as_json() == report.as_json()
    assert again.as_text() == report.as_text()


def parts_of(report):
    """The same report in two, one case each."""
    cases = [replace(report, data=name, results=()) for name in "ab"]
    return [
        replace(one, results=tuple(r for r in report.results if r.case == one.data))
        for one in cases
    ]


def test_joined_reports_are_what_measuring_together_gives(report):
    joined = joined_report(parts_of(report), report.data)
    assert joined.as_json() == report.as_json()


def test_a_joined_report_has_intervals_that_its_parts_have_not(report):
    part = parts_of(report)[0].as_json()
    joined = joined_report(parts_of(report), "leave-one-out").as_json()
    assert part["summary"]["spleen"]["confidence"]["dice"]["2"] is None
    assert joined["summary"]["spleen"]["confidence"]["dice"]["2"] == [0.8, 0.95]
    assert joined["data"] == "leave-one-out"


@pytest.mark.parametrize(
    "difference",
    [{"model": "another"}, {"model_version": "9.0.0"}, {"click_counts": (0, 1)}],
)
def test_reports_of_unlike_models_or_clicks_are_refused(difference, report):
    first, second = parts_of(report)
    with pytest.raises(ResultFileError, match=f"differ in {next(iter(difference))}"):
        joined_report([first, replace(second, **difference)], "x")


def test_a_case_that_is_there_twice_is_refused(report):
    with pytest.raises(ResultFileError, match="The spleen of a is in two of the reports"):
        joined_report([report, report], "x")


def test_a_report_without_cases_is_refused(tmp_path):
    empty = EvaluationReport("m", "1.0", "e", "bench", (), (0,))
    file = tmp_path / "empty.json"
    file.write_text(json.dumps(empty.as_json()), encoding="utf-8")
    with pytest.raises(ResultFileError, match="has no cases"):
        read_report(file)


def test_a_single_user_comes_back_as_that_user(result, tmp_path):
    alone = (result("a", (0.5, 0.9), user=User.JITTERED),)
    file = tmp_path / "report.json"
    report = EvaluationReport("m", "1.0", "e", "bench", alone, (0, 1), is_single_view=True)
    file.write_text(json.dumps(report.as_json()), encoding="utf-8")
    again = read_report(file)
    assert again.results[0].user is User.JITTERED
    assert again.is_single_view
