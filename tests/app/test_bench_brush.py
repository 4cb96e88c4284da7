"""The bench of the hand tools: on a small CT it measures all that it says."""

import json

import pytest

from app.commands import bench_brush as module
from app.commands import large_case
from app.controllers.refinements import REFINEMENTS

pytestmark = pytest.mark.gui


def test_the_bench_measures_strokes_undo_memory_and_every_tool(qapp, tmp_path, monkeypatch):
    assert qapp
    monkeypatch.setattr(large_case, "SHAPE", (60, 80, 80))
    monkeypatch.setattr(large_case, "SPACING_MM", (6.0, 4.5, 4.5))
    monkeypatch.setattr(large_case, "COARSE_STEPS", (1, 1, 1))
    monkeypatch.setattr(module, "REMEMBERED_STROKES", 5)
    monkeypatch.setattr(module, "TURNS", 1)
    report_file = tmp_path / "brush.json"

    module.bench_brush(2, report_file)

    report = json.loads(report_file.read_text("utf-8"))
    assert report["structures"] == 10
    for key in ("disc_stroke_ms", "ball_stroke_ms", "disc_release_ms", "ball_undo_ms"):
        assert 0 < report[key]["p50"] <= report[key]["p95"] <= report[key]["max"]
    assert 0 < report["history_mb_of_500_strokes"] < 1
    assert set(report["tools_ms"]) == {r.key for r in REFINEMENTS}
    grow = report["tools_ms"]["grow"]
    assert set(grow) == {"here", "SimpleITK SignedMaurerDistanceMap", "cpu_ratio", "undo"}
    assert all(entry["here"] >= 0 for entry in report["tools_ms"].values())
