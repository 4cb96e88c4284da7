"""`docs/from-monai.md` has every command of MONAI's documents, and every one that we run."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli

PROJECT = Path(__file__).resolve().parents[3]

PLACEHOLDERS = {
    "<actual dataset path>": "DATA",
    "/path-to-Task07_Pancreas/": "DATA",
    "<fp32/fp16>": "fp16",
    '"True"': "True",
}
"""What the handbook writes for parts of the documents' commands that stand for something."""


@pytest.fixture(scope="module")
def handbook():
    return " ".join((PROJECT / "docs/from-monai.md").read_text("utf-8").split())


def commands_in(document):
    """Each command of a document on one line, also where its line ends lack a backslash."""
    found = []
    for block in re.findall(r"```\w*\n(.*?)```", document, re.DOTALL):
        for line in block.splitlines():
            words = line.rstrip("\\").split()
            if line.startswith((" ", "--")) and found:
                found[-1] += words
            elif words and words[0] in ("python", "torchrun"):
                found.append(words)
    return [" ".join(words) for words in found]


def test_every_row_of_the_documents_check_is_in_the_handbook(handbook):
    table = tomllib.loads((PROJECT / "packaging/documents_table.toml").read_text("utf-8"))
    assert not [row["here"] for row in table["row"] if row["here"] not in handbook]
    assert not [row["there"] for row in table["row"] if row["there"] not in handbook]


@pytest.mark.data
def test_every_command_of_the_five_documents_is_in_the_handbook(handbook, shared_data):
    documents = sorted((shared_data.parent / "seeds").glob("*.txt"))
    if not documents:
        pytest.skip("the five documents are not beside the project")
    missing = []
    for document in documents:
        commands = commands_in(document.read_text("utf-8"))
        assert commands, document.name
        for command in commands:
            for part, ours in PLACEHOLDERS.items():
                command = command.replace(part, ours)
            if f"`{command}" not in handbook and f"; {command}" not in handbook:
                missing.append(f"{document.name}: {command}")
    assert not missing


def test_names_of_tests_in_the_handbook_are_tests(handbook):
    sources = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    cells = re.findall(r"`([a-z_]*_(?:[a-z]+_){2,}[a-z_]+)` \|", handbook)
    assert len(cells) > 10
    assert not [name for name in cells if f"def test_{name}(" not in sources]


def test_the_options_of_training_are_listed():
    shown = CliRunner().invoke(cli, ["bundle", "train", "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    for option in ("--data", "--epochs", "--processes", "--resume", "--set"):
        assert option in shown.output
