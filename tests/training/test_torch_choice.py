"""The PyTorch of a GPU pack is used only where a process of its own could compute with it."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from imaging.own_program import FIRST_PACKAGES_VARIABLE
from inference.engines.gpu_pack import GPU_PACK_VARIABLE, this_platform, this_python
from inference.engines.machine import installed_version
from training.torch_choice import TorchChoice, choose_torch, train_with_chosen_torch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in program is a script")

OWN = installed_version("torch")
SAME = f"{OWN.partition('+')[0]}+cu130"
STARTS = f"""#!{sys.executable}
import sys
sys.frozen = True
from app.__main__ import main
main()
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """As if this were the installed program, which starts itself by its own name."""
    program = tmp_path / "maskwright"
    program.write_text(STARTS)
    program.chmod(0o755)
    source = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", source)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv(FIRST_PACKAGES_VARIABLE, raising=False)


@pytest.fixture
def make_pack(tmp_path):
    """What `maskwright gpu install` leaves, with a PyTorch that is the given code."""

    def make(code=None, version=SAME):
        pack = tmp_path / "gpu-pack"
        pack.mkdir()
        fields = {"format": 1, "version": "1", "platform": this_platform(), "contents": []}
        fields |= {"python": this_python(), "torch": version, "files": {}}
        (pack / "gpu_pack.json").write_text(json.dumps(fields))
        if code is not None:
            (pack / "torch" / "torch").mkdir(parents=True)
            (pack / "torch" / "torch" / "__init__.py").write_text(code)
        return pack

    return make


@pytest.mark.usefixtures("installed")
def test_a_torch_of_the_pack_that_computes_is_chosen(make_pack):
    pack = make_pack()
    (pack / "torch").symlink_to(Path(find_spec("torch").origin).parents[1])
    choice = choose_torch(pack)
    assert choice.folder == pack / "torch"
    assert choice.version == OWN  # what was loaded says so, not the pack's list
    assert choice.refusal == ""


@pytest.mark.usefixtures("installed")
def test_a_torch_of_another_version_is_not_even_loaded(make_pack):
    choice = choose_torch(make_pack("raise SystemExit('loaded')", version="1.13.1+cu117"))
    assert choice.version == OWN
    assert choice.folder is None
    assert choice.refusal == f"it is version 1.13.1+cu117, and this program was built with {OWN}"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise ImportError('libcudart.so.13: cannot open')", "libcudart.so.13: cannot open"),
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "died with <Signals.SIGKILL: 9>",
        ),
        ("import os\nprint('hello', flush=True)\nos._exit(0)", "JSONDecodeError: Expecting"),
        (None, "another PyTorch was found before it"),
    ],
)
def test_a_torch_that_does_not_work_is_refused_with_the_reason(make_pack, code, reason):
    choice = choose_torch(make_pack(code))
    assert choice.version == OWN
    assert choice.folder is None
    assert reason in choice.refusal


@pytest.mark.usefixtures("installed")
def test_a_path_of_the_user_is_not_told_on(make_pack):
    choice = choose_torch(make_pack("raise ImportError(__file__)"))
    assert "gpu-pack/torch/torch/__init__.py" in choice.refusal
    assert str(Path.home()) not in choice.refusal
    assert "/gpu-pack" not in choice.refusal


@pytest.mark.usefixtures("installed")
def test_without_a_pack_or_a_torch_in_it_the_programs_own_is_used(make_pack, tmp_path):
    assert choose_torch(tmp_path / "nowhere") == TorchChoice(OWN)
    assert choose_torch(make_pack(version="")) == TorchChoice(OWN)


def test_from_source_the_pack_is_not_asked(make_pack):
    assert choose_torch(make_pack("raise SystemExit('loaded')")) == TorchChoice(OWN)


@pytest.mark.usefixtures("installed")
def test_the_chosen_torch_comes_first_here_and_in_what_is_started(make_pack, monkeypatch):
    pack = make_pack()
    (pack / "torch").symlink_to(Path(find_spec("torch").origin).parents[1])
    monkeypatch.setenv(GPU_PACK_VARIABLE, str(pack))
    monkeypatch.setenv(FIRST_PACKAGES_VARIABLE, "")  # so that it is as before afterwards
    monkeypatch.delenv(FIRST_PACKAGES_VARIABLE)
    train_with_chosen_torch()
    assert os.environ[FIRST_PACKAGES_VARIABLE] == sys.path[0] == str(pack / "torch")
    (pack / "gpu_pack.json").unlink()
    train_with_chosen_torch()  # whoever started this process has chosen, once for all of them
    assert os.environ[FIRST_PACKAGES_VARIABLE] == str(pack / "torch")


def test_nothing_that_a_worker_needs_before_it_chooses_loads_torch():
    code = (
        "import sys; import app.__main__, app.cli, app.commands.worker, app.commands.fine_tune;"
        "import training.bundles.process; print('torch' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
