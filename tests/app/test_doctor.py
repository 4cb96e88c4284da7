import socket
import sys

import pytest

from app.doctor import has_display, installed_versions, working_engines

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


def test_the_processor_can_always_run_a_network():
    assert working_engines()["CPUExecutionProvider"]


def test_versions_name_what_is_installed_only():
    versions = installed_versions()

    assert versions["maskwright"]
    assert "tensorflow" not in versions
