"""The engine process from the window's side: answers, faults, and that nothing is left behind."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from multiprocessing.shared_memory import SharedMemory
from threading import Timer

import numpy as np
import pytest

from imaging.errors import CancelledError, EngineError
from inference import engine_process, host
from inference.engines.catalog import REFERENCE, kind_named
from inference.host import EngineHost

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it ends processes by signals")

KILLS = 50


@pytest.fixture
def notices():
    return []


@pytest.fixture
def engines(engine_cache, notices):
    made = EngineHost(engine_cache, notify=notices.append)
    yield made
    made.close()


@pytest.fixture(scope="module")
def inputs():
    return np.random.default_rng(0).random((1, 2, 32, 32, 32), np.float32)


@pytest.fixture(scope="module")
def expected(small_network, engine_cache, inputs):
    return kind_named(REFERENCE).open(small_network, engine_cache).run(inputs)


def _pid(engines):
    return engines.process_id


def test_it_answers_as_an_engine_in_this_process_does(
    engines, small_network, inputs, expected, notices
):
    engine = engines.open_engine(small_network)
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
    assert engine.name
    assert engine.device.startswith(("CPU, ", "NVIDIA"))
    assert engine.input_shape == (1, 2, None, None, None)
    assert notices == []


def test_inputs_of_growing_and_shrinking_sizes_are_answered(engines, small_network):
    engine = engines.open_engine(small_network)
    rng = np.random.default_rng(1)
    for side in (8, 40, 16, 48):
        shape = (1, 2, side, 8, side)
        first, second = (engine.run(rng.random(shape, np.float32)) for _ in range(2))
        assert first.shape == shape
        assert not np.array_equal(first, second)


def test_the_reasons_name_each_network_and_every_engine(engines, small_network):
    engines.open_engine(small_network)
    lines = engines.reasons
    assert lines[0] == "small:"
    assert any("the reference" in line for line in lines)


def test_a_network_that_is_open_is_taken_over(engines, small_network):
    engines.open_engine(small_network)
    pid = _pid(engines)
    engines.open_engine(small_network)
    assert _pid(engines) == pid
    assert engines.reasons.count("small:") == 1


def test_a_closed_network_opens_again_when_it_is_run(engines, small_network, inputs, expected):
    engine = engines.open_engine(small_network)
    engine.close()
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)


def test_a_wrong_shape_is_refused_without_harm(engines, small_network, notices):
    engine = engines.open_engine(small_network)
    pid = _pid(engines)
    with pytest.raises(EngineError, match="it takes 1 x 2"):
        engine.run(np.zeros((1, 3, 8, 8, 8), np.float32))
    assert (_pid(engines), notices) == (pid, [])


def test_a_file_that_is_no_network_is_refused_in_a_sentence(engines, tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(EngineError, match=r"broken\.onnx cannot be loaded") as caught:
        engines.open_engine(path)
    assert "\n" not in str(caught.value)


def test_a_network_whose_every_answer_is_nan_is_an_error_and_the_next_call_works(
    engines, root_network
):
    engine = engines.open_engine(root_network)
    inputs = np.full((1, 2, 3, 4, 5), -4, np.float32)
    with pytest.raises(EngineError, match="NaN"):
        engine.run(inputs)
    assert (engine.run(-inputs) == 2).all()


@pytest.mark.slow
def test_killed_fifty_times_while_it_runs_no_answer_is_lost(
    engines, small_network, inputs, expected, notices
):
    engine = engines.open_engine(small_network)
    engine.run(inputs)
    rng = np.random.default_rng(2)
    for kill in range(KILLS):
        killer = Timer(rng.uniform(0, 0.01), _kill, (_pid(engines),))
        killer.start()
        np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
        killer.join()
        if len(notices) == kill:  # the answer was faster: the next run finds no process
            np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
    assert len(notices) == KILLS
    assert all("was started again" in notice for notice in notices)


def _kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_a_process_that_died_before_the_run_is_replaced_and_it_is_said(
    engines, small_network, inputs, expected, notices
):
    engine = engines.open_engine(small_network)
    os.kill(_pid(engines), signal.SIGKILL)
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
    assert notices == [
        "The engine process stopped unexpectedly (signal 9) and was started again. Nothing is lost."
    ]


def test_an_engine_under_which_the_process_dies_twice_gives_way(
    engines, small_network, inputs, expected, notices, monkeypatch
):
    engine = engines.open_engine(small_network)
    first = engine.name
    asked = engine_process.EngineProcess.ask

    def ask(self, request, *arguments):
        dies = type(request).__name__ == "RunNetwork" and engine.name == first
        if dies:
            self.kill()
        return asked(self, request, *arguments)

    monkeypatch.setattr(engine_process.EngineProcess, "ask", ask)
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
    assert engine.name != first
    assert f"From now on {engine.name} on CPU" in notices[-1]


def test_a_process_that_always_dies_ends_in_one_sentence(
    engines, small_network, inputs, monkeypatch
):
    engine = engines.open_engine(small_network)
    asked = engine_process.EngineProcess.ask

    def ask(self, request, *arguments):
        self.kill()
        return asked(self, request, *arguments)

    monkeypatch.setattr(engine_process.EngineProcess, "ask", ask)
    with pytest.raises(EngineError, match="again and again") as caught:
        engine.run(inputs)
    assert "\n" not in str(caught.value)


def test_a_process_that_hangs_is_replaced(
    engines, small_network, inputs, expected, notices, monkeypatch
):
    engine = engines.open_engine(small_network)
    engine.run(inputs)
    monkeypatch.setattr(host, "SHORTEST_LIMIT_S", 0.3)
    monkeypatch.setattr(host, "PATIENCE", 0.0)
    os.kill(_pid(engines), signal.SIGSTOP)
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
    assert "no answer within" in notices[0]


@pytest.mark.parametrize("spare_mb", [0, 1, 2, 4, 6, 8, 12, 16, 24, 32])
def test_short_of_memory_it_answers_all_the_same(engines, small_network, expected, spare_mb):
    engine = engines.open_engine(small_network)
    engine.run(np.zeros((1, 2, 8, 8, 8), np.float32))
    with open(f"/proc/{_pid(engines)}/statm", encoding="ascii") as statm:  # noqa: PTH123 - no file
        used = int(statm.read().split()[0]) * resource.getpagesize()
    limit = used + spare_mb * 2**20
    resource.prlimit(_pid(engines), resource.RLIMIT_AS, (limit, limit))
    inputs = np.random.default_rng(0).random((1, 2, 32, 32, 32), np.float32)
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)


def test_cancelled_work_stops_and_the_next_is_right(
    engines, small_network, inputs, expected, notices
):
    engine = engines.open_engine(small_network)
    large = np.zeros((1, 2, 160, 160, 160), np.float32)
    started = time.monotonic()
    with pytest.raises(CancelledError):
        engine.run(large, is_cancelled=lambda: time.monotonic() - started > 0.05)
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
    assert notices == []


def test_a_hanging_process_is_cancelled_too(engines, small_network, inputs, expected, notices):
    engine = engines.open_engine(small_network)
    os.kill(_pid(engines), signal.SIGSTOP)
    with pytest.raises(CancelledError):
        engine.run(inputs, is_cancelled=lambda: True)
    np.testing.assert_allclose(engine.run(inputs), expected, atol=0.1)
    assert notices == []


def test_closing_cancels_what_runs_and_leaves_no_memory_behind(engines, small_network, inputs):
    engine = engines.open_engine(small_network)
    engine.run(inputs)
    pid, block = _pid(engines), engines._block.name
    os.kill(pid, signal.SIGSTOP)  # so that the run goes on until it is closed
    Timer(0.1, engines.close).start()
    with pytest.raises(CancelledError, match="closing"):
        engine.run(inputs)
    engines.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(FileNotFoundError):
        SharedMemory(block)


def test_after_closing_nothing_is_started_again(engines, small_network):
    engines.close()
    with pytest.raises(CancelledError):
        engines.open_engine(small_network)


PARENT = """
import os, sys
from pathlib import Path
import numpy as np
from inference.host import EngineHost
engines = EngineHost(Path(sys.argv[2]))
engine = engines.open_engine(Path(sys.argv[1]))
engine.run(np.zeros((1, 2, 8, 8, 8), np.float32))
print(engines._process.pid, engines._block.name, flush=True)
os.kill(os.getpid(), 9)
"""


def test_when_the_window_dies_the_engine_process_and_the_memory_go_too(small_network, engine_cache):
    done = subprocess.run(
        [sys.executable, "-c", PARENT, str(small_network), str(engine_cache)],
        capture_output=True,
        text=True,
        check=False,
    )
    pid, block = done.stdout.split()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (_is_there(int(pid)) or _is_block(block)):
        time.sleep(0.05)
    assert not _is_there(int(pid))
    assert not _is_block(block)


def _is_there(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - no file
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _is_block(name):
    return os.path.exists(f"/dev/shm/{name}")  # noqa: PTH110 - no file


def test_the_examination_lists_every_engine(engines, small_network):
    choice = engines.examine(small_network)
    assert {trial.kind for trial in choice.trials} >= {REFERENCE, "openvino", "onnx-cuda"}
    assert choice.trials[0].is_usable
