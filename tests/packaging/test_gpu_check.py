import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "gpu_check.py"
NETWORK = SCRIPT.parents[1] / "resources" / "models" / "abdomen_click_small" / "clicks.onnx"


@pytest.mark.slow
def test_the_check_of_gpu_machines_runs_on_a_processor_too_and_says_what_it_lacks(tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, str(SCRIPT), "--device", "cpu", "--network", str(NETWORK)),
            *("--side", "32", "--runs", "2", "--out", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = tmp_path.glob("*.json")
    (network,) = json.loads(file.read_text())["networks"]
    by_name = {engine["name"]: engine for engine in network["engines"]}
    assert by_name["onnx-cpu"]["dice"] == 1
    assert by_name["openvino"]["usable"]
    for name, engine in by_name.items():
        ran = engine["milliseconds"]["best"] is not None
        assert ran or f"could not check {name}: {engine['reason']}" in done.stdout
