import subprocess
import sys

import pytest

pytest.importorskip("openvino")

LISTENING = """
import sys
asked = []
sys.addaudithook(lambda event, arguments: asked.append(event) if event[:6] == "socket" else None)
from pathlib import Path
import numpy as np
from inference.engines.openvino import OpenVinoEngine, has_bf16
has_bf16()
OpenVinoEngine(Path(sys.argv[1]), "f32").run(np.zeros((1, 2, 8, 8, 8), np.float32))
print([event for event in asked if event != "socket.gethostname"])
"""


def test_loading_and_running_a_network_asks_no_name_server_and_no_host(small_network):
    printed = subprocess.run(
        [sys.executable, "-c", LISTENING, str(small_network)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == "[]\n"
