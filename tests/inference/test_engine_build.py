"""An engine that takes minutes to build is built beside the one that answers."""

import sys
import threading

import numpy as np
import pytest

from imaging.errors import EngineError
from inference import host
from inference.engine_build import BackgroundBuild
from inference.engine_process import ProcessDiedError
from inference.engines import catalog, choose
from inference.engines.catalog import KINDS, REFERENCE, Build, EngineKind, kind_named
from inference.engines.choice import MAX_DEATHS, Choice, ChoiceFile, Trial
from inference.engines.choose import build_engine, open_engine
from inference.host import EngineHost, _Network
from inference.host_protocol import BuildEngine, Examined, NetworkOpened

SLOW = "slow-build"


class FastReference:
    """The reference under another name, so that it always agrees."""

    def __init__(self, path, cache):
        self._real = kind_named(REFERENCE).open(path, cache)
        self.name, self.device, self.input_shape = "Built 1.0", "CPU", self._real.input_shape
        self.run, self.close = self._real.run, self._real.close


def slow_kind(make=None):
    """A kind whose build leaves a file."""

    def built(_path, cache):
        return cache / "built.txt"

    def write(path, cache, report):
        report(0.5)
        built(path, cache).write_text("built")
        report(1.0)

    return EngineKind(
        SLOW,
        "Slow builder",
        SLOW,
        lambda: None,
        FastReference,
        Build(lambda path, cache: built(path, cache).exists(), make or write),
    )


@pytest.fixture
def use_kinds(monkeypatch):
    """Puts a kind that must be built before the reference, and makes it the fastest."""

    def use(kind):
        kinds = (kind, kind_named(REFERENCE))
        monkeypatch.setattr(catalog, "KINDS", kinds)
        monkeypatch.setattr(choose, "KINDS", kinds)

        def timed(engine, inputs):
            return (0.1 if engine.name.startswith("Built") else 1.0), engine.run(inputs)

        monkeypatch.setattr(choose, "_timed", timed)

    return use


def test_what_must_be_built_is_left_for_later_and_the_choice_is_not_kept(
    use_kinds, small_network, tmp_path
):
    use_kinds(slow_kind())
    _, choice = open_engine(small_network, tmp_path, defers_builds=True)
    assert (choice.kind, choice.to_build) == (REFERENCE, (SLOW,))
    assert "Slow builder: it is built for this computer first" in choice.reasons
    assert not list(tmp_path.glob("choices/*-auto.json"))


def test_once_built_it_is_chosen_and_the_next_start_knows(use_kinds, small_network, tmp_path):
    use_kinds(slow_kind())
    shares = []
    assert build_engine(small_network, tmp_path, "auto", SLOW, shares.append).kind == SLOW
    assert shares == [0.5, 1.0]
    engine, choice = open_engine(small_network, tmp_path, defers_builds=True)
    assert (engine.name, choice.to_build) == ("Built 1.0", ())


def test_a_build_that_is_gone_is_made_again_and_another_engine_answers(
    use_kinds, small_network, tmp_path
):
    use_kinds(slow_kind())
    build_engine(small_network, tmp_path, "auto", SLOW, lambda _share: None)
    (tmp_path / "built.txt").unlink()
    _, choice = open_engine(small_network, tmp_path, defers_builds=True)
    assert (choice.kind, choice.to_build) == (REFERENCE, (SLOW,))


def test_without_a_window_it_is_built_when_it_is_tried(use_kinds, small_network, tmp_path):
    use_kinds(slow_kind())
    _, choice = open_engine(small_network, tmp_path)
    assert (choice.kind, choice.to_build) == (SLOW, ())


def test_a_build_that_fails_is_one_sentence_and_no_death(use_kinds, small_network, tmp_path):
    def fail(_path, _cache, _report):
        raise EngineError("The driver is too old (450.80). Update it.")

    use_kinds(slow_kind(fail))
    with pytest.raises(EngineError, match="driver is too old"):
        build_engine(small_network, tmp_path, "auto", SLOW, lambda _share: None)
    assert ChoiceFile(small_network, tmp_path, "auto", is_complete=False).deaths(SLOW) == 0


def test_what_ended_its_process_twice_while_it_was_built_is_not_built_again(
    use_kinds, small_network, tmp_path
):
    use_kinds(slow_kind())
    ChoiceFile(small_network, tmp_path, "auto", is_complete=False).set_deaths(SLOW, MAX_DEATHS)
    _, choice = open_engine(small_network, tmp_path, defers_builds=True)
    assert choice.to_build == ()
    assert "Slow builder: it ended its process when it was tried" in choice.reasons


class HeldProcess:
    """Stands for the process that builds: reports a share, then waits until it may end."""

    def __init__(self, end):
        self.may_end, self.has_reported = threading.Event(), threading.Event()
        self.is_closed = False
        self._end = end

    def ask(self, _request, _limit_s, report):
        report(0.4)
        self.has_reported.set()
        self.may_end.wait()
        if isinstance(self._end, Exception):
            raise self._end
        return self._end

    def kill(self):
        self._end = ProcessDiedError("signal 9")
        self.may_end.set()

    def close(self):
        self.is_closed = True


REQUEST = BuildEngine("net.onnx", "cache", "auto", SLOW)
CHOICE = {"kind": SLOW, "trials": [], "test_voxels": 1}


def test_a_build_tells_its_share_and_then_the_choice():
    process = HeldProcess(Examined(CHOICE))
    build = BackgroundBuild(REQUEST, lambda: process)
    process.has_reported.wait()
    assert (build.share, build.choice) == (0.4, None)
    process.may_end.set()
    build.wait()
    assert build.choice.kind == SLOW
    assert process.is_closed


@pytest.mark.parametrize("end", [ProcessDiedError("signal 11"), EngineError("No. Do this.")])
def test_a_build_whose_process_fails_says_so_to_the_log(end, caplog):
    process = HeldProcess(end)
    process.may_end.set()
    build = BackgroundBuild(REQUEST, lambda: process)
    build.wait()
    assert build.has_failed
    assert process.is_closed
    assert "could not be built" in caplog.text


def test_a_build_is_given_up_when_the_window_closes(caplog):
    process = HeldProcess(Examined(CHOICE))
    build = BackgroundBuild(REQUEST, lambda: process)
    process.has_reported.wait()
    build.close()
    assert process.is_closed
    assert caplog.text == ""


START_UP = """
from pathlib import Path
from inference.engines import catalog, choose

REFERENCE = catalog.kind_named(catalog.REFERENCE)

class Built:
    def __init__(self, path, cache):
        self._real = REFERENCE.open(path, cache)
        self.name, self.device, self.input_shape = "Built 1.0", "CPU", self._real.input_shape
        self.run, self.close = self._real.run, self._real.close

def make(path, cache, report):
    report(0.25)
    (cache / "built.txt").write_text("built")

build = catalog.Build(lambda path, cache: (cache / "built.txt").exists(), make)
kind = catalog.EngineKind("slow-build", "Slow builder", "slow", lambda: None, Built, build)
catalog.KINDS = choose.KINDS = (kind, REFERENCE)
timed = choose._timed

def faster(engine, inputs):
    seconds, logits = timed(engine, inputs)
    return (seconds / 1000 if engine.name == "Built 1.0" else seconds), logits

choose._timed = faster
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the child reads sitecustomize")
def test_in_the_window_another_engine_answers_until_it_is_built(
    small_network, tmp_path, monkeypatch
):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(START_UP)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setattr(catalog, "KINDS", (slow_kind(), *KINDS))
    notices = []
    engines = EngineHost(tmp_path, notify=notices.append)
    try:
        engine = engines.open_engine(small_network)
        first = engine.name
        inputs = np.random.default_rng(0).random((1, 2, 16, 16, 16), np.float32)
        before = engine.run(inputs)
        (build,) = engines._builds or [None]
        if build is not None:
            build.wait()
        np.testing.assert_array_equal(engine.run(inputs), before)
        assert first.startswith("ONNX Runtime")
        assert engine.name == "Built 1.0"
        assert notices[0].startswith("Slow builder is being built for this computer in the back")
        assert f"{first} on CPU" in notices[0]
        assert notices[1:] == ["Slow builder is ready and answers from now on."]
    finally:
        engines.close()


def test_closing_the_window_ends_a_build(small_network, tmp_path, monkeypatch):
    process = HeldProcess(Examined(CHOICE))
    monkeypatch.setattr(
        host, "BackgroundBuild", lambda request: BackgroundBuild(request, lambda: process)
    )
    monkeypatch.setattr(catalog, "KINDS", (slow_kind(), *KINDS))
    waiting = Trial(SLOW, is_usable=False, reason="later", needs_build=True)
    network = _Network(small_network, choice=Choice(REFERENCE, (waiting,), 1))
    engines = EngineHost(tmp_path)
    engines._networks[small_network] = network
    engines._begin_builds(network, NetworkOpened("ONNX Runtime", "CPU", (), {}))
    process.has_reported.wait()
    assert any("Slow builder: 40% built" in line for line in engines.reasons)
    engines.close()
    assert process.is_closed
