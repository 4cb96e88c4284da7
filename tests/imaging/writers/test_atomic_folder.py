"""A folder is put in its place whole or not at all, and what stopped it is one sentence."""

import errno
import os
import shutil

import pytest

from imaging.errors import WriteError
from imaging.writers.atomic_folder import whole_folder


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    for name in ("network.onnx", "manifest.json"):
        (folder / name).write_bytes(b"x")
    return folder


def test_a_copied_folder_comes_whole(package, tmp_path):
    with whole_folder(tmp_path / "models") as part:
        shutil.copytree(package, part, dirs_exist_ok=True)
    assert sorted(file.name for file in (tmp_path / "models").iterdir()) == [
        "manifest.json",
        "network.onnx",
    ]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "models was not saved: the disk is full. Free some space"),
        (errno.EROFS, "models was not saved: the disk is read-only."),
        (errno.ELOOP, f"models was not saved: {os.strerror(errno.ELOOP)}. Save to another folder."),
    ],
)
def test_a_disk_that_refuses_files_of_a_folder_is_one_sentence(package, tmp_path, number, sentence):
    def refuse(source, target, **_):
        raise OSError(number, os.strerror(number), source, None, target)

    with pytest.raises(WriteError) as found, whole_folder(tmp_path / "models") as part:
        shutil.copytree(package, part, copy_function=refuse, dirs_exist_ok=True)
    assert str(found.value).startswith(sentence)
    assert str(found.value).count("network.onnx") == 0
    assert [one.name for one in tmp_path.iterdir()] == ["package"]
