"""The bench of the start measures a real start, and says when there was none."""

import json
import sys

import pytest

from app.commands import bench_start as module
from imaging.errors import MaskwrightError

pytestmark = pytest.mark.gui


def test_each_start_is_measured_until_the_window_is_seen(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("DISPLAY", raising=False)
    file = tmp_path / "start.json"

    module.bench_start(1, file)

    report = json.loads(file.read_text("utf-8"))
    assert report["first_s"] == report["best_s"] == report["median_s"] > 0
    assert report["best_processor_s"] > 0
    assert "From the command to the window, 1 starts on no screen" in capsys.readouterr().out


def test_a_window_that_does_not_start_is_said(monkeypatch):
    monkeypatch.setattr(
        module, "own_program", lambda: [sys.executable, "-c", "raise SystemExit(3)"]
    )
    with pytest.raises(MaskwrightError, match=r"did not start.*maskwright doctor"):
        module.bench_start(1, None)
