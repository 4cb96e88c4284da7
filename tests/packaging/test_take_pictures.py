import importlib.util
import os
import re
import shutil
import socket
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "take_pictures.py"
PICTURE = re.compile(r"([a-z0-9-]+\.png)")
QUOTED = re.compile(r'"([a-z0-9-]+)"')


@pytest.fixture
def take_pictures():
    spec = importlib.util.spec_from_file_location("take_pictures", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment(monkeypatch):
    for name in ("DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))


@pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for Linux")
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
@pytest.mark.usefixtures("environment")
def test_the_pictures_get_a_screen_of_their_own_which_ends_with_them(take_pictures):
    def answers(display):
        with socket.socket(socket.AF_UNIX) as line:
            return line.connect_ex(f"/tmp/.X11-unix/X{display}") == 0

    before = os.environ["DISPLAY"]
    with take_pictures.virtual_screen():
        display = os.environ["DISPLAY"]
        assert display != before
        assert answers(display[1:])

    assert not answers(display[1:])


MEASURED = {"fine-tuning-curve.png"}
"""Drawn of figures, by a measurement of an hour: `packaging/shifted_curve.py`."""


def test_one_call_takes_every_picture_that_the_documents_show():
    documents = [
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        ROOT / "docs/pictures/README.md",
    ]
    shown = {
        name
        for page in documents
        for name in PICTURE.findall(page.read_text(encoding="utf-8"))
        if (ROOT / "docs" / "pictures" / name).exists()
    }
    scripts = "".join(
        path.read_text(encoding="utf-8") for path in SCRIPT.parent.glob("*_pictures.py")
    )
    taken = {f"{name}.png" for name in QUOTED.findall(scripts)}
    tools = {f"tool-{name}.png" for name in QUOTED.findall(scripts)}  # by the keys of the tools

    assert len(shown) > 20
    assert shown <= taken | tools | MEASURED


def test_without_xvfb_it_is_said_what_to_install(take_pictures, monkeypatch):
    monkeypatch.setattr(take_pictures.shutil, "which", lambda _name: None)

    with pytest.raises(SystemExit, match="apt-get install xvfb"), take_pictures.virtual_screen():
        pass
