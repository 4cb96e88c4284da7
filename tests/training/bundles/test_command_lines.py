"""What MONAI is started with, from source and by an installed program, which has no Python."""

import sys

import pytest

from training.bundles import commands
from training.bundles.folder import copy_bundle


@pytest.fixture
def bundle(tmp_path):
    return copy_bundle("spleen_unet", tmp_path / "bundle")


def test_one_process_is_python_from_source_and_the_program_itself_when_installed(
    bundle, monkeypatch
):
    command = commands.verify_metadata(bundle)
    options = command.arguments[3:]
    assert command.arguments[:3] == [sys.executable, "-m", "monai.bundle"]
    assert options[0] == "verify_metadata"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command.arguments == [sys.executable, "--run-module-here", "monai.bundle", *options]


@pytest.mark.parametrize("is_installed", [False, True])
def test_several_processes_are_whole_command_lines_that_pytorch_starts(
    bundle, tmp_path, monkeypatch, is_installed
):
    monkeypatch.setattr(sys, "frozen", is_installed, raising=False)
    arguments = commands.train(bundle, tmp_path, {}, processes=2).arguments
    started = arguments.index(sys.executable, 1)
    launcher, worker = arguments[:started], arguments[started:]
    flag = "--run-module-here" if is_installed else "-m"
    assert launcher[1:3] == [flag, "torch.distributed.run"]
    assert "--no_python" in launcher
    assert "--nproc_per_node=2" in launcher
    assert worker[1:4] == [flag, "monai.bundle", "run"]
