"""No process of the program talks to the network, from the first start to the export."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.gui_gl, pytest.mark.slow]

LIMIT_S = 280

SPEAKS_NOT_IN = ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")
"""Where one of these is set, ONNX Runtime is silent by itself."""

STRACE = ("strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg")

LISTENER = '''
"""Loaded by every Python process first: notes who it is, and what it asks of the network."""
import os, sys

log = os.open(os.environ["LISTENER_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def note(*words):
    os.write(log, (" ".join(map(str, words)) + chr(10)).encode())

def is_harmless(event, arguments):
    if event in ("socket.__new__", "socket.gethostname"):
        return True  # nothing leaves the process
    address = arguments[1] if len(arguments) > 1 else None
    if isinstance(address, (str, bytes)):
        return event in ("socket.connect", "socket.bind")  # a file: the X server
    # urllib3, which pydicom imports where it is installed, asks so whether there is IPv6.
    return event == "socket.bind" and address == ("::1", 0)

def listen(event, arguments):
    kinds = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.")
    if event.startswith(kinds) and not is_harmless(event, arguments):
        note("NETWORK", event, arguments[1:])

note("PROCESS", *sys.orig_argv)
sys.addaudithook(listen)
'''


@pytest.fixture
def listened(tmp_path):
    """Runs Python under the listener, children included; returns its answer and the notes."""
    place = tmp_path / "listener"
    place.mkdir()
    (place / "sitecustomize.py").write_text(LISTENER, encoding="utf-8")
    log = tmp_path / "notes.txt"
    environment = {
        **os.environ,
        "PYTHONPATH": str(place),
        "LISTENER_LOG": str(log),
        "MASKWRIGHT_HOME": str(tmp_path / "home"),
    }
    for name in SPEAKS_NOT_IN:
        environment.pop(name, None)

    def run(*arguments, tracer=()):
        answer = subprocess.run(
            [*tracer, sys.executable, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            env=environment,
            cwd=Path(__file__).resolve().parents[2],
            check=False,
        )
        return answer, log.read_text(encoding="utf-8").splitlines()

    return run


def may_trace():
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], check=False).returncode == 0


def test_the_whole_journey_talks_to_nobody(listened, tmp_path):
    calls = tmp_path / "calls.txt"
    tracer = [*STRACE, "-o", str(calls)] if may_trace() else []
    journey = Path(__file__).with_name("silent_journey.py")
    answer, notes = listened(journey, tmp_path, tracer=tracer)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip().endswith("the journey is over")
    processes = [note for note in notes if note.startswith("PROCESS")]
    for part in ("silent_journey.py", "inference.host_process", "imaging.readers.decoder_process"):
        assert any(part in process for process in processes), part
    assert [note for note in notes if note.startswith("NETWORK")] == []
    if tracer:  # native code asks no audit hook
        said = calls.read_text(encoding="utf-8", errors="replace").splitlines()
        assert [line for line in said if "AF_INET" in line] == []
        assert any("AF_UNIX" in line for line in said)  # it does listen: this is the X server


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), 0.1)",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "import socket; socket.socket().bind(('127.0.0.1', 0))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9', timeout=0.1)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'import socket; socket.gethostbyname(chr(108))'])",
    ],
)
def test_the_listener_would_hear_it(listened, code):
    _answer, notes = listened("-c", code)

    assert any(note.startswith("NETWORK") for note in notes)
