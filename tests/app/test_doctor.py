import json
import socket
import sys

import pytest

import resources
from app import cli
from app.display import has_display
from app.doctor import engine_lines, installed_versions
from app.findings import EngineLine
from inference.engines.catalog import kind_ids

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="displays are named on Linux only")


@pytest.fixture(autouse=True)
def _no_wayland(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_without_a_named_display_there_is_none(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not has_display()


def test_a_display_that_nobody_serves_is_none(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":59")
    assert not has_display()


def test_a_display_that_answers_is_one(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind("\0/tmp/.X11-unix/X58")
        server.listen()
        monkeypatch.setenv("DISPLAY", ":58.0")

        assert has_display()


def test_another_computers_display_is_believed(monkeypatch):
    monkeypatch.setenv("DISPLAY", "reading-room:10.0")
    assert has_display()


def test_every_engine_is_listed_with_a_reason_and_the_best_one_first(tmp_path):
    network = resources.path("models/abdomen_click_small/clicks.onnx")
    lines = engine_lines(network, tmp_path)
    assert {line.name for line in lines} == set(kind_ids())
    assert all(line.reason for line in lines)
    best = lines[0]
    assert best.usable
    used = [line.milliseconds for line in lines if line.usable]
    assert best.milliseconds == min(used)
    assert all(line.dice >= 0.999 for line in lines if line.usable and line.name != "onnx-cpu")


def test_a_network_that_nothing_can_run_is_one_line_that_says_so(tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    (line,) = engine_lines(broken, tmp_path)
    assert not line.usable
    assert "cannot be loaded" in line.reason


def test_versions_name_what_is_installed_only():
    versions = installed_versions()

    assert versions["maskwright"]
    assert "tensorflow" not in versions


def test_scripts_find_every_engine_with_its_reason_and_time(tmp_path, monkeypatch, capsys):
    lines = (
        EngineLine("openvino", "OpenVINO", usable=True, reason="CPU: 75 ms", milliseconds=75.0),
        EngineLine("tensorrt", "TensorRT", usable=False, reason="tensorrt is not installed"),
    )
    monkeypatch.setattr("app.doctor.engine_lines", lambda *_: lines)
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path))
    cli.run(["doctor", "--json"])
    said = json.loads(capsys.readouterr().out)

    wanted = ("name", "usable", "reason", "milliseconds")
    assert [tuple(engine[key] for key in wanted) for engine in said["engines"]] == [
        ("openvino", True, "CPU: 75 ms", 75.0),
        ("tensorrt", False, "tensorrt is not installed", None),
    ]
    assert {"folders", "free_disk_bytes", "memory_bytes", "opengl", "gpu", "models"} <= said.keys()
    assert all(finding["text"] for finding in said["findings"])
