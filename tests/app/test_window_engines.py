"""Engines are tried in a second process, while the first goes on answering."""

import pytest

from app.engines import WindowEngines
from imaging.errors import CancelledError

hosts = []


class Host:
    """An engine process that is none."""

    def __init__(self, _cache, wanted, _notify, *, defers_builds=True):
        self.wanted, self.opened, self.is_closed = wanted, [], False
        self.defers_builds = defers_builds
        hosts.append(self)

    def open_engine(self, network):
        self.opened.append(network)
        return "engine"

    def close(self):
        self.is_closed = True


@pytest.fixture
def engines(monkeypatch, tmp_path):
    hosts.clear()
    monkeypatch.setattr("inference.host.EngineHost", Host)
    return WindowEngines(tmp_path, "onnx-cpu", lambda _sentence: None)


def test_networks_are_tried_in_a_process_of_their_own_which_ends_then(engines, tmp_path):
    engines.open_engine(tmp_path / "old.onnx")
    engines.try_networks([tmp_path / "clicks.onnx", tmp_path / "automatic.onnx"])
    answering, trial = hosts
    assert (answering.is_closed, trial.is_closed) == (False, True)
    assert [network.name for network in trial.opened] == ["clicks.onnx", "automatic.onnx"]
    assert trial.wanted == "onnx-cpu"
    assert (answering.defers_builds, trial.defers_builds) == (True, False)


def test_when_the_program_closes_so_does_the_process_that_tries(engines, tmp_path, monkeypatch):
    def close_meanwhile(host, _network):
        engines.close()
        assert host.is_closed
        raise CancelledError("The program is closing.")

    monkeypatch.setattr(Host, "open_engine", close_meanwhile)
    with pytest.raises(CancelledError):
        engines.try_networks([tmp_path / "clicks.onnx"])
    with pytest.raises(CancelledError):
        engines.try_networks([tmp_path / "clicks.onnx"])
    assert len(hosts) == 1
