import sys
from pathlib import Path

import pytest

from inference.engine_process import KEPT_BYTES, EngineProcess
from inference.host_protocol import CloseNetwork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def environment_of(process):
    entries = Path(f"/proc/{process.pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.partition("=")[::2] for entry in entries if entry)


@pytest.fixture
def started():
    """Processes that answered once, so that they are past their start."""
    processes = []

    def start():
        process = EngineProcess()
        processes.append(process)
        process.ask(CloseNetwork("none"), 60.0)
        return process

    yield start
    for process in processes:
        process.close()


def test_memory_is_kept_between_runs_and_idle_threads_sleep(started, monkeypatch):
    for name in ("OMP_WAIT_POLICY", "MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_"):
        monkeypatch.delenv(name, raising=False)
    environment = environment_of(started())
    assert environment["OMP_WAIT_POLICY"] == "PASSIVE"
    assert environment["MALLOC_MMAP_MAX_"] == "0"
    assert environment["MALLOC_TRIM_THRESHOLD_"] == str(KEPT_BYTES)


def test_what_the_user_set_counts(started, monkeypatch):
    monkeypatch.setenv("MALLOC_MMAP_MAX_", "65536")
    assert environment_of(started())["MALLOC_MMAP_MAX_"] == "65536"
