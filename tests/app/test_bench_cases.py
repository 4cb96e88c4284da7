"""The bench of a large project: on a small one it measures all that it says."""

import json

from app.commands import bench_cases as module
from imaging.phantom import make_phantom


def test_the_list_of_a_project_is_timed_without_a_window(tmp_path, monkeypatch, capsys):
    ct = make_phantom(0, shape=(8, 20, 20)).volume
    monkeypatch.setattr(module, "volume_to_measure", lambda: ct)
    monkeypatch.setattr(module, "has_display", lambda: False)
    report_file = tmp_path / "cases.json"

    module.bench_cases(7, report_file)

    report = json.loads(report_file.read_text("utf-8"))
    assert report["cases"] == 7
    assert report["ct_shape"] == [8, 20, 20]
    for key in ("open_and_list_ms", "list_ms", "search_ms", "list_mb"):
        assert report[key] >= 0
    assert "the window is not timed" in capsys.readouterr().err
