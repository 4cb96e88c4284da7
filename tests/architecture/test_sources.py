"""Rules about the text of the project that no other tool checks."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "imaging", "inference", "resources", "training", "viewer")
FOLDERS = (*PACKAGES, "tests", "packaging", "docs", ".ci")
TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".json", ".sh", ".yml", ".yaml", ".cfg", ""}

MAX_LINES = 400
LONG_FILES: dict[str, str] = {}
"""Files that may be longer, each with its reason."""

CODE_LOADERS = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "shelve",
    "marshal",
}
"""Modules whose loaders run what the file says."""

# A path of somebody's machine: it would break, or betray, elsewhere.
# /opt/maskwright is where our own package installs, on every machine.
MACHINE_PATH = re.compile(
    r"(?<![\w.$}~/-])/(?!opt/maskwright\b)(?:home|root|work|Users|opt|mnt|media|scratch)/\w"
)


def sources(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((PROJECT / folder).rglob("*.py"))]


def text_files() -> Iterator[Path]:
    for folder in FOLDERS:
        for file in sorted((PROJECT / folder).rglob("*")):
            if file.is_file() and file.suffix in TEXT_SUFFIXES and "__pycache__" not in file.parts:
                yield file
    yield from (file for file in PROJECT.iterdir() if file.suffix in {".md", ".toml"})
    yield PROJECT / "Makefile"


def unsafe_calls(tree: ast.AST) -> Iterator[str]:
    """What in a syntax tree could run code from a data file, as ``line: what``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                if name.partition(".")[0] in CODE_LOADERS:
                    yield f"{node.lineno}: import of {name}"
        if isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if options.get("allow_pickle", "False") != "False":
                yield f"{node.lineno}: {function} with allow_pickle"
            if function == "torch.load" and options.get("weights_only") != "True":
                yield f"{node.lineno}: torch.load without weights_only=True"
            if function in {"eval", "exec"}:
                yield f"{node.lineno}: {function}"


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from joblib import load",
        "np.load(path, allow_pickle=True)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "eval(text)",
    ],
)
def test_the_scan_for_unsafe_loading_sees(line):
    assert list(unsafe_calls(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ["np.load(path)", "np.load(path, allow_pickle=False)", "torch.load(path, weights_only=True)"],
)
def test_the_scan_for_unsafe_loading_lets_pass(line):
    assert not list(unsafe_calls(ast.parse(line)))


def test_no_source_runs_code_from_a_data_file():
    found = [
        f"{file.relative_to(PROJECT)}:{what}"
        for file in sources(*PACKAGES)
        for what in unsafe_calls(ast.parse(file.read_text("utf-8")))
    ]
    assert not found


def test_no_text_names_a_path_of_some_machine():
    found = [
        f"{file.relative_to(PROJECT)}:{number}: {line.strip()}"
        for file in text_files()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert not found


def test_no_python_file_is_longer_than_allowed_without_a_reason():
    files = {str(file.relative_to(PROJECT)): file for file in sources(*PACKAGES, "tests")}
    too_long = {
        name
        for name, file in files.items()
        if len(file.read_text("utf-8").splitlines()) > MAX_LINES
    }
    assert too_long == set(LONG_FILES)


def test_packaging_and_tests_are_no_python_packages():
    # packaging/__init__.py would hide PyPI's "packaging"; tests/app/__init__.py would hide app.
    assert not [*(PROJECT / "packaging").rglob("__init__.py")]
    assert not [*(PROJECT / "tests").rglob("__init__.py")]


def test_the_changelog_starts_with_the_version_of_the_project():
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(r"^## (\S+)", (PROJECT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert headings[0] == version
