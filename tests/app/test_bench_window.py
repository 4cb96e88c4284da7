"""The benches of the window: on a small CT they measure all that they say."""

import json

import pytest

from app.commands import bench_window, large_case
from app.gui.window_script import TICK_MS

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def _small(qapp, monkeypatch, tmp_path):
    assert qapp
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(large_case, "SHAPE", (60, 80, 80))
    monkeypatch.setattr(large_case, "SPACING_MM", (6.0, 4.5, 4.5))
    monkeypatch.setattr(large_case, "COARSE_STEPS", (1, 1, 1))
    monkeypatch.setattr(large_case, "write_large_case_elsewhere", large_case.write_large_case)


def test_scrolling_is_timed_in_each_plane_and_with_slabs(tmp_path):
    report_file = tmp_path / "scroll.json"
    bench_window.bench_scroll(3, report_file)

    report = json.loads(report_file.read_text("utf-8"))
    planes = {"axial", "coronal", "sagittal"}
    assert set(report["scroll_ms"]) == planes | {f"{plane} slab" for plane in planes}
    for times in report["scroll_ms"].values():
        assert times["count"] == 3
        assert 0 < times["p50"] <= times["p95"] <= times["max"]


def test_opening_says_seconds_stalls_and_memory(tmp_path):
    report_file = tmp_path / "open.json"
    bench_window.bench_open(None, report_file)

    report = json.loads(report_file.read_text("utf-8"))
    assert report["seconds"]["open"] > 0
    assert report["seconds"]["labels"] > 0
    for phase, late_ms in report["late_ms"].items():
        assert late_ms["ticks"] == report["busy_ms"][phase]["ticks"] > 0
        assert report["busy_ms"][phase]["max"] > 0
    assert 0 < report["memory_mb"]["ready"]["own"] <= report["memory_mb"]["ready"]["peak"]


def test_a_loop_that_stands_still_is_seen():
    stalls = bench_window.stalls({"clicks": [0.0] * 98 + [60.0, 400.0]})

    assert stalls["clicks"]["p50"] == 0
    assert stalls["clicks"]["max"] == 400
    assert stalls["clicks"]["over_50_ms"] == 2
    assert TICK_MS < bench_window.STALL_MS
