"""The program finds itself again, whether Python runs it or it is one executable."""

import subprocess
import sys
from pathlib import Path

import pytest

from imaging.own_program import module_command, own_program, run_module_if_asked

ROOT = Path(__file__).resolve().parents[2]

AS_IF_INSTALLED = (
    "import sys; sys.frozen = True\nfrom app.__main__ import main\nmain()\nprint('went on')"
)


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)


def start_installed(*arguments, cwd, request=b""):
    """Start the program as the executable would: the code is Python's, the arguments its own."""
    return subprocess.run(
        [sys.executable, "-P", "-c", AS_IF_INSTALLED, *arguments],
        cwd=cwd,
        input=request,
        capture_output=True,
        check=False,
    )


def test_from_source_python_runs_the_module_without_the_working_folder():
    assert own_program() == [sys.executable, "-m", "app"]
    assert module_command("a.b") == [sys.executable, "-P", "-m", "a.b"]
    assert module_command("a.b", sees_working_folder=True) == [sys.executable, "-m", "a.b"]


@pytest.mark.usefixtures("installed")
def test_an_installed_program_starts_itself_as_the_module():
    assert own_program() == [sys.executable]
    assert module_command("a.b") == [sys.executable, "--run-module", "a.b"]
    here = module_command("a.b", sees_working_folder=True)
    assert here == [sys.executable, "--run-module-here", "a.b"]


def test_the_module_gets_its_own_arguments_and_ends_the_program(tmp_path):
    (tmp_path / "told.py").write_text("import sys\nprint(__name__, sys.argv[1:])\n")
    done = start_installed("--run-module-here", "told", "one", "--two", cwd=tmp_path)
    assert done.stdout.decode().split("\n")[0] == "__main__ ['one', '--two']"
    assert b"went on" not in done.stdout
    assert done.returncode == 0


def test_a_module_that_needs_no_working_folder_does_not_see_it(tmp_path):
    (tmp_path / "told.py").write_text("print('seen')\n")
    done = start_installed("--run-module", "told", cwd=tmp_path)
    assert b"seen" not in done.stdout
    assert done.returncode != 0


def test_the_exit_code_is_that_of_the_module(tmp_path):
    (tmp_path / "told.py").write_text("raise SystemExit(7)\n")
    assert start_installed("--run-module-here", "told", cwd=tmp_path).returncode == 7


@pytest.mark.usefixtures("installed")
def test_another_first_argument_is_left_to_the_command_line(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["maskwright", "segment", "--run-module"])
    run_module_if_asked()


def test_from_source_the_argument_means_nothing(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["maskwright", "--run-module", "this.is.not.there"])
    run_module_if_asked()


def test_nothing_starts_python_by_a_module_on_its_own():
    folders = ("app", "imaging", "inference", "training", "viewer")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    alone = [file.name for file in files if '"-m"' in file.read_text(encoding="utf-8")]
    assert alone == ["own_program.py"]
