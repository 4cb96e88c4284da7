"""The window does the whole job by itself: what is shown and written is what a user would get."""

import json

import pytest
from PySide6.QtGui import QImage

from app.gui import window_trial
from app.gui.window_trial import MASK, REPORT, WindowTrial
from imaging.errors import UnreadableFileError

pytestmark = pytest.mark.gui

LIMIT_MS = 60_000


@pytest.fixture(autouse=True)
def _nothing_is_slow_here(monkeypatch):
    monkeypatch.setattr(window_trial, "QUIET_LOOKS", 2)


def rehearse(desk, qtbot, out):
    """Run the trial to its end; returns its report."""
    trial = WindowTrial(desk.window, desk.logic, 0.0, out)
    trial.start()
    desk.logic.files.open_path(out.with_name("ct.nii.gz"))

    def ended():
        desk.executor.run_all()
        return not desk.window.isVisible()

    qtbot.waitUntil(ended, timeout=LIMIT_MS)
    return json.loads((out / REPORT).read_text(encoding="utf-8"))


def test_the_whole_job_is_done_and_kept_in_pictures(desk, qtbot, tmp_path, files):
    report = rehearse(desk, qtbot, tmp_path / "out")

    assert "failed" not in report
    assert report["clicks"] == 2
    assert [path.name for path, *_ in files.written] == [MASK]
    for name in ("opened", "segmented", "click-1", "click-2", "saved"):
        assert not QImage(str(tmp_path / "out" / f"window-{name}.png")).isNull()
        assert f"{name.replace('-', '_')}_after_s" in report


def test_what_fails_is_said_and_ends_it(desk, qtbot, tmp_path, files):
    files.error = UnreadableFileError("The CT is damaged.")

    report = rehearse(desk, qtbot, tmp_path / "out")

    assert report["failed"] == "The CT is damaged."
    assert (tmp_path / "out" / "window-failed.png").is_file()
