"""The bench of faults kills the engine process and measures how soon the answer comes."""

import json

from app.commands.bench_faults import bench_faults


def test_a_killed_engine_process_answers_all_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    file = tmp_path / "faults.json"

    bench_faults(None, 2, file)

    report = json.loads(file.read_text("utf-8"))
    assert report["kills"] == report["restarts"] == 2
    assert report["largest_logit_difference"] < 0.1
    assert 0 < report["kill_to_answer_ms"]["p50"] <= report["kill_to_answer_ms"]["max"]
    assert "kill_to_answer_ms" in capsys.readouterr().out
