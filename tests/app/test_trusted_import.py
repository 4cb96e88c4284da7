"""Bundles with code of their own: refused, and with the user's trust built in a confined child."""

import re

import pytest

from app.model_import import ImportRequest, ModelImporter
from imaging.errors import ModelError, UntrustedModelError
from inference.bundles.bundle_reader import ReadingOptions

torch = pytest.importorskip("torch")

NETWORK = """
import torch
class Own(torch.nn.Conv3d):
    def __init__(self):
        super().__init__(1, 2, 3, padding=1)
"""
MISCHIEF = """
import os, socket, subprocess
from pathlib import Path
tried = []
for number, mischief in enumerate((
    lambda: Path({outside!r}).write_text("x"),
    lambda: os.system("touch " + {outside!r}),
    lambda: subprocess.run(["touch", {outside!r}]),
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: os.remove({kept!r}),
)):
    try:
        mischief()
    except PermissionError as error:
        tried.append(number)
raise RuntimeError("refused: " + str(tried))
"""


@pytest.fixture
def importer(tmp_path):
    return ModelImporter(tmp_path / "models", tmp_path / "versions", frozenset)


@pytest.fixture
def write(tmp_path, monai_bundles):
    """Writes a bundle whose network is in its own script."""

    def write_bundle(script, **changes):
        config = monai_bundles.spleen_config() | {"network_def": {"_target_": "scripts.own.Own"}}
        about = monai_bundles.metadata("1.0.0", ["background", "spleen"])
        folder = monai_bundles.write_bundle(tmp_path / "own", config | changes, about)
        (folder / "scripts").mkdir()
        (folder / "scripts" / "__init__.py").touch()
        (folder / "scripts" / "own.py").write_text(script)
        torch.save(torch.nn.Conv3d(1, 2, 3).state_dict(), folder / "models" / "model.pt")
        return folder

    return write_bundle


def attempt(importer, folder, trust=None, **reading):
    request = ImportRequest(folder, trust=trust, reading=ReadingOptions(**reading))
    return importer.import_model(request, lambda *_: None, lambda: False)


def hash_of(importer, folder):
    with pytest.raises(UntrustedModelError) as caught:
        attempt(importer, folder)
    return caught.value.sha256


@pytest.mark.slow
def test_trusted_code_builds_the_network(importer, write, tmp_path):
    folder = write(NETWORK)
    package = attempt(importer, folder, hash_of(importer, folder)).package
    assert package.structures == ("spleen",)
    assert {file.name for file in package.folder.iterdir()} == {
        "LICENSE",
        "manifest.json",
        "network.onnx",
    }
    assert not [*folder.rglob("__pycache__")]
    assert package.folder.is_relative_to(tmp_path / "models")


@pytest.mark.slow
def test_trusted_code_reaches_no_network_no_program_and_no_other_files(importer, write, tmp_path):
    kept, outside = tmp_path / "kept", tmp_path / "outside"
    kept.touch()
    folder = write(MISCHIEF.format(outside=str(outside), kept=str(kept)))
    with pytest.raises(ModelError, match=re.escape("refused: [0, 1, 2, 3, 4]")):
        attempt(importer, folder, hash_of(importer, folder))
    assert kept.exists()
    assert not outside.exists()
    assert not (tmp_path / "models").exists()


def test_trust_in_other_contents_is_refused(importer, write):
    folder = write(NETWORK)
    sha256 = hash_of(importer, folder)
    (folder / "scripts" / "own.py").write_text(MISCHIEF)
    with pytest.raises(ModelError, match="not the bundle that you trust"):
        attempt(importer, folder, sha256)


def test_trust_does_not_cover_transforms(importer, write, monai_bundles):
    own = monai_bundles.composed(monai_bundles.transform("scripts.own.Smoothd"))
    folder = write(NETWORK, postprocessing=own)
    with pytest.raises(ModelError, match="only builds the network"):
        attempt(importer, folder, hash_of(importer, folder))


def test_weights_that_are_program_code_need_trust(importer, monai_bundles, tmp_path):
    about = monai_bundles.metadata("1.0.0", ["background", "spleen"])
    folder = monai_bundles.write_bundle(tmp_path / "ts", monai_bundles.spleen_config(), about)
    (folder / "models" / "model.ts").write_bytes(b"unread")
    with pytest.raises(UntrustedModelError, match=r"program code \(models/model.ts\)"):
        attempt(importer, folder)
