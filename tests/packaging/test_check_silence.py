"""The check of silence hears what reaches for the network, and only that."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "check_silence.sh"


def may_trace():
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], check=False).returncode == 0


pytestmark = pytest.mark.skipif(not may_trace(), reason="strace is missing or forbidden")


def check(code):
    command = [SCRIPT, sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), 0.1)",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()",
        "import socket; s = socket.socket(socket.AF_INET6); s.bind(('::1', 0)); s.listen()",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; "
        'socket.socket().connect_ex((chr(49) + chr(50) + chr(55) + ".0.0.1", 9))\'])',
    ],
)
def test_what_reaches_for_the_network_is_heard(code):
    done = check(code)
    assert done.returncode == 1
    assert "reach for the network" in done.stderr


@pytest.mark.parametrize("code", ["import urllib3", "import socket; socket.socketpair()", "pass"])
def test_what_stays_on_the_computer_is_let_pass(code):
    done = check(code)
    assert done.returncode == 0, done.stderr
    assert "Not one call reached for the network" in done.stdout


def test_the_exit_code_is_that_of_the_command():
    assert check("raise SystemExit(2)").returncode == 2
