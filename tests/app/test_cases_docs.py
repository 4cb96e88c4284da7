"""What `docs/cases.md` promises to scripts: every key that is printed stands there."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from app import cli
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file
from training.cases.content_hash import content_sha256
from training.cases.project import Project
from training.cases.records import CaseSource, LabelDraft, NewCase, SourceKind, VersionKind

DOCS = Path(__file__).parents[2] / "docs" / "cases.md"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A project of one case on disk, with two versions, a submission and a split."""
    folder = tmp_path_factory.mktemp("docs") / "study"
    geometry = VolumeGeometry.from_parts((5, 6, 7), (0, 0, 0), (3, 1, 1))
    ct = Volume(np.full(geometry.shape, -50, np.int16), geometry)
    file = folder.parent / "a.nii.gz"
    write_volume_file(file, ct)
    with Project.create(folder, author="Anna") as project:
        source = CaseSource(SourceKind.FILE, file, content_sha256(ct.array, geometry))
        case = project.cases.add(NewCase("a", source, geometry, project.patient_key("a")))
        for value in (1, 4):
            draft = LabelDraft(np.full(geometry.shape, value, np.uint8), geometry)
            project.versions.save(case.id, VersionKind.INTERIM, draft)
        project.review.submit(case.id)
        project.splits.draw()
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["cases", "list"],
        ["cases", "show", "a"],
        ["cases", "status"],
        ["cases", "status", "a"],
        ["cases", "check", "a"],
        ["cases", "compare", "a", "1", "2"],
        ["cases", "split"],
        ["cases", "measure"],
        ["cases", "verify"],
        ["export", "--case", "a", "--format", "nifti", "--overwrite", "-o", "out"],
    ],
    ids=" ".join,
)
def test_the_keys_of_json_are_documented(arguments, study, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    documented = set(re.findall(r"`(\w+)`", DOCS.read_text(encoding="utf-8")))

    cli.run([*arguments, "--project", str(study), "--json"])

    keys = set(_keys(json.loads(capsys.readouterr().out)))
    assert keys
    assert keys <= documented


def _keys(value):
    """The keys of JSON, at any depth; not those that are names of organs, statuses and splits."""
    if isinstance(value, list):
        for one in value:
            yield from _keys(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            is_by_name = key in {"volumes_ml", "status", "split", "splits"}
            yield from _keys(
                list(inner.values()) if is_by_name and isinstance(inner, dict) else inner
            )
