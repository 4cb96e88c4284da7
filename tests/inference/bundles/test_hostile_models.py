"""Hostile bundles and checkpoints, each tried in an interpreter that notes what it does."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, monai_bundles):
    """What importing each hostile file gave: answer, watched events, seconds."""
    spec = importlib.util.spec_from_file_location(
        "hostile_models", Path(__file__).with_name("hostile_models.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("hostile") / "files"
    folder.mkdir()
    names = module.write_all(folder, monai_bundles)
    before = _snapshot(folder)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("watched_import.py")), str(folder)],
        cwd=PROJECT,
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert sorted(results) == names
    return results, folder, before == _snapshot(folder), module.WITNESS


def _snapshot(folder):
    return {path.relative_to(folder): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def test_there_are_more_than_thirty(outcome):
    assert len(outcome[0]) >= 30


def test_none_runs_code_or_writes_anywhere(outcome):
    results, folder, is_untouched, witness = outcome
    assert {name: entry["events"] for name, entry in results.items() if entry["events"]} == {}
    assert is_untouched
    assert not [*folder.parent.rglob(witness)]
    assert not (folder.parent / "models").exists()


def test_each_gets_a_sentence_that_says_what_is_wrong(outcome):
    for name, entry in outcome[0].items():
        answer = entry["answer"]
        assert answer is not None, f"{name} was imported"
        assert answer.isprintable(), name
        assert 20 < len(answer) < 450, (name, answer)
        assert answer.rstrip("0123456789abcdef").endswith((".", "--trust ")), (name, answer)


def test_each_is_refused_within_seconds(outcome):
    assert max(entry["seconds"] for entry in outcome[0].values()) < 10


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("import-of-os-in-an-expression", "the expression \"$__import__('os').system("),
        ("class-os-system", "the class 'os.system'"),
        ("known-name-in-a-strange-module", "the class 'evil.UNet'"),
        ("transform-that-deletes", "'DeleteItemsd'"),
        ("yaml-tag", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("yaml-billion-laughs", "nested too deeply"),
        ("yaml-wide-laughs", "more than 100,000 entries"),
        ("yaml-merges", "merges"),
        ("climbs-out.zip", "outside of its folder"),
        ("link.zip", "a link"),
        ("bomb.zip", "times its size"),
        ("many-files.zip", "more than 20,000 files"),
        ("claims-terabytes.zip", "more than 4 GB"),
        ("folder-with-a-link", "a link"),
        ("weights-from-elsewhere", "'models/passwd'"),
        ("checkpoint-that-runs", "would call 'posix.system'"),
        ("checkpoint-of-protocol-4", "would call 'builtins.exec'"),
        ("checkpoint-of-a-module", "would call 'torch.nn"),
        ("checkpoint-as-bare-pickle", "save its state_dict again"),
        ("checkpoint-with-program-code", "TorchScript"),
        ("tensor-larger-than-its-numbers", "claims the shape"),
        ("tensor-of-a-terabyte", "more than 4 GB"),
        ("tensor-of-missing-numbers", "its record 'missing' is missing"),
        ("architecture-of-objects", "was refused"),
        ("network-of-a-million-channels", "1000000"),
        ("window-of-a-million-voxels", "roi_size"),
    ],
)
def test_the_sentence_names_what_it_objects_to(outcome, name, words):
    assert words in outcome[0][name]["answer"]
