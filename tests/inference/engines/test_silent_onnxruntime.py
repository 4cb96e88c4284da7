import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
IMPORT = re.compile(r"(?<!if TYPE_CHECKING:\n    )\b(?:import|from) onnxruntime\b")


def test_the_library_is_silenced_before_it_is_loaded():
    code = (
        "import os, sys\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'onnxruntime':\n"
        "            print(os.environ.get('ORT_DISABLE_TELEMETRY'))\n"
        "sys.meta_path.insert(0, Watch())\n"
        "import inference.engines.onnx_runtime\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.split() == ["1"]


def test_nobody_loads_the_library_in_another_way():
    folders = ("app", "imaging", "inference", "training", "viewer", "packaging")
    sources = (file for folder in folders for file in (PROJECT / folder).rglob("*.py"))
    offenders = [file.name for file in sources if IMPORT.search(file.read_text(encoding="utf-8"))]

    assert offenders == []
