"""The bench of corrections: every planted error is one, and every way mends it."""

import json

from app.commands import bench_correction as module


def test_every_planted_error_is_mended_by_every_way(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SPACING_KJI_MM", (6.0, 3.0, 3.0))
    report_file = tmp_path / "correction.json"

    module.bench_correction(report_file)

    rows = json.loads(report_file.read_text("utf-8"))["rows"]
    assert {(row["error"], row["tools"]) for row in rows} == {
        (error, way) for error in module._ERRORS for way in module._WAYS
    }
    for row in rows:
        assert row["dice_before"] < 0.97 < module.WANTED_DICE <= row["dice_after"] + 0.0005
        assert 0 < row["actions"] < module.MAX_ACTIONS
