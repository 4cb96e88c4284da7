"""Results of an evaluation to sum up, and a package that they were measured with."""

import json
from itertools import pairwise

import pytest

import resources
from inference.model_package import load_package
from training.evaluation.report import EvaluationReport
from training.evaluation.simulated_user import CaseResult, User
from training.evaluation.surface_distance import SurfaceAgreement


@pytest.fixture
def result():
    """A case's result with these Dice values; distances None where the Dice is 0."""

    def make(case, dice, harmful=None, user=User.EXACT, structure="spleen", seconds=0.5):
        surface = {
            n: SurfaceAgreement(value / 2, (1 - value) * 100 if value else None)
            for n, value in enumerate(dice)
        }
        if harmful is None:
            harmful = sum(after < before for before, after in pairwise(dice))
        times = (seconds,) * (len(dice) - 1)
        return CaseResult(case, structure, user, tuple(dice), surface, harmful, times)

    return make


@pytest.fixture
def report(result):
    """Two cases of two structures with both users; the pancreas has no mask before a click."""
    results = [
        result(case, dice, user=user, structure=structure)
        for case, by_structure in (
            ("a", {"spleen": (0.55, 0.85, 0.95), "pancreas": (0.0, 0.5, 0.75)}),
            ("b", {"spleen": (0.7, 0.6, 0.8), "pancreas": (0.0, 0.4, 0.65)}),
        )
        for structure, dice in by_structure.items()
        for user in User
    ]
    return EvaluationReport("bench", "1.2.0", "Abacus", "Task09", tuple(results), (0, 1, 2), seed=3)


@pytest.fixture
def bench_package(tmp_path, report):
    """A package with notes and one results file; its networks are not there."""
    shipped = resources.path("models/abdomen_click_small/manifest.json")
    manifest = json.loads(shipped.read_text(encoding="utf-8"))
    manifest |= {"id": "bench", "version": "1.2.0", "title": "Test bench", "measured": []}
    folder = tmp_path / "bench"
    (folder / "measured" / "task09").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "card.toml").write_text(
        """
        summary = "Two networks."
        recipe = "Trained on a bench."
        seeds = "7"
        known_failures = ["It breaks on Mondays."]
        [[sources]]
        what = "weights"
        source = "a shelf"
        licence = "CC0"
        [[measured]]
        file = "task09"
        data = "spleens of Task09"
        note = "Unseen."
        """,
        encoding="utf-8",
    )
    measured = folder / "measured" / "task09.json"
    measured.write_text(json.dumps(report.as_json()), encoding="utf-8")
    for name in ("spleen.png", "clicks.png", "notes.txt"):
        (folder / "measured" / "task09" / name).touch()
    return load_package(folder)
